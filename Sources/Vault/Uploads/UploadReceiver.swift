import Domain
import Geometry
import MeshFiles

/// What a file claims to be, and where it is to go.
struct IncomingFile {
  let brand: BrandID
  let design: DesignID
  let name: String
  let purpose: FilePurpose
  let mediaType: String
  let declaredBytes: Int?
}

/// Takes the plaintext of one file, measures or checks it and passes it on to be sealed.
struct UploadReceiver {
  /// What was received.
  struct Received {
    let plaintextBytes: Int
    let payloadBytes: Int
    let payloadSHA256: [UInt8]
    /// Of a mesh.
    let summary: MeshSummary?
  }

  private var payload: PayloadWriter
  private let allowance: Allowance
  // One of the two. No enumeration: taking a payload out to change it would copy what it holds.
  private var measure: StreamingMeasure?
  private var document: DocumentCheck?
  private var plaintextBytes = 0

  init(
    _ content: IncomingFile, into payload: PayloadWriter, within allowance: Allowance,
    limits: VaultLimits, using generator: inout some RandomNumberGenerator
  ) {
    self.payload = payload
    self.allowance = allowance
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
    try allowance.check(plaintextBytes)
    do {
      try measure?.update(bytes)
    } catch {
      throw Self.problem(error)
    }
    try document?.update(bytes)
    try await payload.write(bytes)
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
    let (payloadBytes, payloadSHA256) = try await payload.finish()
    return Received(
      plaintextBytes: plaintextBytes, payloadBytes: payloadBytes, payloadSHA256: payloadSHA256,
      summary: summary)
  }

  /// A refusal by the mesh reader has a code of its own and quotes nothing of the file.
  private static func problem(_ refusal: MeshRefusal) -> Problem {
    Problem(
      refusal.code == .tooLarge ? .tooLarge : .invalid, refusal.code.rawValue, refusal.message)
  }
}
