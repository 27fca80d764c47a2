extension RandomAccessCollection<UInt8> where Index == Int {
  /// The little-endian number of `bytes` bytes, `offset` behind the first; nil where there are not as many.
  func littleEndian(at offset: Int, bytes: Int) -> UInt64? {
    guard offset >= 0, offset <= count - bytes else { return nil }
    var value: UInt64 = 0
    for index in (0..<bytes).reversed() {
      value = value &<< 8 | UInt64(self[startIndex + offset + index])
    }
    return value
  }
}

extension [UInt8] {
  /// Appends a number as `bytes` little-endian bytes.
  mutating func appendLittleEndian(_ value: some BinaryInteger, bytes: Int) {
    for shift in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }
}
