/// Reads whole numbers from text.
enum DecimalInteger {
  /// More than any number that means something; larger ones are taken for it.
  private static let largest = 1 << 48

  /// The number [+−] digits that begins at `index`, which moves behind it; nil if none does. What
  /// follows is the caller's to judge.
  @inline(__always)
  static func scan(_ bytes: Span<UInt8>, at index: inout Int) -> Int? {
    var end = index
    guard end < bytes.count else { return nil }
    let isNegative = bytes[end] == UInt8(ascii: "-")
    if isNegative || bytes[end] == UInt8(ascii: "+") { end += 1 }
    let start = end
    var value = 0
    while end < bytes.count {
      let digit = bytes[end] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = min(value &* 10 &+ Int(digit), largest)
      end += 1
    }
    guard end > start else { return nil }
    index = end
    return isNegative ? -value : value
  }
}
