import Domain
import Geometry
import MeshFiles
import Sealing
import Workers

/// A mesh that a converter has made of a STEP file. It is as little to be trusted as one that was sent.
///
/// A class, so that async functions hold a reference and no vectors (see `DeclaredSizes`).
final class ConvertedMesh: AsyncSequence, Sendable {
  let bytes: [UInt8]
  /// Its sizes as STL, found here in constant memory as those of an upload are.
  let summary: MeshSummary

  init(bytes: [UInt8], summary: MeshSummary) { (self.bytes, self.summary) = (bytes, summary) }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes[...]) }

  struct AsyncIterator: AsyncIteratorProtocol {
    var rest: ArraySlice<UInt8>

    mutating func next() async throws -> [UInt8]? {
      let piece = rest.prefix(256 << 10)
      rest = rest.dropFirst(piece.count)
      return piece.isEmpty ? nil : Array(piece)
    }
  }
}

/// What became of one conversion.
struct Conversion: Sendable {
  /// The mesh, or why there is none: a sentence for the brand.
  enum Outcome: Sendable {
    case mesh(ConvertedMesh)
    case failed(String)
  }

  let outcome: Outcome
  /// What it counts for in the brand's hour.
  let billedMilliseconds: Int
}

extension Vault {
  /// Has the converter make a mesh of a stored STEP file; nil where the operator has switched none on.
  ///
  /// - Throws: as `Worker.run`, and what opening the payload throws.
  func convert(_ file: StoredFile, _ key: FileKey) async throws -> Conversion? {
    guard let worker, let converter else { return nil }
    guard file.plaintextBytes <= worker.budget.convertedBytesMax else {
      return Conversion(
        outcome: .failed(
          "The STEP file has more than the \(worker.budget.convertedBytesMax >> 20) MiB that are converted."
        ),
        billedMilliseconds: 0)
    }
    let run = try await worker.convert(
      with: converter, byteCount: file.plaintextBytes,
      input: OriginalFile(file: file, key: key, blobs: blobs))
    let outcome: Conversion.Outcome
    switch run.outcome {
    case .failure(let death):
      outcome = .failed("The converter made no mesh of this STEP file: \(death).")
    case .success(let bytes):
      do {
        outcome = .mesh(ConvertedMesh(bytes: bytes, summary: try measured(bytes)))
      } catch {
        outcome = .failed(
          "What the converter made of this STEP file is no mesh (\(error.code.rawValue)).")
      }
    }
    // It holds a place for as long as it runs.
    return Conversion(
      outcome: outcome, billedMilliseconds: max(run.cpuMilliseconds, run.milliseconds))
  }

  private func measured(_ stl: [UInt8]) throws(MeshRefusal) -> MeshSummary {
    var generator = ambient.generator
    var intake = MeshIntake(
      key: MeshHashKey(using: &generator), limits: limits.mesh, declaredBytes: stl.count)
    try intake.update(stl)
    guard case .measured(let summary) = try intake.finish() else {
      throw MeshRefusal(.unrecognised, "A converter makes STL.")
    }
    return summary
  }
}
