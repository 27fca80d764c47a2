/// The name of a blob: 128 random bits, written as 32 lower-case hexadecimal digits. It says nothing
/// about what is stored, and is never used twice.
public struct BlobName: Sendable, Hashable, Comparable {
  /// The 32 digits.
  public let text: String

  /// Reads a name from outside; nil unless it has exactly the canonical form, so that a name can be part
  /// of a path.
  public init?(_ text: String) {
    guard text.utf8.count == 32 else { return nil }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): continue
      default: return nil
      }
    }
    self.text = text
  }

  /// A new name.
  public init(using generator: inout some RandomNumberGenerator) {
    let (high, low): (UInt64, UInt64) = (generator.next(), generator.next())
    text = [high, low].map {
      let digits = String($0, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Orders by text.
  public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension BlobName: CustomStringConvertible {
  /// The 32 digits.
  public var description: String { text }
}
