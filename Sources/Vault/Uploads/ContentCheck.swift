import Domain
import Geometry
import MeshFiles

/// Measures a mesh, or holds a document against its media type, while its plaintext passes by.
struct ContentCheck {
  // One of the two. No enumeration: taking a payload out to change it would copy what it holds.
  private var measure: StreamingMeasure?
  private var document: DocumentCheck?

  init(
    _ purpose: FilePurpose, mediaType: String, declaredBytes: Int?, limits: VaultLimits,
    using generator: inout some RandomNumberGenerator
  ) {
    if purpose == .geometry {
      measure = StreamingMeasure(
        key: MeshHashKey(using: &generator), limits: limits.mesh, declaredBytes: declaredBytes)
    } else {
      document = DocumentCheck(mediaType: mediaType)
    }
  }

  /// Takes the next bytes. Throws `mesh.…`, `file.content`.
  mutating func update(_ bytes: some Collection<UInt8>) throws(Problem) {
    do {
      try measure?.update(bytes)
    } catch {
      throw Self.problem(error)
    }
    try document?.update(bytes)
  }

  /// Ends the file; what was measured of a mesh.
  mutating func finish() throws(Problem) -> MeshSummary? {
    let summary: MeshSummary?
    do {
      summary = try measure?.finish()
    } catch {
      throw Self.problem(error)
    }
    try document?.finish()
    return summary
  }

  /// A refusal by the mesh reader has a code of its own and quotes nothing of the file.
  private static func problem(_ refusal: MeshRefusal) -> Problem {
    Problem(
      refusal.code == .tooLarge ? .tooLarge : .invalid, refusal.code.rawValue, refusal.message)
  }
}
