import Domain
import Ledger
import Sealing
import TestSupport
import Testing
import Vault

@Suite("Fixtures")
struct FixtureUploadTests {
  @Test("every mesh among the fixtures opens again as it was, or is refused and leaves nothing")
  func uploadsFixtures() async throws {
    let world = try await VaultWorld()
    var accepted: [(design: DesignID, name: String, bytes: [UInt8])] = []
    for folder in ["Fixtures/meshes", "Fixtures/parts"] {
      for name in try Repository.names(in: folder) where name.hasSuffix(".stl") {
        let bytes = try Repository.bytes("\(folder)/\(name)")
        let design = try await world.createDesign()
        do {
          try await world.upload(bytes, to: design.id, name: name)
          accepted.append((design.id, name, bytes))
        } catch let problem as Problem {
          // Some are of another format than their name says.
          let isRefusal = problem.code.hasPrefix("mesh.") || problem.code == "file.content"
          #expect(isRefusal, "\(name): \(problem)")
          #expect(try await world.leftovers().isEmpty, "\(name)")
        }
      }
    }
    #expect(accepted.contains { $0.name == "cube_ascii.stl" })
    #expect(!accepted.contains { $0.name == "binary_cut_in_facet.stl" })
    #expect(try await world.count(.blob) == accepted.count)

    for (design, name, bytes) in accepted {
      let fixture = try await ReleaseWorld(world, releasing: design, contents: [name: bytes])
      try await fixture.record()
      let files = try await fixture.vault.releasedFiles(
        job: fixture.job.id, bureau: fixture.bureau)
      #expect(files.map(\.name) == [name])
      #expect(try await fixture.open(files[0]) == bytes, "\(name)")
    }
  }
}
