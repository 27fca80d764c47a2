public import BlobStore

extension BlobStore {
  /// The bytes of a blob in chunks, one in memory at a time.
  public func chunks(
    _ name: BlobName,
    from offset: Int = 0,
    chunkBytes: Int = 256 * 1024
  ) -> BlobChunks {
    BlobChunks(store: self, name: name, offset: offset, chunkBytes: chunkBytes)
  }
}

/// The bytes of a blob as a sequence of chunks, read when they are asked for. Fails with
/// ``BlobError/absent(_:)`` if the blob is not there, and with `CancellationError` in a cancelled task.
public struct BlobChunks: AsyncSequence, Sendable {
  let store: any BlobStore
  let name: BlobName
  let offset: Int
  let chunkBytes: Int

  /// Starts at the offset.
  public func makeAsyncIterator() -> Iterator {
    Iterator(chunks: self, offset: offset)
  }

  /// Reads the chunks one after another.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let chunks: BlobChunks
    fileprivate var offset: Int

    /// The next chunk, or nil at the end.
    public mutating func next() async throws -> [UInt8]? {
      try Task.checkCancellation()
      let bytes = try await chunks.store.read(
        chunks.name,
        from: offset,
        maxLength: chunks.chunkBytes
      )
      offset += bytes.count
      return bytes.isEmpty ? nil : bytes
    }
  }
}
