import Domain
import Geometry
import MeshFiles

/// Measures or recognises a mesh, or holds a document against its media type, while its plaintext passes by.
struct ContentCheck {
  // One of the two. No enumeration: taking a payload out to change it would copy what it holds.
  private var mesh: MeshIntake?
  private var document: DocumentCheck?
  private let name: String
  private let mediaType: String
  private var isRecognised = false

  init(
    _ purpose: FilePurpose, name: String, mediaType: String, unit: MeshUnit?, declaredBytes: Int?,
    limits: VaultLimits, using generator: inout some RandomNumberGenerator
  ) {
    (self.name, self.mediaType) = (name, mediaType)
    if purpose == .geometry {
      mesh = MeshIntake(
        key: MeshHashKey(using: &generator), limits: limits.mesh, unit: unit?.length,
        declaredBytes: declaredBytes)
    } else {
      document = DocumentCheck(mediaType: mediaType)
    }
  }

  /// Takes the next bytes. Throws `mesh.…`, `file.content`.
  mutating func update(_ bytes: some Collection<UInt8>) throws(Problem) {
    do {
      try mesh?.update(bytes)
    } catch {
      throw Self.problem(error)
    }
    if !isRecognised, let family = mesh?.family { try check(family) }
    try document?.update(bytes)
  }

  /// Ends the file; what was measured of a mesh, if it was.
  mutating func finish() throws(Problem) -> MeshSummary? {
    let outcome: MeshIntake.Outcome?
    do {
      outcome = try mesh?.finish()
    } catch {
      throw Self.problem(error)
    }
    if !isRecognised, let family = mesh?.family { try check(family) }
    try document?.finish()
    guard case .measured(let summary) = outcome else { return nil }
    return summary
  }

  /// What a bureau's tools are told by name and media type has to be what they get. A type or an ending
  /// that any file may have says nothing.
  private mutating func check(_ family: MeshFamily) throws(Problem) {
    let (ending, type) = (MeshFamily(fileNamed: name), MeshFamily(mediaType: mediaType))
    guard (type ?? family) == family else {
      throw Problem(
        .invalid, "file.content",
        "The file is not the \(mediaType) that it is sent as: it is \(family.name).")
    }
    guard (ending ?? family) == family else {
      throw Problem(
        .invalid, "file.content", "The file is not what its name says: it is \(family.name).")
    }
    // Whoever reads the row has to know it: nothing opens a STEP file as it opens a mesh.
    guard family != .step || ending == .step || type == .step else {
      throw Problem(
        .invalid, "file.content",
        "This is a STEP file: call it .step or .stp, or send it as model/step.")
    }
    isRecognised = true
  }

  /// A refusal by the mesh reader has a code of its own and quotes nothing of the file.
  private static func problem(_ refusal: MeshRefusal) -> Problem {
    Problem(
      refusal.code == .tooLarge ? .tooLarge : .invalid, refusal.code.rawValue, refusal.message)
  }
}

extension MeshFamily {
  /// Of a file whose media type says it.
  init?(mediaType: String) {
    self.init(rawValue: FilePurpose.meshEnding(ofMediaType: mediaType) ?? "")
  }
}
