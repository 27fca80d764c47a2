/// Bech32 (BIP 173) as age uses it: without the 90 character limit, and in one case only.
///
/// Recipients are lower case and identities upper case; the other case, or both, is refused, so that a
/// key has exactly one text.
enum Bech32 {
  private static let digits = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
  /// The post-quantum recipient, the longest text in use, takes 1,959 characters.
  static let textBytesMax = 4096

  static func encode(prefix: String, _ bytes: [UInt8], uppercase: Bool) -> String {
    let lowered = prefix.lowercased()
    let words = regroup(bytes, from: 8, to: 5, pad: true) ?? []
    let sum = polymod(expand(lowered.utf8) + words + [0, 0, 0, 0, 0, 0]) ^ 1
    let check = (0..<6).map { UInt8(truncatingIfNeeded: sum >> UInt32(5 * (5 - $0)) & 31) }
    let text =
      lowered + "1" + String(decoding: (words + check).map { digits[Int($0)] }, as: UTF8.self)
    return uppercase ? text.uppercased() : text
  }

  /// Prefix (in lower case) and bytes, or nil where text, case, checksum or padding is wrong.
  static func decode(_ text: String, uppercase: Bool) -> (prefix: String, bytes: [UInt8])? {
    let utf8 = Array(text.utf8)
    guard utf8.count <= textBytesMax, utf8.allSatisfy({ (33...126).contains($0) }) else {
      return nil
    }
    let foreign: ClosedRange<UInt8> =
      uppercase
      ? UInt8(ascii: "a")...UInt8(ascii: "z") : UInt8(ascii: "A")...UInt8(ascii: "Z")
    guard !utf8.contains(where: foreign.contains) else { return nil }
    let lowered = Array(text.lowercased().utf8)
    guard let separator = lowered.lastIndex(of: UInt8(ascii: "1")), separator > 0,
      lowered.count - separator > 6
    else { return nil }
    var words: [UInt8] = []
    for character in lowered[(separator + 1)...] {
      guard let value = digits.firstIndex(of: character) else { return nil }
      words.append(UInt8(value))
    }
    let prefix = lowered[..<separator]
    guard polymod(expand(prefix) + words) == 1 else { return nil }
    guard let bytes = regroup(words.dropLast(6), from: 5, to: 8, pad: false) else { return nil }
    return (String(decoding: prefix, as: UTF8.self), bytes)
  }

  private static func expand(_ prefix: some Collection<UInt8>) -> [UInt8] {
    prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 }
  }

  private static func polymod(_ values: [UInt8]) -> UInt32 {
    let generators: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
    var sum: UInt32 = 1
    for value in values {
      let top = sum >> 25
      sum = (sum & 0x1ff_ffff) << 5 ^ UInt32(value)
      for bit in 0..<5 where top >> UInt32(bit) & 1 == 1 { sum ^= generators[bit] }
    }
    return sum
  }

  private static func regroup(
    _ values: some Collection<UInt8>,
    from: Int,
    to: Int,
    pad: Bool
  ) -> [UInt8]? {
    var out: [UInt8] = []
    var accumulator: UInt32 = 0
    var bits = 0
    for value in values {
      accumulator = (accumulator << UInt32(from) | UInt32(value)) & 0xffff
      bits += from
      while bits >= to {
        bits -= to
        out.append(UInt8(truncatingIfNeeded: accumulator >> UInt32(bits) & (1 << UInt32(to) - 1)))
      }
    }
    let rest = accumulator & (1 << UInt32(bits) - 1)
    if pad {
      if bits > 0 { out.append(UInt8(truncatingIfNeeded: rest << UInt32(to - bits))) }
    } else if bits >= from || rest != 0 {
      return nil
    }
    return out
  }
}
