import Foundation
import Geometry
import MeshFiles
import TestSupport
import Testing

/// What `Fixtures/meshes/make.py` says of a file.
struct Expectation: Decodable, Sendable {
  let refusal: String?
  let format: String?
  let triangles: Int?
  let volume_mm3: Double?
  let vertices: Int?
  let shells: Int?
  let watertight: Bool?
  let problems: [String: Int]?
}

@Suite("Meshes named by their fault")
struct FixtureTests {
  static let expected: [String: Expectation] = {
    let bytes = try? Repository.bytes("Fixtures/meshes/expected.json")
    return (try? JSONDecoder().decode([String: Expectation].self, from: Data(bytes ?? []))) ?? [:]
  }()

  @Test("every file has an expectation and every expectation a file")
  func complete() throws {
    let files = try Repository.names(in: "Fixtures/meshes").filter { $0.hasSuffix(".stl") }
    #expect(Set(files) == Set(Self.expected.keys))
    #expect(files.count > 40)
  }

  @Test("is refused or measured as expected", arguments: expected.keys.sorted())
  func fixture(name: String) throws {
    let expected = try #require(Self.expected[name])
    let bytes = try Repository.bytes("Fixtures/meshes/\(name)")
    if let code = expected.refusal {
      let refusal = #expect(throws: MeshRefusal.self) { try inspect(bytes) }
      #expect(refusal?.code.rawValue == code, "\(refusal as Any)")
      let message = refusal?.message ?? ""
      #expect(message.unicodeScalars.allSatisfy { (" "..."~").contains($0) }, "\(message)")
      #expect(throws: MeshRefusal.self) { try summarise(bytes) }
      return
    }
    let inspection = try inspect(bytes)
    #expect(inspection.summary.format.rawValue == expected.format)
    #expect(inspection.summary.triangles == expected.triangles)
    if let volume = expected.volume_mm3 {
      #expect(abs(inspection.summary.volumeCubicMillimetres - volume) < 1e-6)
    }
    #expect(inspection.vertices == expected.vertices)
    #expect(inspection.shells == expected.shells)
    #expect(inspection.isWatertight == expected.watertight)
    let problems = inspection.problems.map { ($0.code.rawValue, $0.count) }
    #expect(Dictionary(uniqueKeysWithValues: problems) == expected.problems)
    #expect(try summarise(bytes) == inspection.summary)
  }

  @Test("any cut into chunks gives the same result", arguments: expected.keys.sorted())
  func chunks(name: String) throws {
    let bytes = try Repository.bytes("Fixtures/meshes/\(name)")
    func outcome(_ cut: Cut) -> Result<MeshInspection, MeshRefusal> {
      Result { () throws(MeshRefusal) in try inspect(bytes, cut: cut) }
    }
    let whole = outcome(.whole)
    for cut in Cut.allCases { #expect(outcome(cut) == whole, "\(cut)") }
  }

  @Test("knowing the length beforehand changes no verdict", arguments: expected.keys.sorted())
  func declared(name: String) throws {
    let bytes = try Repository.bytes("Fixtures/meshes/\(name)")
    func outcome(_ declared: Bool) -> Result<MeshInspection, MeshRefusal> {
      Result { () throws(MeshRefusal) in try inspect(bytes, declared: declared) }
    }
    #expect(outcome(true) == outcome(false))
  }

  @Test("every prefix of a sound file is refused", arguments: ["cube_binary", "cube_ascii"])
  func prefixes(name: String) throws {
    let bytes = try Repository.bytes("Fixtures/meshes/\(name).stl")
    let end = bytes.lastIndex { $0 > 0x20 } ?? bytes.count
    // An ASCII file is whole once it says `endsolid`; its name may be cut.
    let least = name == "cube_ascii" ? end - 4 : bytes.count
    for length in 0..<least {
      #expect(throws: MeshRefusal.self, "\(length) bytes") { try inspect(Array(bytes[..<length])) }
    }
  }

  @Test("random damage is refused or measured, and never crashes", arguments: 0..<200)
  func damage(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let name = seed.isMultiple(of: 2) ? "cube_binary" : "cube_ascii"
    var bytes = try Repository.bytes("Fixtures/meshes/\(name).stl")
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      bytes[index] = UInt8.random(in: 0...255, using: &generator)
    }
    func outcome(_ cut: Cut) -> Result<MeshInspection, MeshRefusal> {
      Result { () throws(MeshRefusal) in try inspect(bytes, cut: cut) }
    }
    #expect(outcome(.whole) == outcome(.sevens))
  }
}
