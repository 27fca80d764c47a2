import Foundation
import Geometry
import MeshFiles
import TestSupport
import Testing

/// What `Fixtures/meshes/make_polygons.py` says of a file.
struct PolygonExpectation: Decodable, Sendable {
  let refusal: String?
  let format: String?
  let triangles: Int?
  let volume_mm3: Double?
  let vertices: Int?
  let bodies: [String?]?
  let watertight: Bool?
}

@Suite("OBJ and PLY meshes named by their fault")
struct PolygonFixtureTests {
  static let expected: [String: PolygonExpectation] = {
    let bytes = try? Repository.bytes("Fixtures/meshes/expected_polygons.json")
    let decoder = JSONDecoder()
    return (try? decoder.decode([String: PolygonExpectation].self, from: Data(bytes ?? []))) ?? [:]
  }()

  /// What can be compared of a document.
  struct Outcome: Equatable {
    let format: MeshFormat
    let names: [String?]
    let meshes: [Mesh]
  }

  static func outcome(
    _ bytes: [UInt8],
    _ cut: Cut = .whole,
    declared: Bool = false
  ) -> Result<Outcome, MeshRefusal> {
    Result { () throws(MeshRefusal) in
      let document = try read(bytes, cut: cut, declared: declared)
      return Outcome(
        format: document.format,
        names: document.bodies.map(\.name),
        meshes: document.bodies.map(\.mesh)
      )
    }
  }

  @Test("every file has an expectation and every expectation a file")
  func complete() throws {
    let files = try Repository.names(in: "Fixtures/meshes").filter {
      $0.hasSuffix(".obj") || $0.hasSuffix(".ply")
    }
    #expect(Set(files) == Set(Self.expected.keys))
    #expect(files.count > 90)
  }

  @Test("is refused or read as expected", arguments: expected.keys.sorted())
  func fixture(name: String) throws {
    let expected = try #require(Self.expected[name])
    let bytes = try Repository.bytes("Fixtures/meshes/\(name)")
    if let code = expected.refusal {
      let refusal = #expect(throws: MeshRefusal.self) { try read(bytes) }
      #expect(refusal?.code.rawValue == code, "\(refusal as Any)")
      let message = refusal?.message ?? ""
      #expect(message.unicodeScalars.allSatisfy { (" "..."~").contains($0) }, "\(message)")
      return
    }
    let document = try read(bytes)
    #expect(document.format.rawValue == expected.format)
    #expect(document.unit == nil)
    #expect(document.bodies.map(\.name) == expected.bodies)
    let mesh = document.mesh
    #expect(mesh.triangles == expected.triangles)
    #expect(mesh.vertices.count == expected.vertices)
    let topology = mesh.topology()
    #expect(topology.isWatertight == expected.watertight)
    #expect(topology.isClosed || expected.watertight == false)
    if let volume = expected.volume_mm3, topology.isClosed {
      #expect(abs(mesh.measurement().signedVolume - volume) < 1e-9)
    }
  }

  @Test("any cut into chunks gives the same result", arguments: expected.keys.sorted())
  func chunks(name: String) throws {
    let bytes = try Repository.bytes("Fixtures/meshes/\(name)")
    let whole = Self.outcome(bytes)
    // The long ones byte by byte would take longer than they teach.
    for cut in Cut.allCases where bytes.count < 10_000 || cut != .singleBytes {
      #expect(Self.outcome(bytes, cut) == whole, "\(cut)")
    }
    #expect(Self.outcome(bytes, declared: true) == whole)
  }

  @Test(
    "every prefix of a sound PLY is refused",
    arguments: ["cube_ascii", "cube_binary_little_endian", "cube_more_properties_binary"]
  )
  func prefixes(name: String) throws {
    let bytes = try Repository.bytes("Fixtures/meshes/\(name).ply")
    // The text form's last number is a single digit, after which nothing is missing.
    let least = bytes.last == 0x0a ? bytes.count - 1 : bytes.count
    for length in 0..<least {
      #expect(throws: MeshRefusal.self, "\(length) bytes") { try read(Array(bytes[..<length])) }
    }
  }

  @Test("random damage is refused or read, and never crashes", arguments: 0..<300)
  func damage(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let names = [
      "cube_triples.obj", "concave_prism.obj", "cube_continued_lines.obj", "cube_ascii.ply",
      "cube_more_properties_binary.ply", "cube_binary_big_endian.ply", "cube_strips.ply",
    ]
    var bytes = try Repository.bytes("Fixtures/meshes/\(names[seed % names.count])")
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      bytes[index] = UInt8.random(in: 0...255, using: &generator)
    }
    #expect(Self.outcome(bytes) == Self.outcome(bytes, .sevens))
  }
}
