import Domain

/// How an archive says how large a file is.
public enum TarSizes: Sendable, Hashable {
  /// In octal digits, as ustar has them: up to 8 GiB.
  case octal
  /// The same up to 8 GiB, and beyond that in binary, marked by its first bit (GNU tar, "Extensions to the
  /// Archive Format", base-256), which every tar of this century reads.
  case octalOrBinary

  var contentBytesMax: Int { self == .octal ? TarHeader.octalMax : 1 << 60 }
}

/// The header block of one regular file in a ustar archive (POSIX.1-1988, IEEE Std 1003.1-2017
/// `pax`, "ustar Interchange Format"), in one canonical form: mode 0600, no owner, no link, no prefix.
struct TarHeader: Equatable {
  static let blockBytes = 512
  static let nameBytesMax = 100
  /// Eleven octal digits.
  static let octalMax = 0o777_7777_7777

  let name: String
  let contentBytes: Int
  let modifiedSeconds: Int

  /// `nil` for a name or number that the form cannot hold.
  init?(name: String, contentBytes: Int, modifiedSeconds: Int, sizes: TarSizes = .octal) {
    guard Self.isSafe(name), (0...sizes.contentBytesMax).contains(contentBytes),
      (0...Self.octalMax).contains(modifiedSeconds)
    else { return nil }
    self.name = name
    self.contentBytes = contentBytes
    self.modifiedSeconds = modifiedSeconds
  }

  /// Reads a block, and refuses every spelling but the one that ``block`` writes: links,
  /// directories, devices, extensions, owners and doubtful checksums with it.
  init?(block: ArraySlice<UInt8>, sizes: TarSizes = .octal) {
    let block = Array(block)
    guard block.count == Self.blockBytes,
      let contentBytes = Self.octal(block[124..<136]) ?? Self.binary(block[124..<136]),
      let modifiedSeconds = Self.octal(block[136..<148])
    else { return nil }
    let name = block[..<Self.nameBytesMax].prefix { $0 != 0 }
    self.init(
      name: String(decoding: name, as: UTF8.self), contentBytes: contentBytes,
      modifiedSeconds: modifiedSeconds, sizes: sizes)
    guard self.block == block else { return nil }
  }

  /// The 512 bytes.
  var block: [UInt8] {
    var block = [UInt8](repeating: 0, count: Self.blockBytes)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
    }
    put(name, at: 0)
    put("0000600", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    if contentBytes <= Self.octalMax {
      put(Self.octal(contentBytes, digits: 11), at: 124)
    } else {
      block.replaceSubrange(124..<136, with: Self.binary(contentBytes))
    }
    put(Self.octal(modifiedSeconds, digits: 11), at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    put("0000000", at: 329)
    put("0000000", at: 337)
    let sum = block.reduce(0) { $0 + Int($1) }
    put(Self.octal(sum, digits: 6) + "\0 ", at: 148)
    return block
  }

  /// The zeros between the content and the next block.
  var paddingBytes: Int {
    (Self.blockBytes - contentBytes % Self.blockBytes) % Self.blockBytes
  }

  /// Whether a name is relative, within 100 bytes, and made of components of letters, digits, `.`,
  /// `_` and `-` of which none begins with a dot: it can neither leave a directory nor hide in it.
  static func isSafe(_ name: String) -> Bool {
    let components = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return name.utf8.count <= nameBytesMax
      && components.allSatisfy { component in
        guard let first = component.first, first != UInt8(ascii: ".") else { return false }
        return component.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
          default: false
          }
        }
      }
  }

  private static func octal(_ value: Int, digits: Int) -> String {
    let text = String(value, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    guard field.last == 0 else { return nil }
    var value = 0
    for byte in field.dropLast() {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { return nil }
      value = value << 3 | Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  /// Twelve bytes: the mark, then the number with its highest byte first.
  private static func binary(_ value: Int) -> [UInt8] {
    [0x80, 0, 0, 0] + withUnsafeBytes(of: UInt64(value).bigEndian, Array.init)
  }

  private static func binary(_ field: ArraySlice<UInt8>) -> Int? {
    guard field.starts(with: [0x80, 0, 0, 0]) else { return nil }
    return Int(exactly: field.dropFirst(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}
