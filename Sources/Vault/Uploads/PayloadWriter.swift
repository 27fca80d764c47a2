import BlobStore
import Crypto
import Sealing

/// Seals bytes into a blob, and takes length and digest of the payload on the way: what the writer gets
/// is all that reaches a disk. Memory: one chunk of the sealer and the caller's piece, sealed.
struct PayloadWriter {
  private let writer: any BlobWriter
  private var sealer: PayloadSealer
  private var digest = SHA256()
  private var sealed: [UInt8] = []
  private var payloadBytes = 0

  init(
    fileKey: FileKey, writer: any BlobWriter, using generator: inout some RandomNumberGenerator
  ) {
    self.writer = writer
    sealer = PayloadSealer(fileKey: fileKey, using: &generator)
  }

  mutating func write(_ bytes: some Collection<UInt8>) async throws {
    try sealer.seal(bytes, into: &sealed)
    try await passOn()
  }

  /// Ends the payload; when it returns, the payload is durable under the writer's name.
  mutating func finish() async throws -> (payloadBytes: Int, payloadSHA256: [UInt8]) {
    try sealer.finish(into: &sealed)
    try await passOn()
    try await writer.commit()
    return (payloadBytes, Array(digest.finalize()))
  }

  func abort() async { await writer.abort() }

  private mutating func passOn() async throws {
    guard !sealed.isEmpty else { return }
    sealed.withUnsafeBytes { digest.update(bufferPointer: $0) }
    payloadBytes += sealed.count
    try await writer.append(sealed)
    sealed.removeAll(keepingCapacity: true)
  }
}
