import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing
import Vault

@Suite("Which kinds of key a design goes to")
struct KeyTypeTests {
  private func set(
    _ fixture: ReleaseWorld, _ isPostQuantumOnly: Bool, if condition: VersionCondition = .any,
    brand: BrandID? = nil
  ) async throws -> DesignView {
    try await fixture.vault.changeDesign(
      brand: brand ?? fixture.world.brand, fixture.design.id,
      DesignChange(isPostQuantumOnly: isPostQuantumOnly), if: condition
    ) { _, _, _ in }
  }

  private func keyTypeEntries(_ world: VaultWorld) async throws -> [String] {
    let (ledger, brand) = (world.ledger, world.brand)
    return try await world.database.read {
      try ledger.auditEntries(
        $0, brand: brand, AuditFilter(action: .designKeyTypesSet), below: .max, limit: 100)
    }.map(\.detail).reversed()
  }

  @Test("a design is for post-quantum keys only unless its brand says otherwise, which is audited")
  func standard() async throws {
    let world = try await VaultWorld()
    #expect(try await world.createDesign().isPostQuantumOnly)
    #expect(try await keyTypeEntries(world).isEmpty)
    let open = try await world.createDesign(isPostQuantumOnly: false)
    #expect(!open.isPostQuantumOnly && open.classicalReleases == 0)
    #expect(try await keyTypeEntries(world) == ["classical keys too"])
  }

  @Test("taken from classical keys, no key goes to one again, and what went is counted for good")
  func tightened() async throws {
    let fixture = try await ReleaseWorld(
      terms: LicenceTerms(authorisedUnits: 9), isPostQuantumOnly: false, identity: .x25519)
    let world = fixture.world
    try await fixture.record()
    let (job, bureau) = (fixture.job.id, fixture.bureau)
    #expect(try await fixture.vault.releasedFiles(job: job, bureau: bureau).count == 2)
    let waiting = try await ReleaseWorld.order(
      world, fixture.design, quantity: 1, bureau: bureau, machine: fixture.machine,
      at: world.clock.now)

    let tightened = try await set(fixture, true)
    #expect(tightened.isPostQuantumOnly && tightened.classicalReleases == 1)
    #expect(tightened.version > fixture.design.version)
    await expectProblem("design.key_type") {
      _ = try await fixture.vault.releasedFiles(job: job, bureau: bureau)
    }
    await expectProblem("design.key_type") { try await fixture.record(job: waiting) }
    #expect(try await fixture.counts() == [1, 2])
    #expect(try await set(fixture, true).classicalReleases == 1)

    // A post-quantum key still gets it.
    var generator = SeededGenerator(seed: 3)
    let other = try Identity.generate(.mlkem768x25519, using: &generator).recipient
    try await fixture.record(to: other.description, job: waiting)
    #expect(try await world.vault.design(brand: world.brand, fixture.design.id) != tightened)
    #expect(
      try await world.vault.design(brand: world.brand, fixture.design.id).classicalReleases == 1)

    let loosened = try await set(fixture, false)
    #expect(!loosened.isPostQuantumOnly && loosened.classicalReleases == 1)
    #expect(try await fixture.vault.releasedFiles(job: job, bureau: bureau).count == 2)
    #expect(
      try await keyTypeEntries(world) == [
        "classical keys too", "post-quantum keys only", "classical keys too",
      ])
  }

  @Test("a change whose jobs cannot be held did not happen; another brand's design is absent")
  func whole() async throws {
    struct Broken: Error {}
    let fixture = try await ReleaseWorld(isPostQuantumOnly: false, identity: .x25519)
    let world = fixture.world
    let design = try await world.vault.design(brand: world.brand, fixture.design.id)
    await #expect(throws: Broken.self) {
      _ = try await fixture.vault.changeDesign(
        brand: world.brand, design.id, DesignChange(name: "Other", isPostQuantumOnly: true),
        if: .any
      ) { _, _, _ in throw Broken() }
    }
    #expect(try await world.vault.design(brand: world.brand, design.id) == design)
    await expectProblem("precondition.failed") {
      _ = try await set(fixture, true, if: .oneOf([design.version - 1]))
    }
    let stranger = try await world.addBrand()
    await expectProblem("not_found") { _ = try await set(fixture, true, brand: stranger) }
    #expect(try await world.vault.design(brand: world.brand, design.id) == design)
  }

  @Test("of a release and a change at once, the release came first and counts, or is refused")
  func atOnce() async throws {
    var released = 0
    for round in 0..<12 {
      let fixture = try await ReleaseWorld(isPostQuantumOnly: false, identity: .x25519)
      async let isRecorded: Bool = {
        do {
          if round.isMultiple(of: 2) { await Task.yield() }
          try await fixture.record()
          return true
        } catch let problem as Problem {
          #expect(problem.code == "design.key_type")
          return false
        }
      }()
      let tightened = try await set(fixture, true)
      let wasRecorded = try await isRecorded
      released += wasRecorded ? 1 : 0
      // What the answer says of the past is true, and nothing was added to it.
      #expect(tightened.classicalReleases == (wasRecorded ? 1 : 0))
      #expect(try await fixture.world.count(.release) == (wasRecorded ? 1 : 0))
      await expectProblem(wasRecorded ? "design.key_type" : "not_found") {
        _ = try await fixture.vault.releasedFiles(job: fixture.job.id, bureau: fixture.bureau)
      }
    }
    #expect((0...12).contains(released))
  }
}
