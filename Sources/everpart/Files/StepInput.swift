import Domain
import Geometry
import MeshFiles
import Workers

/// A STEP file as it comes in, and the converter that makes a mesh of it: confined and read as a broker does it
/// (`Workers.md`). Its bytes are kept, because a pipe cannot be read again.
struct StepInput {
  private let converter: StepConverter
  private var bytes: [UInt8] = []

  /// Throws what the file was refused with as a mesh, unless that is because it is STEP and there is a
  /// converter.
  ///
  /// - Parameter head: what has come of it.
  init(_ head: [UInt8], after error: any Error, _ converter: StepConverter?) throws {
    guard let refusal = error as? MeshRefusal, refusal.code == .needsConverter else { throw error }
    guard let converter else { throw refusal }
    self.converter = converter
    try append(head)
  }

  /// Takes the next bytes.
  mutating func append(_ piece: some Collection<UInt8>) throws {
    let bytesMax = WorkerBudget().convertedBytesMax
    guard bytes.count + piece.count <= bytesMax else {
      throw MeshRefusal(
        .tooLarge, "The file has more than the \(bytesMax) bytes that are converted.")
    }
    bytes.append(contentsOf: piece)
  }

  /// What the converter makes of it.
  func converted() async throws -> (MeshInspection, MeshDocument?) {
    Terminal.progress("converting …")
    defer { Terminal.progress("") }
    let pieces = AsyncStream<[UInt8]> { stream in
      stream.yield(bytes)
      stream.finish()
    }
    var generator = Ambient.system.generator
    var inspector = MeshInspector(key: MeshHashKey(using: &generator))
    do {
      let run = try await Worker().convert(with: converter, byteCount: bytes.count, input: pieces)
      try inspector.update(try run.outcome.get())
      let (mesh, document) = try inspector.examine()
      let inspection = MeshInspection(
        summary: MeshSummary(converted: mesh.summary), topology: mesh.topology)
      return (inspection, document)
    } catch let refusal as MeshRefusal {
      throw failed("made no mesh of the STEP file: \(refusal.message)")
    } catch let death as WorkerDeath {
      throw failed("made no mesh of the STEP file: \(death).")
    } catch let fault as WorkerFault {
      throw failed("cannot be started here: \(fault).")
    }
  }

  private func failed(_ how: String) -> Problem {
    Problem(.invalid, "geometry.not_converted", "\(converter.kind.rawValue) \(how)")
  }
}
