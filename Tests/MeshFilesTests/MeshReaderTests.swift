import Geometry
import MeshFiles
import TestSupport
import Testing

func read(
  _ bytes: [UInt8],
  cut: Cut = .whole,
  limits: MeshLimits = MeshLimits(),
  unit: LengthUnit? = nil,
  declared: Bool = false
) throws(MeshRefusal) -> MeshDocument {
  var reader = MeshReader(limits: limits, unit: unit, declaredBytes: declared ? bytes.count : nil)
  for chunk in cut.chunks(of: bytes) { try reader.update(chunk) }
  return try reader.finish()
}

@Suite("Mesh reader")
struct MeshReaderTests {
  @Test("STL is one welded body without a stated unit", arguments: ["cube_binary", "cube_ascii"])
  func stl(name: String) throws {
    let bytes = try Repository.bytes("Fixtures/meshes/\(name).stl")
    let document = try read(bytes)
    #expect(document.unit == nil)
    #expect(document.readAs == .millimeter)
    #expect(document.bodies.map(\.name) == [nil])
    #expect(document.bodies[0].isWelded)
    #expect(document.mesh.vertices.count == 8)
    #expect(document.mesh.triangles == 12)
    let inches = try read(bytes, unit: .inch)
    #expect(inches.readAs == .inch)
    #expect(inches.mesh.bounds?.size == SIMD3(repeating: 20 * 25.4))
  }

  @Test("a mesh above the weld limit is not welded and says so")
  func unwelded() throws {
    let bytes = try Repository.bytes("Fixtures/meshes/cube_binary.stl")
    let document = try read(bytes, limits: MeshLimits(weldTrianglesMax: 11))
    #expect(!document.bodies[0].isWelded)
    #expect(document.mesh.vertices.count == 36)
  }

  @Test("after a refusal every further call refuses the same way")
  func refused() {
    var reader = MeshReader()
    let first = MeshRefusal(.unrecognised, "This is a PDF file, not a mesh that is read here.")
    let file = Array("%PDF-1.7".utf8) + [UInt8](repeating: 32, count: 100)
    #expect(throws: first) { try reader.update(file) }
    #expect(throws: first) { try reader.update([1, 2, 3]) }
    #expect(throws: first) { _ = try reader.finish() }
  }
}
