extension RandomNumberGenerator {
  /// Random bytes, eight a draw: each draw from the system's generator is a system call.
  /// Sealing has the same: neither module may import the other.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count {
      withUnsafeBytes(of: next().littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
