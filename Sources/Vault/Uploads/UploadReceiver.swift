import BlobStore
import Crypto
import Domain
import Geometry
import MeshFiles
import Sealing

/// What a file claims to be.
struct UploadContent {
  let purpose: FilePurpose
  let mediaType: String
  let declaredBytes: Int?

  init(_ purpose: FilePurpose, mediaType: String, declaredBytes: Int?) {
    (self.purpose, self.mediaType, self.declaredBytes) = (purpose, mediaType, declaredBytes)
  }
}

/// Takes the plaintext of one file and passes it on sealed: what the writer gets is all that
/// reaches a disk. Memory: one chunk of the sealer and the caller's piece, sealed.
struct UploadReceiver {
  /// What was received.
  struct Received {
    let plaintextBytes: Int
    let payloadBytes: Int
    let payloadSHA256: [UInt8]
    /// Of a mesh.
    let summary: MeshSummary?
  }

  private let writer: any BlobWriter
  private let bytesMax: Int
  private var sealer: PayloadSealer
  // One of the two. No enumeration: taking a payload out to change it would copy what it holds.
  private var measure: StreamingMeasure?
  private var document: DocumentCheck?
  private var digest = SHA256()
  private var sealed: [UInt8] = []
  private var plaintextBytes = 0
  private var payloadBytes = 0

  init(
    fileKey: FileKey, writer: any BlobWriter, limits: VaultLimits, content: UploadContent,
    using generator: inout some RandomNumberGenerator
  ) {
    self.writer = writer
    bytesMax = limits.bytesMax(content.purpose)
    sealer = PayloadSealer(fileKey: fileKey, using: &generator)
    if content.purpose == .geometry {
      measure = StreamingMeasure(
        key: MeshHashKey(using: &generator), limits: limits.mesh,
        declaredBytes: content.declaredBytes)
    } else {
      document = DocumentCheck(mediaType: content.mediaType)
    }
  }

  /// Takes the next bytes of any number.
  mutating func take(_ bytes: some Collection<UInt8>) async throws {
    plaintextBytes += bytes.count
    guard plaintextBytes <= bytesMax else { throw Self.tooLarge(bytesMax) }
    do {
      try measure?.update(bytes)
    } catch {
      throw Self.problem(error)
    }
    try document?.update(bytes)
    try sealer.seal(bytes, into: &sealed)
    try await passOn()
  }

  /// Ends the file; when it returns, the payload is durable under the writer's name.
  mutating func finish() async throws -> Received {
    let summary: MeshSummary?
    do {
      summary = try measure?.finish()
    } catch {
      throw Self.problem(error)
    }
    try document?.finish()
    try sealer.finish(into: &sealed)
    try await passOn()
    try await writer.commit()
    return Received(
      plaintextBytes: plaintextBytes, payloadBytes: payloadBytes,
      payloadSHA256: Array(digest.finalize()), summary: summary)
  }

  private mutating func passOn() async throws {
    guard !sealed.isEmpty else { return }
    sealed.withUnsafeBytes { digest.update(bufferPointer: $0) }
    payloadBytes += sealed.count
    try await writer.append(sealed)
    sealed.removeAll(keepingCapacity: true)
  }

  static func tooLarge(_ bytesMax: Int) -> Problem {
    Problem(.tooLarge, "file.too_large", "A file has at most \(bytesMax) bytes.")
  }

  /// A refusal by the mesh reader has a code of its own and quotes nothing of the file.
  private static func problem(_ refusal: MeshRefusal) -> Problem {
    Problem(
      refusal.code == .tooLarge ? .tooLarge : .invalid, refusal.code.rawValue, refusal.message)
  }
}
