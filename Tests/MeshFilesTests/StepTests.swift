import Foundation
import Geometry
import TestSupport
import Testing

@testable import MeshFiles

@Suite("STEP")
struct StepTests {
  private func intake(_ bytes: [UInt8], pieces: Int = 7) throws -> MeshIntake.Outcome {
    var intake = MeshIntake(key: MeshHashKey(1, 2))
    var rest = bytes[...]
    while !rest.isEmpty {
      try intake.update(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
    }
    return try intake.finish()
  }

  private func refusal(_ body: () throws -> Void) -> MeshRefusal.Code? {
    do { try body() } catch { return (error as? MeshRefusal)?.code }
    return nil
  }

  @Test("a STEP file is recognised however it is cut, with a signature after its end too")
  func recognised() throws {
    #expect(try intake(SampleMesh.step) == .recognised(.step))
    let real = try Repository.bytes("Fixtures/step/plate.step")
    #expect(try intake(real, pieces: 4096) == .recognised(.step))
    let signature = [UInt8](repeating: UInt8(ascii: "A"), count: 30_000)
    #expect(try intake(SampleMesh.step + signature, pieces: 1000) == .recognised(.step))
    #expect(try intake(Array("ISO-10303-21;END-ISO-10303-21;".utf8)) == .recognised(.step))
  }

  @Test("a STEP file that is cut off is refused, and so is one beyond the limit")
  func cut() throws {
    let real = try Repository.bytes("Fixtures/step/plate.step")
    #expect(refusal { _ = try intake(real.dropLast(9)) } == .truncated)
    #expect(refusal { _ = try intake(Array("ISO-10303-21;".utf8)) } == .truncated)
    var small = MeshIntake(key: MeshHashKey(1, 2), limits: MeshLimits(bytesMax: 1000))
    #expect(refusal { try small.update(real) } == .tooLarge)
    var inch = MeshIntake(key: MeshHashKey(1, 2), unit: .inch)
    #expect(refusal { try inch.update(real) } == .unitStated)
  }

  @Test("what wants facets refuses STEP by a code of its own")
  func needsConverter() throws {
    var reader = MeshReader()
    #expect(refusal { try reader.update(SampleMesh.step) } == .needsConverter)
    var inspector = MeshInspector(key: MeshHashKey(1, 2))
    #expect(refusal { try inspector.update(SampleMesh.step) } == .needsConverter)
    #expect(MeshWriter(format: .step) == nil)
  }

  @Test("names that end in .step or .stp are STEP")
  func names() {
    for name in ["a.step", "b.STP", "c.d.stp"] { #expect(MeshFamily(fileNamed: name) == .step) }
    #expect(MeshFamily(fileNamed: "step") == .step && MeshFamily(fileNamed: "a.stpz") == nil)
  }

  @Test(
    "sizes that no part can have are not taken",
    arguments: [
      (SIMD3(20.0, 30, 5), 3000.0, 1700.0, true),
      // A ball fills its surface; a rounded figure is still one.
      (SIMD3(20.0, 20, 20), 4188.8, 1256.6, true), (SIMD3(20.0, 20, 20), 4188.8, 1200, false),
      (SIMD3(20.0, 30, 5), 3001.0, 1700, true), (SIMD3(20.0, 30, 5), 3100, 1700, false),
      (SIMD3(0.0, 30, 5), 1, 1700, false), (SIMD3(-1.0, 30, 5), 1, 1700, false),
      (SIMD3(Double.nan, 30, 5), 1, 1700, false), (SIMD3(20.0, 30, 5), .nan, 1700, false),
      (SIMD3(20.0, 30, 5), 0, 1700, false), (SIMD3(20.0, 30, 5), 3000, .infinity, false),
      (SIMD3(20.0, 30, 5), 3000, .nan, false), (SIMD3(20.0, 30, 5), -3000, 1700, false),
      (SIMD3(2e5, 30, 5), 3000, 1700, false), (SIMD3(20.0, 30, 5), 3000, 1e14, false),
    ])
  func possible(size: SIMD3<Double>, volume: Double, area: Double, isPossible: Bool) {
    let sizes = DeclaredSizes(
      size: size, volumeCubicMillimetres: volume, areaSquareMillimetres: area)
    #expect((sizes.impossibility == nil) == isPossible, "\(sizes)")
  }

  @Test("declared sizes are kept as they were said, with whose word they are")
  func summary() throws {
    let sizes = DeclaredSizes(
      size: SIMD3(20, 30, 5), volumeCubicMillimetres: 2900, areaSquareMillimetres: 1700)
    let summary = MeshSummary(declared: sizes)
    #expect(summary.declared == sizes && summary.measuredBy == .brand && summary.problems == [])
    let json = try JSONEncoder().encode(summary)
    #expect(try JSONDecoder().decode(MeshSummary.self, from: json) == summary)
    let mesh = try SampleMesh.measurement(20, 30, 5)
    #expect(mesh.declared == nil)
    #expect(
      !String(decoding: try JSONEncoder().encode(mesh), as: UTF8.self).contains("measured_by"))
    let converted = MeshSummary(converted: mesh)
    #expect(converted.format == .step && converted.unitSource == .file && converted.declared == nil)
    #expect(converted.size == mesh.size && converted.measuredBy == .converter)
  }
}
