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
    let world = try await VaultWorld(limits: VaultLimits(filesMax: 1000))
    let design = try await world.createDesign()
    var accepted: [String: [UInt8]] = [:]
    for folder in ["Fixtures/meshes", "Fixtures/parts"] {
      for name in try Repository.names(in: folder) where name.hasSuffix(".stl") {
        let bytes = try Repository.bytes("\(folder)/\(name)")
        do {
          try await world.upload(bytes, to: design.id, name: name)
          accepted[name] = bytes
        } catch let problem as Problem {
          #expect(problem.code.hasPrefix("mesh."), "\(name): \(problem)")
          #expect(try await world.leftovers().isEmpty, "\(name)")
        }
      }
    }
    #expect(accepted["cube_ascii.stl"] != nil)
    #expect(accepted["binary_cut_in_facet.stl"] == nil)
    #expect(try await world.count(.blob) == accepted.count)

    let fixture = try await ReleaseWorld(world, releasing: design.id, contents: accepted)
    try await fixture.record()
    let files = try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
    #expect(Set(files.map(\.name)) == Set(accepted.keys))
    for file in files {
      #expect(try await fixture.open(file) == accepted[file.name], "\(file.name)")
    }
  }
}
