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
    #expect(document.mesh.triangles == 12)
    // The twelfth facet has three vertices of its own.
    #expect(document.mesh.vertices.count == 11)
    let polygons = try read(
      try Repository.bytes("Fixtures/meshes/cube_each_side_its_vertices.obj"),
      limits: MeshLimits(weldTrianglesMax: 11)
    )
    #expect(!polygons.bodies[0].isWelded)
    #expect(polygons.mesh.vertices.count == 24)
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

  @Test(
    "what a file begins with decides its format",
    arguments: [
      ("ply\ncomment", "mesh.truncated"), ("ply of ten", "mesh.bad_header"), ("plywood", nil),
      ("solid x", "mesh.truncated"), ("solidify", nil), ("# comment", "mesh.empty"),
      (" \n v 1 2 3", "mesh.empty"), ("vertex", nil), ("version 1", nil),
      ("PK\u{3}\u{4}", "mesh.zip.structure"),
      ("<?xml", nil), ("\u{feff}v 1 2 3", "mesh.empty"), ("\u{feff}solid", nil),
    ] as [(String, String?)]
  )
  func begins(text: String, code: String?) {
    // Padded to be longer than what decides, with lines that no format reads anything from.
    let file = Array((text + String(repeating: "\n", count: 100)).utf8)
    let refusal = #expect(throws: MeshRefusal.self) { try read(file) }
    #expect(refusal?.code.rawValue == code ?? "mesh.unrecognised")
  }

  @Test(
    "a binary STL whose header looks like text is told by its count",
    arguments: [
      "solid", "ply\n", "# a comment", "v 1 2 3", "o cube",
    ])
  func textualHeader(header: String) throws {
    let facet = Facet(Vertex(0, 0, 0), Vertex(1, 0, 0), Vertex(0, 1, 0))
    let padded = header + String(repeating: " ", count: 80 - header.utf8.count)
    let document = try read(STLWriter.binary([facet], header: padded))
    #expect(document.format == .stlBinary)
    #expect(document.mesh.triangles == 1)
  }

  @Test("limits hold in OBJ and PLY", arguments: ["cube_quads.obj", "cube_ascii.ply"])
  func polygonLimits(name: String) throws {
    let bytes = try Repository.bytes("Fixtures/meshes/\(name)")
    func code(_ limits: MeshLimits) -> MeshRefusal.Code? {
      (#expect(throws: MeshRefusal.self) { try read(bytes, limits: limits) })?.code
    }
    #expect(code(MeshLimits(trianglesMax: 11)) == .tooLarge)
    #expect(code(MeshLimits(trianglesMax: 2)) == .tooLarge, "vertices")
    #expect(code(MeshLimits(bytesMax: bytes.count - 1)) == .tooLarge)
    #expect(code(MeshLimits(polygonCornersMax: 3)) == .tooLarge)
    let enough = MeshLimits(trianglesMax: 12, bytesMax: bytes.count, polygonCornersMax: 4)
    #expect(try read(bytes, limits: enough).mesh.triangles == 12)
  }

  @Test("lines and objects of an OBJ are limited, and joined lines are one")
  func objLimits() throws {
    let limits = MeshLimits(lineBytesMax: 40, polygonCornersMax: 3, bodiesMax: 2)
    let triangle = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 -1\n"
    func code(_ text: String) -> MeshRefusal.Code? {
      do throws(MeshRefusal) { _ = try read(Array((triangle + text).utf8), limits: limits) } catch {
        return error.code
      }
      return nil
    }
    // 40 and 32 for each of three corners.
    #expect(code("#" + String(repeating: "x", count: 135)) == nil)
    #expect(code("#" + String(repeating: "x", count: 136)) == .lineTooLong)
    #expect(code("#" + String(repeating: "x", count: 136) + "\n") == .lineTooLong)
    #expect(code(String(repeating: "g 23456789\\\n", count: 12)) == nil)
    #expect(code(String(repeating: "g 23456789\\\n", count: 13)) == .lineTooLong)
    #expect(code("o b\n" + triangle + "o empty\no also\n") == nil)
    #expect(code("o b\n" + triangle + "o c\n" + triangle) == .tooLarge)
  }

  @Test("blank lines that go on are each looked at once", .timeLimit(.minutes(1)))
  func blankJoinedLines() throws {
    let blank = String(repeating: "\\\n", count: 130_000) + "\n"
    let text = "v 0 0 0\nv 1 0 0\nv 0 1 0\n" + String(repeating: blank, count: 8) + "f 1 2 3\n"
    #expect(try read(Array(text.utf8)).mesh.triangles == 1)
    // What follows a blank that went on still decides whether it is a comment.
    #expect(
      try read(Array("v 0 0 0\nv 1 0 0\nv 0 1 0\n\\\n# a \\\nf 1 2 3\n".utf8)).mesh.triangles == 1)
  }

  @Test("a few vertices cannot carry many triangles")
  func density() throws {
    let corners = "v 0 0 0\nv 1 0 0\nv 0 1 0\n"
    func file(_ faces: Int) -> [UInt8] {
      Array((corners + String(repeating: "f 1 2 3\n", count: faces)).utf8)
    }
    let most = 4096 + 64 * 3
    #expect(try read(file(most)).mesh.triangles == most)
    let refusal = #expect(throws: MeshRefusal.self) { try read(file(most + 1)) }
    #expect(refusal?.code == .tooComplex)
    // A strip is refused as soon as it is too long, before its end.
    let strip = """
      ply
      format binary_big_endian 1.0
      element vertex 3
      property char x
      property char y
      property char z
      element tristrips 1
      property list int uchar vertex_indices
      end_header

      """
    let bytes = Array(strip.utf8) + [0, 0, 0, 1, 0, 0, 0, 1, 0] + [0x7f, 0xff, 0xff, 0xff]
    let long = #expect(throws: MeshRefusal.self) {
      try read(bytes + (0..<6000).map { UInt8($0 % 3) })
    }
    #expect(long?.code == .tooComplex)
  }

  @Test(
    "a mesh that would take far more memory than its file is refused, and an ordinary one is not")
  func memory() throws {
    // Facets that share nothing over vertices of bytes, of which the mesh takes five times the file; and
    // of floats, of which it takes twice.
    func file(_ type: String, _ vertex: [UInt8], facets: Int) -> [UInt8] {
      let header = """
        ply
        format binary_little_endian 1.0
        element vertex \(3 * facets)
        property \(type) x
        property \(type) y
        property \(type) z
        element face \(facets)
        property list uchar uint vertex_indices
        end_header

        """
      var bytes = Array(header.utf8)
      for number in 0..<3 * facets { bytes += vertex.map { $0 &+ UInt8(number % 3) } }
      for number in 0..<facets {
        bytes.append(3)
        for corner in 0..<3 {
          let vertex = 3 * number + corner
          bytes += [UInt8(vertex & 255), UInt8(vertex >> 8 & 255), UInt8(vertex >> 16), 0]
        }
      }
      return bytes
    }
    let small = try read(file("uchar", [0, 1, 2], facets: 50_000))
    #expect(small.mesh.triangles == 50_000)
    let refusal = #expect(throws: MeshRefusal.self) {
      try read(file("uchar", [0, 1, 2], facets: 70_000))
    }
    #expect(refusal?.code == .tooComplex)
    #expect(
      try read(file("float", [UInt8](repeating: 0, count: 12), facets: 70_000)).mesh.triangles
        == 70_000)
  }

  @Test("a mesh has the vertices that it uses, in the order of the file, with all their digits")
  func used() throws {
    let text = """
      v 0.5 0 0
      v 9 9 9
      v 1 0.1 0
      v 0 1 0
      o a
      f 4 1 3
      v 7 7 7
      o b
      f 5 2 4

      """
    let document = try read(Array((text + "v 1 2 3\no c\nv 4 5 6\nv 5 5 6\nf 7 8 6\n").utf8))
    #expect(document.bodies.map(\.name) == ["a", "c"])
    #expect(
      document.bodies[0].mesh.vertices
        == [[0.5, 0, 0], [9, 9, 9], [1, 0.1, 0], [0, 1, 0], [7, 7, 7]])
    #expect(document.bodies[0].mesh.corners == [3, 0, 2, 4, 1, 3])
    #expect(document.bodies[1].mesh.vertices == [[1, 2, 3], [4, 5, 6], [5, 5, 6]])
    #expect(document.bodies[1].mesh.corners == [1, 2, 0])
  }

  @Test("polygons that take too long to cut are refused")
  func intricate() throws {
    // A comb of 2000 teeth, thirty times over.
    var text = ""
    for tooth in 0..<2000 { text += "v \(-2 * tooth) 10 0\nv \(-2 * tooth - 1) 1 \(tooth % 2)\n" }
    text += "v -4000 10 0\nv -4000 0 0\nv 0 0 0\n"
    let face = "f " + (1...4003).map(String.init).joined(separator: " ") + "\n"
    #expect(try read(Array((text + face).utf8)).mesh.triangles == 4001)
    let limits = MeshLimits(polygonCornersMax: 4002)
    let refusal = #expect(throws: MeshRefusal.self) {
      try read(Array((text + face).utf8), limits: limits)
    }
    #expect(refusal?.code == .tooLarge)
    let many = Array((text + String(repeating: face, count: 60)).utf8)
    let second = #expect(throws: MeshRefusal.self) { try read(many) }
    #expect(second?.code == .tooComplex)
  }
}
