extension [UInt8] {
  /// The little-endian number of `bytes` bytes at `offset`; nil where the array ends before it does.
  func littleEndian(at offset: Int, bytes: Int) -> UInt64? {
    guard offset >= 0, offset <= count - bytes else { return nil }
    var value: UInt64 = 0
    for index in (0..<bytes).reversed() { value = value &<< 8 | UInt64(self[offset + index]) }
    return value
  }

  /// Appends a number as `bytes` little-endian bytes.
  mutating func appendLittleEndian(_ value: some BinaryInteger, bytes: Int) {
    for shift in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }
}
