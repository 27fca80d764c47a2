import Database
import Domain
import Ledger
import TestSupport
import Testing
import Vault

@Suite("Print profiles of a revision")
struct ProfileTests {
  private static let two = [NamedProfile.sample("pa12"), .sample("petg", "PETG")]

  private func released(
    _ world: VaultWorld, _ profiles: [NamedProfile]
  ) async throws -> DesignView {
    let design = try await world.createDesign(profiles: profiles)
    try await world.upload(SampleMesh.box(), to: design.id)
    return try await world.vault.releaseRevision(
      brand: world.brand, design: design.id, by: world.key)
  }

  /// What a part is sold in: revision and profile.
  private func sold(_ world: VaultWorld, _ design: DesignID) async throws -> [String] {
    try await world.database.read {
      try $0.rows(
        Statement("SELECT revision_id, profile_id FROM part WHERE design_id = $1"), design
      ).map { "\(try $0.text("revision_id")) \(try $0.text("profile_id"))" }
    }
  }

  @Test("a design has its profiles in the order in which they were given, each with an id")
  func several() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign(profiles: Self.two)
    #expect(design.revision.profiles.map(\.name) == ["pa12", "petg"])
    #expect(design.revision.profiles.map(\.profile) == Self.two.map(\.profile))
    #expect(Set(design.revision.profiles.map(\.id)).count == 2)
    // The next draft takes them over, under ids of its own.
    let first = try await released(world, Self.two)
    let next = try await world.vault.openRevision(brand: world.brand, design: first.id)
    #expect(next.revision.profiles.map(\.name) == ["pa12", "petg"])
    #expect(
      Set(next.revision.profiles.map(\.id)).isDisjoint(with: first.revision.profiles.map(\.id)))
  }

  @Test("profiles that are none, too many, or of one name are refused and change nothing")
  func refused() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    var senseless = NamedProfile.sample
    senseless.profile.layerHeightMicrometres = 0
    let cases: [(String, [NamedProfile])] = [
      ("design.profiles", []),
      ("design.profiles", (0...NamedProfile.countMax).map { .sample("p\($0)") }),
      ("design.profile_twice", [.sample("PA12"), .sample("pa12")]),
      ("design.profile_name", [.sample("")]),
      ("design.profile_name", [.sample("a\u{1B}")]),
      ("design.profile_name", [.sample(String(repeating: "n", count: 61))]),
      ("design.profile", [senseless]),
    ]
    for (code, profiles) in cases {
      await expectProblem(code) { _ = try await world.createDesign(profiles: profiles) }
      await expectProblem(code) {
        _ = try await world.vault.setProfiles(
          brand: world.brand, design: design.id, profiles, if: .any)
      }
    }
    #expect(try await world.vault.design(brand: world.brand, design.id) == design)
    #expect(try await world.count(.design) == 1)
    let most = (1...NamedProfile.countMax).map { NamedProfile.sample("p\($0)") }
    let changed = try await world.vault.setProfiles(
      brand: world.brand, design: design.id, most, if: .oneOf([design.version]))
    #expect(changed.revision.profiles.map(\.name) == most.map(\.name))
    #expect(changed.version == design.version + 1)
  }

  @Test("a draft's profiles can be exchanged, a released revision's never")
  func immutable() async throws {
    let world = try await VaultWorld()
    let design = try await released(world, Self.two)
    for brand in [world.brand, try await world.addBrand()] {
      await expectProblem(brand == world.brand ? "design.no_draft" : "not_found") {
        _ = try await world.vault.setProfiles(
          brand: brand, design: design.id, [.sample], if: .any)
      }
    }
    _ = try await world.vault.openRevision(brand: world.brand, design: design.id)
    let changed = try await world.vault.setProfiles(
      brand: world.brand, design: design.id, [.sample("tpu", "TPU")], if: .any)
    #expect(changed.revision.profiles.map(\.name) == ["tpu"])
    let first = try await world.vault.revision(
      brand: world.brand, design: design.id, design.revision.id)
    #expect(first.revision.profiles == design.revision.profiles)
    await expectProblem("precondition.failed") {
      _ = try await world.vault.setProfiles(
        brand: world.brand, design: design.id, [.sample], if: .oneOf([design.version]))
    }
  }

  @Test("an approval is void once a profile, its name or their order is another")
  func approvals() async throws {
    let world = try await VaultWorld()
    try await world.run("UPDATE brand SET release_approvals = 2")
    let design = try await world.createDesign(profiles: Self.two).id
    try await world.upload(SampleMesh.box(), to: design)
    func approve() async throws -> RevisionView {
      try await world.vault.releaseRevision(brand: world.brand, design: design, by: world.key)
        .revision
    }
    var thicker = Self.two
    thicker[1].profile.layerHeightMicrometres = 300
    for profiles in [
      [.sample("pa12"), .sample("glycol", "PETG")], Self.two, thicker,
      Array(Self.two.reversed()),
      [.sample("pa12")], [.sample],
    ] {
      #expect(try await approve().approvals.count == 1)
      let changed = try await world.vault.setProfiles(
        brand: world.brand, design: design, profiles, if: .any)
      #expect(changed.revision.approvals.isEmpty)
    }
    #expect(try await approve().approvals.count == 1)
    // Also when it was changed behind the vault's back.
    for change in ["name = 'other'", #"profile = REPLACE(profile, '"PA12"', '"PA11"')"#] {
      try await world.run("UPDATE print_profile SET \(change)")
      #expect(try await world.vault.design(brand: world.brand, design).revision.approvals.isEmpty)
      _ = try await approve()
    }
  }

  @Test("the next revision is sold in the profile of the same name, and an order keeps its own")
  func carriedOver() async throws {
    let fixture = try await ReleaseWorld()
    let (world, design) = (fixture.world, fixture.design)
    let first = "\(design.revision.id) \(design.revision.profiles[0].id)"
    #expect(try await sold(world, design.id) == [first])
    _ = try await world.vault.openRevision(
      brand: world.brand, design: design.id, profiles: [.sample("petg", "PETG"), .sample])
    try await world.upload(SampleMesh.box(7, 7, 7), to: design.id, name: "next.stl")
    let next = try await world.vault.releaseRevision(
      brand: world.brand, design: design.id, by: world.key)
    #expect(
      try await sold(world, design.id) == ["\(next.revision.id) \(next.revision.profiles[1].id)"])
    let job = try await world.database.read { [ledger = world.ledger, job = fixture.job] in
      try ledger.job($0, job.id)
    }
    #expect(job?.profile == design.revision.profiles[0].id)
    try await fixture.record()
  }

  @Test("a draft without a profile that a part sells is not released, nor approved")
  func soldIsMissing() async throws {
    let fixture = try await ReleaseWorld()
    let (world, design) = (fixture.world, fixture.design)
    let before = try await sold(world, design.id)
    _ = try await world.vault.openRevision(
      brand: world.brand, design: design.id, profiles: Self.two)
    try await world.upload(SampleMesh.box(7, 7, 7), to: design.id, name: "next.stl")
    let draft = try await world.vault.design(brand: world.brand, design.id)
    await expectProblem("design.profile_sold") {
      _ = try await world.vault.releaseRevision(
        brand: world.brand, design: design.id, by: world.key)
    }
    #expect(try await world.vault.design(brand: world.brand, design.id) == draft)
    #expect(try await sold(world, design.id) == before)
    _ = try await world.vault.setProfiles(
      brand: world.brand, design: design.id, Self.two + [.sample], if: .any)
    _ = try await world.vault.releaseRevision(brand: world.brand, design: design.id, by: world.key)
    #expect(try await sold(world, design.id) != before)
  }
}
