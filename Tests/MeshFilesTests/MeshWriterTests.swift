import Geometry
import MeshFiles
import TestSupport
import Testing

@Suite("Mesh writer")
struct MeshWriterTests {
  static func written(_ document: MeshDocument, as format: MeshFormat) throws -> [UInt8] {
    let writer = try #require(MeshWriter(format: format))
    var bytes: [UInt8] = []
    writer.write(document) { bytes += $0 }
    return bytes
  }

  /// Two tetrahedra whose coordinates need all digits.
  static func document(names: [String?] = ["left", "right"], isSingle: Bool) -> MeshDocument {
    var generator = SeededGenerator(seed: 7)
    func mesh() -> Mesh {
      let vertices = (0..<4).map { _ in
        let position = SIMD3<Double>.random(in: -100...100, using: &generator)
        return isSingle ? SIMD3<Double>(SIMD3<Float>(position)) : position
      }
      return Mesh(vertices: vertices, corners: [0, 1, 2, 0, 2, 3, 0, 3, 1, 1, 3, 2])
    }
    return MeshDocument(
      format: .obj,
      unit: nil,
      readAs: .millimeter,
      bodies: names.map { .init(name: $0, mesh: mesh()) }
    )
  }

  static let formats = MeshFormat.allCases.filter { $0 != .threeMF && $0 != .step }

  @Test("every format reads back as the same mesh", arguments: formats, [true, false])
  func roundTrip(format: MeshFormat, isSingle: Bool) throws {
    let document = Self.document(isSingle: isSingle)
    let back = try read(try Self.written(document, as: format))
    #expect(back.format == format)
    let isRounded = !isSingle && [.stlBinary, .stlASCII].contains(format)
    let expected =
      isRounded
      ? document.mesh.mapped { SIMD3<Double>(SIMD3<Float>($0)) } : document.mesh
    // The same positions facet by facet; vertices may be numbered anew.
    #expect(back.mesh == expected.welded())
    #expect(back.bodies.map(\.name) == (format == .obj ? ["left", "right"] : [nil]))
  }

  @Test("decimals are the shortest")
  func shortest() throws {
    let mesh = Mesh(
      vertices: [SIMD3(0.1, -20, 1e-7), SIMD3(1, 0, 0), SIMD3(0, 1 / 3.0, 0)],
      corners: [0, 1, 2]
    )
    let document = MeshDocument(
      format: .obj, unit: nil, readAs: .millimeter, bodies: [.init(name: "a b", mesh: mesh)])
    #expect(
      String(decoding: try Self.written(document, as: .obj), as: UTF8.self) == """
        # millimetres
        o a b
        v 0.1 -20 1e-07
        v 1 0 0
        v 0 0.3333333333333333 0
        f 1 2 3

        """
    )
  }

  @Test("names cannot break out of their line", arguments: Self.formats)
  func names(format: MeshFormat) throws {
    let names: [String?] = [
      "a\nf 1 1 1\r\nendsolid", "tail\\", nil, String(repeating: "n", count: 999),
    ]
    let document = Self.document(names: names, isSingle: true)
    let back = try read(try Self.written(document, as: format))
    #expect(back.mesh.triangles == 16)
    guard format == .obj else { return }
    #expect(
      back.bodies.map(\.name)
        == ["a_f 1 1 1__endsolid", "body 2", "body 3", String(repeating: "n", count: 200)]
    )
  }

  @Test("large meshes leave in chunks, and what the receiver throws ends the writing")
  func chunks() throws {
    let document = try read(try Repository.bytes("Fixtures/parts/leg-cap.stl"))
    for format in Self.formats {
      var chunks: [Int] = []
      try #require(MeshWriter(format: format)).write(document) { chunks.append($0.count) }
      #expect(chunks.count > 1)
      #expect(chunks.allSatisfy { $0 < 70_000 })
      #expect(chunks.reduce(0, +) == (try Self.written(document, as: format)).count)
      struct Full: Error {}
      var calls = 0
      #expect(throws: Full.self) {
        try #require(MeshWriter(format: format)).write(document) { _ in
          calls += 1
          throw Full()
        }
      }
      #expect(calls == 1)
    }
  }

  @Test("there is no writer of 3MF here")
  func threeMF() {
    #expect(MeshWriter(format: .threeMF) == nil)
  }
}
