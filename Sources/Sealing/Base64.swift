/// Base64 as age and DSSE want it (RFC 4648): strict on reading, so that one value has one spelling.
package enum Base64 {
  package enum Alphabet { case standard, urlSafe }

  private static let standardDigits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )
  private static let urlSafeDigits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
  )
  private static let standardValues = values(of: standardDigits)
  private static let urlSafeValues = values(of: urlSafeDigits)
  private static let padding = UInt8(ascii: "=")

  private static func values(of digits: [UInt8]) -> [UInt8] {
    var table = [UInt8](repeating: 0xff, count: 256)
    for (value, digit) in digits.enumerated() { table[Int(digit)] = UInt8(value) }
    return table
  }

  static func encode(
    _ bytes: some Collection<UInt8>,
    padded: Bool,
    alphabet: Alphabet = .standard
  ) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    bytes.withBytes { encode($0, padded: padded, alphabet: alphabet, into: &out) }
    return out
  }

  package static func string(_ bytes: some Collection<UInt8>, padded: Bool) -> String {
    String(decoding: encode(bytes, padded: padded), as: UTF8.self)
  }

  static func encode(
    _ bytes: UnsafeBufferPointer<UInt8>,
    padded: Bool,
    alphabet: Alphabet = .standard,
    into out: inout [UInt8]
  ) {
    let digits = alphabet == .standard ? standardDigits : urlSafeDigits
    var index = 0
    while index + 3 <= bytes.count {
      let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
      out.append(digits[group >> 18])
      out.append(digits[group >> 12 & 63])
      out.append(digits[group >> 6 & 63])
      out.append(digits[group & 63])
      index += 3
    }
    switch bytes.count - index {
    case 1:
      out.append(digits[Int(bytes[index]) >> 2])
      out.append(digits[Int(bytes[index]) << 4 & 63])
      if padded { out.append(contentsOf: [padding, padding]) }
    case 2:
      let group = Int(bytes[index]) << 8 | Int(bytes[index + 1])
      out.append(digits[group >> 10])
      out.append(digits[group >> 4 & 63])
      out.append(digits[group << 2 & 63])
      if padded { out.append(padding) }
    default: break
    }
  }

  /// The bytes, or nil where the text is not the canonical encoding: foreign characters, white space,
  /// wrong padding, or bits left over that are not zero.
  package static func decode(
    _ text: some Collection<UInt8>,
    padded: Bool,
    alphabet: Alphabet = .standard
  ) -> [UInt8]? {
    text.withBytes { decode($0, padded: padded, alphabet: alphabet) }
  }

  private static func decode(
    _ text: UnsafeBufferPointer<UInt8>,
    padded: Bool,
    alphabet: Alphabet
  ) -> [UInt8]? {
    let table = alphabet == .standard ? standardValues : urlSafeValues
    var count = text.count
    if padded {
      guard count % 4 == 0 else { return nil }
      if count > 0, text[count - 1] == padding { count -= 1 }
      if count > 0, count % 4 == 3, text[count - 1] == padding { count -= 1 }
    }
    guard count % 4 != 1 else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(count / 4 * 3 + 2)
    var accumulator: UInt32 = 0
    var bits = 0
    for index in 0..<count {
      let value = table[Int(text[index])]
      if value == 0xff { return nil }
      accumulator = accumulator << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: accumulator >> UInt32(bits)))
      }
    }
    guard accumulator & (1 << UInt32(bits) - 1) == 0 else { return nil }
    return out
  }
}
