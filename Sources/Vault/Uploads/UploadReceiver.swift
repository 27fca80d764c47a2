import Domain
import MeshFiles

/// What a file claims to be, and where it is to go.
struct IncomingFile {
  let brand: BrandID
  let design: DesignID
  let name: String
  let purpose: FilePurpose
  let mediaType: String
  /// Of a mesh's coordinates, if the sender says it.
  let unit: MeshUnit?
  let declaredBytes: Int?
}

/// Takes the plaintext of one file, measures or checks it and passes it on to be sealed: each piece both at once,
/// because each of the two takes about as long as the other.
struct UploadReceiver {
  /// What was received.
  struct Received {
    let plaintextBytes: Int
    let payloadBytes: Int
    let payloadSHA256: [UInt8]
    /// Of a mesh that is measured as it comes in.
    let summary: MeshSummary?
  }

  private var payload: PayloadWriter
  private let allowance: Allowance
  private let checker: ContentChecker
  /// The piece that was taken last, until it is checked.
  private var checking: Task<Void, any Error>?
  private var plaintextBytes = 0

  init(
    _ content: IncomingFile, into payload: PayloadWriter, within allowance: Allowance,
    limits: VaultLimits, using generator: inout some RandomNumberGenerator
  ) {
    self.payload = payload
    self.allowance = allowance
    checker = ContentChecker(
      ContentCheck(
        content.purpose, name: content.name, mediaType: content.mediaType, unit: content.unit,
        declaredBytes: content.declaredBytes, limits: limits, using: &generator))
  }

  /// Takes the next bytes of any number. What is wrong with them may be thrown by the next call.
  mutating func take(_ bytes: some Collection<UInt8>) async throws {
    plaintextBytes += bytes.count
    try allowance.check(plaintextBytes)
    let piece = Array(bytes)
    try await checking?.value
    checking = Task { [checker] in try await checker.update(piece) }
    try await payload.write(piece)
  }

  /// Ends the file; when it returns, the payload is durable under the writer's name.
  mutating func finish() async throws -> Received {
    try await checking?.value
    let summary = try await checker.finish()
    let (payloadBytes, payloadSHA256) = try await payload.finish()
    return Received(
      plaintextBytes: plaintextBytes, payloadBytes: payloadBytes, payloadSHA256: payloadSHA256,
      summary: summary)
  }
}

/// Checks a file on another processor than the one that seals it.
private actor ContentChecker {
  private var check: ContentCheck

  init(_ check: ContentCheck) { self.check = check }

  func update(_ piece: [UInt8]) throws { try check.update(piece) }

  func finish() throws -> MeshSummary? { try check.finish() }
}
