import BlobStore
import BureauProtocol
import Database
import Domain
import Ledger
import PrintPackage
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Dispatching

/// A bureau with its keys and one machine.
struct BureauFixture: Sendable {
  let id: BureauID
  let site: SiteID
  let machine: MachineID
  let identity: Identity
  let signingKey: SigningKey

  init(_ ambient: Ambient, key: KeyKind) throws {
    let now = ambient.now()
    var generator = ambient.generator
    (id, site, machine) = (
      ambient.identifier(at: now), ambient.identifier(at: now), ambient.identifier(at: now)
    )
    identity = try Identity.generate(key, using: &generator)
    signingKey = try SigningKey.generate(using: &generator)
  }
}

/// A file as the vault has it.
struct FileFixture: Sendable {
  let id: FileID
  let name: String
  let blob: BlobName
  let key: FileKey
  let plaintext: [UInt8]
  let payload: [UInt8]
  let purpose: FilePurpose
  let mediaType: String

  init(
    _ name: String, bytes: Int, purpose: FilePurpose = .geometry, _ ambient: Ambient
  ) throws {
    (self.purpose, mediaType) = (purpose, purpose.mediaTypes[0])
    var generator = ambient.generator
    id = ambient.identifier(at: ambient.now())
    self.name = name
    blob = BlobName(using: &generator)
    key = FileKey.generate(using: &generator)
    plaintext = ambient.randomBytes(bytes)
    var sealer = PayloadSealer(fileKey: key, using: &generator)
    var payload: [UInt8] = []
    try sealer.seal(plaintext, into: &payload)
    try sealer.finish(into: &payload)
    self.payload = payload
  }
}

/// What a test lets go wrong in the use cases beside the dispatcher.
struct Faults: Sendable {
  var disqualified: Set<BureauID> = []
  var releaseFails = false
  var payloadsAreMissing = false
  var filesFail = false
}

struct Broken: Error {}

/// A real database and blob store in a directory of their own, a clock that stands still, one design
/// with two sealed files, three bureaus; and in place of Vault and Brokering closures that have the
/// same effect on the tables.
final class World: Sendable {
  let directory: TemporaryDirectory
  let database: Database
  let blobs: DirectoryBlobStore
  let clock = SimulatedClock()
  let ledger: Ledger
  let broker: SigningKey
  let brand: BrandID
  let design: DesignID
  let revision: RevisionID
  let part: PartID
  let licence: LicenceID
  let bureaus: [BureauFixture]
  let files: [FileFixture]
  let profile: PrintProfile
  let profileID: ProfileID
  let address: ShipTo
  let faults = Mutex(Faults())

  static let policy = policy(leaseSeconds: 60)

  static func policy(leaseSeconds: Int) -> DispatchPolicy {
    var policy = DispatchPolicy()
    (policy.offerSeconds, policy.leaseSeconds, policy.packageDays) = (3600, leaseSeconds, 30)
    return policy
  }

  /// The first bureau has a `key` of this kind; a design for classical keys, too, where it is such a one.
  init(
    authorised: Int = 100, scrap: Int = 2, bureaus count: Int = 3,
    key: KeyKind = .mlkem768x25519
  ) async throws {
    directory = try TemporaryDirectory()
    database = try Database.open(directory: directory.path + "/data")
    try await database.migrate()
    blobs = try DirectoryBlobStore(directory: directory.path + "/blobs")
    let (ambient, now) = (clock.ambient, clock.now)
    ledger = Ledger(ambient: ambient)
    var generator = ambient.generator
    broker = try SigningKey.generate(using: &generator)
    (brand, design, revision) = (
      ambient.identifier(at: now), ambient.identifier(at: now), ambient.identifier(at: now)
    )
    profileID = ambient.identifier(at: now)
    (part, licence) = (ambient.identifier(at: now), ambient.identifier(at: now))
    bureaus = try (0..<count).map {
      try BureauFixture(ambient, key: $0 == 0 ? key : .mlkem768x25519)
    }
    files = [
      try FileFixture("cap.stl", bytes: 300, ambient),
      try FileFixture("plug.pdf", bytes: 400_000, purpose: .drawing, ambient),
    ]
    profile = PrintProfile(
      process: .polymerLaserPowderBedFusion, material: try #require(Material("PA12")),
      layerHeightMicrometres: 100, tolerance: "ISO 2768-m", finish: "tumbled",
      orientation: "flat",
      inspection: [
        InspectionItem(feature: "bore", nominalMillimetres: 12.1, toleranceMillimetres: 0.2)
      ])
    address = ShipTo(
      name: "A. Customer", lines: ["Street 1"], postalCode: "10115", city: "Berlin",
      country: try #require(Country("DE")),
      coordinates: try #require(Coordinates(latitude: 52.5, longitude: 13.4)))
    for file in files {
      let writer = try await blobs.create(file.blob)
      try await writer.append(file.payload)
      try await writer.commit()
    }
    try await database.write { [self] in
      try insertFixtures($0, authorised: authorised, scrap: scrap)
    }
  }

  /// A dispatcher as a process makes it when it starts: with nothing in memory.
  func start(
    policy: DispatchPolicy = policy, dependencies: DispatchDependencies? = nil
  ) -> Dispatcher {
    Dispatcher(
      database: database, blobs: blobs, ledger: ledger, ambient: clock.ambient,
      signingKey: broker, dependencies: dependencies ?? self.dependencies, policy: policy)
  }

  private func insertFixtures(
    _ tx: Transaction, authorised: Int, scrap: Int
  ) throws {
    let now = clock.now
    try tx.run(Statement("INSERT INTO brand (id, name, created_at) VALUES ($1, 'Brand', 0)"), brand)
    try tx.run(
      Statement(
        """
        INSERT INTO design (id, brand_id, name, created_at, pq_only)
        VALUES ($1, $2, 'Design', 0, $3)
        """), design, brand, bureaus.allSatisfy(\.identity.recipient.isPostQuantum))
    try tx.run(
      Statement(
        """
        INSERT INTO revision (
          id, brand_id, design_id, number, state, created_at, released_at)
        VALUES ($1, $2, $3, 1, 'released', 0, 0)
        """), revision,
      brand, design)
    try tx.run(
      Statement("INSERT INTO print_profile VALUES ($1, $2, $3, $4, 1, 'standard', $5, 0)"),
      profileID, brand, design, revision, try StoredJSON.text(profile))
    try ledger.grantLicence(
      tx, id: licence, brand: brand, design: design,
      terms: LicenceTerms(authorisedUnits: authorised, scrapAllowance: scrap), at: now)
    try tx.run(
      Statement(
        """
        INSERT INTO part (
          id, brand_id, design_id, revision_id, licence_id, sku, name, description, fits,
          price_minor, payout_minor, currency, lead_days, created_at, profile_id)
        VALUES
          ($1, $2, $3, $4, $5, 'SKU', 'Leg cap', '', '[]', 900, 500, 'EUR', 3, 0, $6)
        """), part, brand, design, revision, licence, profileID)
    for file in files {
      try tx.run(Statement("INSERT INTO blob VALUES ($1, 'live', 0)"), file.blob.text)
      try tx.run(
        Statement(
          """
          INSERT INTO design_file (
            id, brand_id, design_id, revision_id, name, media_type, blob_name, plaintext_bytes,
            payload_bytes, payload_sha256, wrapped_key, key_version, measurement, created_at,
            purpose)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, 0, $13)
          """), file.id, brand, design, revision, file.name, file.mediaType,
        file.blob.text, file.plaintext.count, file.payload.count,
        ContentDigest(of: file.payload).bytes,
        [UInt8](repeating: 0, count: 8),
        file.purpose == .geometry
          ? try StoredJSON.text(SampleMesh.measurement(10, 20, 30.5)) : nil,
        file.purpose.rawValue)
    }
    for bureau in bureaus {
      try tx.run(
        Statement("INSERT INTO bureau VALUES ($1, 'Bureau', $2, $3, 0, 0)"), bureau.id,
        bureau.identity.recipient.description, bureau.signingKey.verificationKey.description)
      try tx.run(
        Statement("INSERT INTO site VALUES ($1, $2, 'Site', 'DE', 52500000, 13400000, 0)"),
        bureau.site, bureau.id)
      try tx.run(
        Statement(
          "INSERT INTO machine VALUES ($1, $2, $3, 'M', 'PBF-LB/P', 200000, 200000, 200000, 0)"),
        bureau.machine, bureau.id, bureau.site)
    }
  }
}
