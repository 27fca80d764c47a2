import Glibc

extension [UInt8] {
  /// Overwrites the bytes with zeros in place, in a way that the compiler may not leave out.
  ///
  /// It reaches this copy only: an array that shares its storage is copied first. Keep secrets in
  /// arrays that nothing else refers to. Swift may have moved bytes before (a growing array, a
  /// register that was spilled); against reading the process's memory this helps a little, and it
  /// is no more than that.
  mutating func wipe() {
    withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
    }
  }
}
