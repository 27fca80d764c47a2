import BlobStore
import Crypto
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Testing
import Vault

/// A released design with two files, a bureau, and an ordered job that is assigned to it.
struct ReleaseWorld {
  let world: VaultWorld
  let identity: Identity
  let bureau: BureauID
  let machine: MachineID
  let design: DesignView
  let job: JobRecord
  let contents: [String: [UInt8]]

  var vault: Vault { world.vault }

  /// `country` is the bureau's; the terms are the licence's.
  init(
    country: String = "DE", terms: LicenceTerms = LicenceTerms(authorisedUnits: 5),
    isPostQuantumOnly: Bool = true, identity kind: KeyKind = .mlkem768x25519
  ) async throws {
    let world = try await VaultWorld(limits: VaultLimits(filesMax: 2))
    // A name says nothing of what a file is.
    let contents = ["a.stl": SampleMesh.noise(facets: 3000, seed: 21), "b.stl": SampleDocument.pdf]
    let draft = try await world.createDesign(
      terms: terms, isPostQuantumOnly: isPostQuantumOnly)
    try await world.upload(contents["a.stl"]!, to: draft.id, name: "a.stl")
    try await world.upload(
      contents["b.stl"]!, to: draft.id, name: "b.stl", purpose: .drawing,
      mediaType: "application/pdf")
    try await self.init(
      world, releasing: draft.id, contents: contents, country: country, identity: kind)
  }

  /// Over a draft that has its files.
  init(
    _ world: VaultWorld, releasing draft: DesignID, contents: [String: [UInt8]],
    country: String = "DE", identity kind: KeyKind = .mlkem768x25519
  ) async throws {
    var generator = world.clock.ambient.generator
    identity = try Identity.generate(kind, using: &generator)
    let design = try await world.vault.releaseRevision(
      brand: world.brand, design: draft, by: world.key)
    let (bureau, machine) = try await Self.addBureau(world, country: country)
    job = try await Self.order(
      world, design, quantity: 2, bureau: bureau, machine: machine, at: world.clock.now)
    self.world = world
    self.bureau = bureau
    self.machine = machine
    self.design = design
    self.contents = contents
  }

  static func addBureau(
    _ world: VaultWorld, country: String
  ) async throws -> (BureauID, MachineID) {
    let (ambient, now) = (world.clock.ambient, world.clock.now)
    let bureau = ambient.identifier(BureauID.self, at: now)
    let site = ambient.identifier(SiteID.self, at: now)
    let machine = ambient.identifier(MachineID.self, at: now)
    try await world.database.write { tx in
      try tx.run(
        Statement("INSERT INTO bureau (id, name, created_at) VALUES ($1, 'B', 0)"), bureau)
      try tx.run(
        Statement("INSERT INTO site VALUES ($1, $2, 'S', $3, 0, 0, 0)"), site, bureau, country)
      try tx.run(
        Statement("INSERT INTO machine VALUES ($1, $2, $3, 'M', 'PBF-LB/P', 1, 1, 1, 0)"), machine,
        bureau, site)
    }
    return (bureau, machine)
  }

  /// A job that is offered to a bureau, with its units reserved.
  static func order(
    _ world: VaultWorld, _ design: DesignView, quantity: Int, bureau: BureauID, machine: MachineID,
    at now: Instant
  ) async throws -> JobRecord {
    let (ambient, brand, ledger) = (world.clock.ambient, world.brand, world.ledger)
    let part = ambient.identifier(PartID.self, at: now)
    let order = ambient.identifier(OrderID.self, at: now)
    let jobID = ambient.identifier(JobID.self, at: now)
    let job = NewJob(
      id: jobID, brand: brand, order: order, part: part, design: design.id,
      revision: design.revision.id, profile: design.revision.profiles[0].id,
      licence: design.licence.id, quantity: quantity,
      productionDay: now.day + 2, dueDay: now.day + 9)
    return try await world.database.write { tx in
      try tx.run(
        Statement(
          """
          INSERT INTO part (
            id, brand_id, design_id, revision_id, licence_id, sku, name, description, fits,
            price_minor, payout_minor, currency, lead_days, created_at, profile_id)
          VALUES ($1, $2, $3, $4, $5, $1, 'P', '', '[]', 1, 1, 'EUR', 3, 0, $6)
          """),
        part, brand, design.id, design.revision.id, design.licence.id,
        design.revision.profiles[0].id)
      try tx.run(
        Statement(
          """
          INSERT INTO customer_order VALUES
          ($1, $2, $3, $4, 2, 'EUR', 'placed', 'DE', 0, 0, $5, $5, 1, 0, $6)
          """), order, brand, part, quantity, [UInt8](repeating: 0, count: 1), jobID)
      let queued = try ledger.createJob(tx, job, at: now)
      try ledger.reserve(
        tx, licence: design.licence.id, brand: brand, units: quantity, job: queued.id, at: now)
      return try ledger.advance(
        tx, queued, by: .offer, assigning: (bureau: bureau, machine: machine), at: now)
    }
  }

  /// Records the release to the bureau's key, or to another.
  func record(
    to recipient: String? = nil, bureau: BureauID? = nil, job: JobRecord? = nil
  ) async throws {
    let (vault, now) = (vault, world.clock.now)
    let text = recipient ?? identity.recipient.description
    let (job, bureau) = (job ?? self.job, bureau ?? self.bureau)
    try await world.database.write {
      try vault.recordRelease($0, job: job, bureau: bureau, recipient: text, at: now)
    }
  }

  func counts() async throws -> [Int] {
    let licence = try await vault.licence(brand: world.brand, design.licence.id).licence
    return [licence.reserved, licence.consumed]
  }

  /// What the bureau does: header and payload are an age file.
  func open(_ file: ReleasedFile, with identity: Identity? = nil) async throws -> [UInt8] {
    var opener = AgeOpener(with: .identities([identity ?? self.identity]), armor: .refused)
    var plain: [UInt8] = []
    try opener.update(file.header, into: &plain)
    for try await chunk in world.blobs.chunks(file.blob, chunkBytes: 4099) {
      try opener.update(chunk, into: &plain)
    }
    try opener.finish(into: &plain)
    return plain
  }

  func payload(_ file: ReleasedFile) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await chunk in world.blobs.chunks(file.blob) { bytes += chunk }
    return bytes
  }
}

func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

/// The key of a released file, as the bureau learns it.
func fileKey(of file: ReleasedFile, _ fixture: ReleaseWorld) throws -> FileKey {
  let header = try #require(try AgeHeader.parse(file.header))
  return try header.unwrap(with: .identities([fixture.identity]))
}
