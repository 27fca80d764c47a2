import Database
import Domain
import Ledger
import TestSupport
import Testing
import Vault

@Suite("Designs")
struct DesignTests {
  @Test("every entry of a licence can be read, however many there are")
  func licenceEntries() async throws {
    let world = try await VaultWorld()
    let terms = LicenceTerms(authorisedUnits: 5000)
    let licence = try await world.createDesign(terms: terms).licence.id
    let (ledger, brand, ambient) = (world.ledger, world.brand, world.clock.ambient)
    try await world.database.write { transaction in
      for _ in 0..<1100 {
        let now = ambient.now()
        try ledger.reserve(
          transaction, licence: licence, brand: brand, units: 1,
          job: ambient.identifier(JobID.self, at: now), at: now)
      }
    }
    var (entries, after): ([LicenceAccount.Entry], LedgerEntryID?) = ([], nil)
    while true {
      let page = try await world.vault.licenceEntries(
        brand: brand, licence, limit: 100, after: after)
      entries += page.data
      guard page.hasMore else { break }
      after = page.data.last?.id
    }
    #expect(entries.map(\.number) == Array(1...1101))
    let account = try await world.vault.licence(brand: brand, licence)
    #expect(account.entries == Array(entries.prefix(100)) && account.hasMoreEntries)
    let (other, another) = (
      try await world.addBrand(), try await world.createDesign(terms: terms).licence.id
    )
    await expectProblem("not_found") {
      _ = try await world.vault.licenceEntries(brand: other, licence)
    }
    await expectProblem("not_found") {
      _ = try await world.vault.licenceEntries(brand: brand, another, after: after)
    }
  }

  @Test("a new design has a draft, a granted licence and nothing to release")
  func creates() async throws {
    let world = try await VaultWorld()
    let terms = LicenceTerms(
      authorisedUnits: 7, scrapAllowance: 2, territories: [Country("DE")!])
    let design = try await world.createDesign(terms: terms)
    #expect(design.revision.number == 1)
    #expect(design.revision.state == .draft)
    #expect(design.revision.profiles.map(\.profile) == [.sample])
    #expect(design.licence.terms == terms)
    #expect(
      [design.licence.reserved, design.licence.consumed, design.licence.scrapped] == [0, 0, 0])
    #expect(design.files.isEmpty)
    #expect(design.actions == ["upload", "profiles", "shred"])
    #expect(try await world.vault.design(brand: world.brand, design.id) == design)
    let licence = design.licence.id
    let account = try await world.vault.licence(brand: world.brand, licence)
    let counts = account.licence
    #expect(counts.terms == terms && counts.design == design.id)
    #expect([counts.authorised, counts.reserved, counts.consumed] == [7, 0, 0])
    #expect(account.entries.map(\.kind) == [.licenceGranted])
  }

  @Test("a licence's counts and the entries that prove them are of one moment")
  func account() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign(terms: LicenceTerms(authorisedUnits: 99))
    let (licence, now) = (design.licence.id, world.clock.now)
    try await withThrowingTaskGroup(of: Void.self) { group in
      // With the grant, as many entries as there are with a licence at once.
      for _ in 0..<99 {
        let job = world.clock.ambient.identifier(JobID.self, at: now)
        group.addTask {
          try await world.database.write {
            try world.ledger.reserve(
              $0, licence: licence, brand: world.brand, units: 1, job: job, at: now)
          }
        }
        group.addTask {
          let account = try await world.vault.licence(brand: world.brand, licence)
          #expect(account.licence.reserved == account.entries.count { $0.kind == .licenceReserved })
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("a design shows its newest licence, which is the one that a new part takes")
  func newestLicence() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    world.clock.advance(by: .seconds(1))
    let now = world.clock.now
    let newer = world.clock.ambient.identifier(LicenceID.self, at: now)
    try await world.database.write {
      try world.ledger.grantLicence(
        $0, id: newer, brand: world.brand, design: design.id,
        terms: LicenceTerms(authorisedUnits: 1), at: now)
    }
    #expect(design.licence.id != newer)
    #expect(try await world.vault.design(brand: world.brand, design.id).licence.id == newer)
    #expect(
      try await world.vault.designs(brand: world.brand).data.map(\.licence.id) == [newer])
  }

  @Test("senseless names, profiles and terms are refused and leave nothing")
  func refuses() async throws {
    let world = try await VaultWorld()
    func create(
      name: String = "Leg cap", profile: PrintProfile = .sample,
      terms: LicenceTerms = LicenceTerms(authorisedUnits: 1), brand: BrandID? = nil
    ) async throws {
      _ = try await world.vault.createDesign(
        brand: brand ?? world.brand, name: name, profiles: [NamedProfile(profile: profile)],
        terms: terms)
    }
    var profile = PrintProfile.sample
    profile.layerHeightMicrometres = 0
    await expectProblem("design.name") { try await create(name: "") }
    await expectProblem("design.name") { try await create(name: "a\u{1B}[2J") }
    await expectProblem("design.profile") { try await create(profile: profile) }
    await expectProblem("licence.terms") {
      try await create(terms: LicenceTerms(authorisedUnits: -1))
    }
    let stranger = world.clock.ambient.identifier(BrandID.self, at: world.clock.now)
    await expectProblem("not_found") { try await create(brand: stranger) }
    #expect(try await world.count(.design) == 0)
  }

  @Test("another brand's design and an invented one look the same")
  func isolatesTenants() async throws {
    let world = try await VaultWorld()
    let other = try await world.addBrand()
    let design = try await world.createDesign()
    let invented = world.clock.ambient.identifier(DesignID.self, at: world.clock.now)
    for (brand, id) in [(other, design.id), (world.brand, invented)] {
      await expectProblem("not_found") { _ = try await world.vault.design(brand: brand, id) }
      await expectProblem("not_found") {
        _ = try await world.vault.releaseRevision(
          brand: brand, design: id, by: world.key)
      }
      await expectProblem("not_found") {
        try await world.upload(SampleMesh.box(), to: id, brand: brand)
      }
    }
    await expectProblem("not_found") {
      _ = try await world.vault.licence(brand: other, design.licence.id)
    }
    #expect(try await world.vault.designs(brand: other).data.isEmpty)
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("pages follow one another without a gap or a repeat, newest first")
  func pages() async throws {
    let world = try await VaultWorld()
    var made: [DesignID] = []
    for _ in 0..<5 {
      made.append(try await world.createDesign().id)
      world.clock.advance(by: .milliseconds(1))
    }
    var seen: [DesignID] = []
    var hasMore = true
    while hasMore {
      let page = try await world.vault.designs(brand: world.brand, limit: 2, after: seen.last)
      seen += page.data.map(\.id)
      hasMore = page.hasMore
    }
    #expect(seen == made.reversed())
  }

  @Test("an empty draft is not released; one with a file is, once, and then takes no more files")
  func releases() async throws {
    let world = try await VaultWorld()
    let design = try await world.createDesign()
    await expectProblem("design.no_geometry") {
      _ = try await world.vault.releaseRevision(
        brand: world.brand, design: design.id, by: world.key)
    }
    try await world.upload(SampleMesh.box(), to: design.id)
    #expect(
      try await world.vault.design(brand: world.brand, design.id).actions == [
        "upload", "profiles", "release", "shred",
      ])
    let released = try await world.vault.releaseRevision(
      brand: world.brand, design: design.id, by: world.key)
    #expect(released.revision.state == .released)
    #expect(released.revision.releasedAt == world.clock.now)
    #expect(released.actions == ["revise"])
    world.clock.advance(by: .seconds(60))
    let again = try await world.vault.releaseRevision(
      brand: world.brand, design: design.id, by: world.key)
    #expect(again == released)
    await expectProblem("design.no_draft") {
      try await world.upload(SampleMesh.box(), to: design.id, name: "second.stl")
    }
    #expect(try await world.leftovers().isEmpty)
  }

  @Test("a revision takes one geometry, also of several at once, and is not released without it")
  func oneGeometry() async throws {
    let world = try await VaultWorld(limits: VaultLimits())
    let design = try await world.createDesign()
    try await world.upload(
      SampleDocument.pdf, to: design.id, name: "a.pdf", purpose: .drawing,
      mediaType: "application/pdf")
    await expectProblem("design.no_geometry") {
      _ = try await world.vault.releaseRevision(
        brand: world.brand, design: design.id, by: world.key)
    }
    let arrived = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<6 {
        group.addTask {
          (try? await world.upload(SampleMesh.box(), to: design.id, name: "\(index).stl")) != nil
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(arrived == 1)
    await expectProblem("design.geometry_taken") {
      try await world.upload(SampleMesh.box(), to: design.id, name: "second.stl")
    }
    for index in 2..<8 {
      try await world.upload(
        SampleDocument.json, to: design.id, name: "\(index).json", purpose: .inspectionPlan,
        mediaType: "application/json")
    }
    #expect(
      try await world.vault.design(brand: world.brand, design.id).actions == [
        "profiles", "release", "shred",
      ])
    await expectProblem("design.too_many_files") {
      try await world.upload(
        SampleDocument.csv, to: design.id, name: "9.csv", purpose: .inspectionPlan,
        mediaType: "text/csv")
    }
    #expect(try await world.leftovers().isEmpty)
  }
}

/// Expects a problem with a code.
func expectProblem<Value>(
  _ code: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Value
) async {
  do {
    _ = try await body()
    Issue.record("expected \(code), nothing was thrown", sourceLocation: sourceLocation)
  } catch {
    #expect((error as? Problem)?.code == code, "\(error)", sourceLocation: sourceLocation)
  }
}
