import Domain
import Geometry
import MeshFiles
import Workers

extension MeshInput {
  /// A mesh file, or the mesh that an installed converter makes of a STEP file: confined and read as a broker
  /// does it (`Workers.md`).
  ///
  /// - Parameter converter: as `StepConverter.init(named:)` takes it; nil for none.
  init(_ file: String, unit: LengthUnit?, converter: String?) async throws {
    do {
      try self.init(file, unit: unit)
    } catch let refusal as MeshRefusal where refusal.code == .needsConverter {
      guard let converter else {
        throw MeshRefusal(
          .needsConverter,
          refusal.message + " Name an installed one: --step-converter prusa-slicer, or gmsh.")
      }
      try await self.init(step: file, StepConverter(named: converter))
    }
  }

  private init(step file: String, _ converter: StepConverter) async throws {
    let input = try InputFile(file)
    let worker = Worker()
    let size = input.size ?? .max
    guard size <= worker.budget.convertedBytesMax else {
      throw MeshRefusal(
        .tooLarge,
        "The file has more than the \(worker.budget.convertedBytesMax) bytes that are converted.")
    }
    var bytes: [UInt8] = []
    try input.forEachPiece("reading") { bytes += $0 }
    let pieces = AsyncStream<[UInt8]> { [bytes] stream in
      stream.yield(bytes)
      stream.finish()
    }
    let run = try await worker.convert(with: converter, byteCount: bytes.count, input: pieces)
    var generator = Ambient.system.generator
    var inspector = MeshInspector(key: MeshHashKey(using: &generator))
    do {
      try inspector.update(try run.outcome.get())
    } catch let death as WorkerDeath {
      throw Problem(
        .invalid, "geometry.not_converted", "The converter made no mesh of the STEP file: \(death)."
      )
    }
    let (mesh, document) = try inspector.examine()
    inspection = MeshInspection(
      summary: MeshSummary(converted: mesh.summary), topology: mesh.topology)
    self.document = document
  }
}
