extension Collection<UInt8> {
  /// Hands the bytes over as a span; copies them only where they do not lie side by side.
  func withSpan(_ body: (Span<UInt8>) throws(MeshRefusal) -> Void) throws(MeshRefusal) {
    let done = withContiguousStorageIfAvailable { buffer in
      Result { () throws(MeshRefusal) in try body(Span(_unsafeElements: buffer)) }
    }
    if let done { return try done.get() }
    try body(Array(self).span)
  }
}
