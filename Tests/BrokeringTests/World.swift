import Brokering
import Database
import Domain
import Ledger
import PrintPackage
import Sealing
import TestSupport

/// A key holder with one wrapping key in memory.
struct MemoryKeyHolder: KeyHolder {
  let key: WrappingKey
  let ambient: Ambient

  func newestVersion() async throws -> Int { 1 }

  func wrap(_ secret: [UInt8], context: KeyContext) async throws -> WrappedSecret {
    var generator = ambient.generator
    return WrappedSecret(
      version: 1,
      bytes: try KeyWrap.wrap(
        secret, under: key, context: context.wrapContext(version: 1), using: &generator))
  }

  func unwrap(_ wrapped: WrappedSecret, context: KeyContext) async throws -> [UInt8] {
    try KeyWrap.unwrap(
      wrapped.bytes, under: key, context: context.wrapContext(version: wrapped.version))
  }
}

/// A broker's brokering over an empty database, with a desk that makes offers as the dispatcher
/// does: a row, and the job's step.
struct World {
  let directory: TemporaryDirectory
  let clock = SimulatedClock(seed: 42)
  let database: Database
  let ledger: Ledger
  let tenants: Tenants
  let bureaus: Bureaus
  let catalogue: Catalogue
  let assignment: Assignment
  let orders: Orders

  static let insertOffer = Statement(
    """
    INSERT INTO offer (
      id, brand_id, job_id, bureau_id, site_id, machine_id, state, payout_minor, currency,
      created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'open', 1, 'EUR', $7, $7)
    """)
  static let closeOffer = Statement(
    "UPDATE offer SET state = $1 WHERE job_id = $2 AND state = 'open'")

  /// - Parameter keys: wraps the keys of addresses; nil takes one with a single version.
  init(keys: (any KeyHolder)? = nil) async throws {
    directory = try TemporaryDirectory()
    database = try Database.open(directory: directory.path("data"))
    try await database.migrate()
    let ambient = clock.ambient
    var generator = ambient.generator
    let keys =
      keys
      ?? MemoryKeyHolder(key: WrappingKey.generate(using: &generator), ambient: ambient)
    let ledger = Ledger(ambient: ambient)
    self.ledger = ledger
    tenants = Tenants(database: database, ledger: ledger, ambient: ambient)
    bureaus = Bureaus(database: database, ledger: ledger, ambient: ambient)
    catalogue = Catalogue(database: database, ambient: ambient)
    assignment = Assignment(database: database, keys: keys, ambient: ambient)
    orders = Orders(
      database: database, ledger: ledger, assignment: assignment, keys: keys,
      offers: OfferDesk(
        make: { transaction, job, candidate, now in
          try transaction.run(
            Self.insertOffer, ambient.identifier(OfferID.self, at: now), job.brand, job.id,
            candidate.bureau, candidate.site, candidate.machine, now)
          return try ledger.advance(
            transaction, job, by: .offer, assigning: (candidate.bureau, candidate.machine), at: now)
        },
        withdraw: { transaction, job, _ in
          try transaction.run(Self.closeOffer, "withdrawn", job.id)
        }),
      ambient: ambient)
  }

  /// Assignment as a process has it that starts now, with nothing in memory.
  static func assignment(_ database: Database, _ clock: SimulatedClock) -> Assignment {
    var generator = clock.ambient.generator
    let keys = MemoryKeyHolder(
      key: WrappingKey.generate(using: &generator), ambient: clock.ambient)
    return Assignment(database: database, keys: keys, ambient: clock.ambient)
  }

  /// A brand with its storefront's principal.
  func brand(_ name: String = "Brand") async throws -> (id: BrandID, storefront: Principal) {
    let brand = try await tenants.createBrand(name: name)
    let key = try await tenants.issue(.storefront(brand.id), label: "shop")
    return (brand.id, Principal(.storefront(brand.id), key: key.id))
  }

  /// A design with a released revision, as the vault stores it.
  func design(
    _ brand: BrandID, terms: LicenceTerms = LicenceTerms(authorisedUnits: 100),
    certifications: [String] = [], released: Bool = true,
    materials: [String] = ["PA12"]
  ) async throws -> DesignID {
    let now = clock.now
    let ambient = clock.ambient
    let design: DesignID = ambient.identifier(at: now)
    let revision: RevisionID = ambient.identifier(at: now)
    let template = PrintProfile(
      process: .polymerLaserPowderBedFusion, material: Material("PA12")!,
      layerHeightMicrometres: 100, tolerance: "ISO 2768-m", finish: "raw", orientation: "any",
      certifications: certifications)
    try await database.write { [ledger] tx in
      var profile = template
      try tx.run(
        Statement("INSERT INTO design (id, brand_id, name, created_at) VALUES ($1, $2, 'D', 0)"),
        design, brand)
      try tx.run(
        Statement(
          """
          INSERT INTO revision (id, brand_id, design_id, number, state, created_at)
          VALUES ($1, $2, $3, 1, $4, 0)
          """), revision, brand, design, released ? "released" : "draft")
      for (index, material) in materials.enumerated() {
        profile.material = Material(material)!
        try tx.run(
          Statement("INSERT INTO print_profile VALUES ($1, $2, $3, $4, $5, $6, $7, 0)"),
          ambient.identifier(ProfileID.self, at: now), brand, design, revision, index + 1,
          material.lowercased(), try StoredJSON.text(profile))
      }
      try tx.run(
        Statement("INSERT INTO blob (name, state, created_at) VALUES ($1, 'live', 0)"),
        "blob-\(revision)")
      try tx.run(
        Statement(
          """
          INSERT INTO design_file (
            id, brand_id, design_id, revision_id, name, media_type, blob_name, plaintext_bytes,
            payload_bytes, payload_sha256, wrapped_key, key_version, measurement, created_at)
          VALUES ($1, $2, $3, $4, 'cap.stl', 'model/stl', $5, 1, 1, $6, $6, 1, $7, 0)
          """), ambient.identifier(FileID.self, at: now), brand, design, revision,
        "blob-\(revision)", [UInt8(1)],
        try StoredJSON.text(SampleMesh.measurement(100, 80, 300)))
      try ledger.grantLicence(
        tx, id: ambient.identifier(at: now), brand: brand, design: design, terms: terms, at: now)
    }
    return design
  }

  /// A part over a new design.
  func part(
    _ brand: BrandID, sku: String = "CAP-1",
    terms: LicenceTerms = LicenceTerms(authorisedUnits: 100), certifications: [String] = [],
    price: Int64 = 1999
  ) async throws -> PartView {
    let euro = Currency("EUR")!
    return try await catalogue.createPart(
      brand: brand,
      NewPart(
        sku: sku, name: "Leg cap", fits: ["Chair 7"],
        design: try await design(brand, terms: terms, certifications: certifications),
        price: Money(minorUnits: price, currency: euro),
        payout: Money(minorUnits: 700, currency: euro), leadDays: 5))
  }

  /// A bureau that can make the parts above: enrolled, with a site and a machine.
  func bureau(
    _ name: String = "Bureau", latitude: Double = 52.5, country: String = "DE", enrol: Bool = true,
    key: KeyKind = .mlkem768x25519,
    buildVolume: BoxSize = BoxSize(x: 200, y: 250, z: 330)!
  ) async throws -> (id: BureauID, site: SiteID, machine: MachineID) {
    let bureau = try await tenants.createBureau(name: name).id
    if enrol {
      var generator = clock.ambient.generator
      let signer = try SigningKey.generate(using: &generator)
      let recipient = try Identity.generate(key, using: &generator).recipient
      _ = try await bureaus.enrol(
        bureau, statement: try enrolment(bureau, recipient: recipient, signer: signer))
    }
    let site = try await bureaus.addSite(
      bureau, name: "Hall", country: Country(country)!,
      coordinates: Coordinates(latitude: latitude, longitude: 13.4)!)
    let machine = try await bureaus.addMachine(
      bureau, site: site.id, name: "M1", process: .polymerLaserPowderBedFusion,
      materials: [Material("PA12")!], buildVolume: buildVolume)
    return (bureau, site.id, machine.id)
  }

  func enrolment(
    _ bureau: BureauID, recipient: Recipient, signer: SigningKey, naming: VerificationKey? = nil,
    at: Instant? = nil
  ) throws -> Envelope {
    var generator = clock.ambient.generator
    return try Enrolment(
      bureau: bureau, recipient: recipient, verificationKey: naming ?? signer.verificationKey,
      issuedAt: at ?? clock.now, using: &generator
    ).signed(by: signer)
  }

  static func address(latitude: Double = 52.5) -> ShipTo {
    ShipTo(
      name: "Ada Lovelace", lines: ["Geheime Gasse 17"], postalCode: "10115", city: "Berlin",
      country: Country("DE")!, coordinates: Coordinates(latitude: latitude, longitude: 13.4)!,
      contact: "+49 30 1234567")
  }

  func place(
    _ part: PartID, quantity: Int = 1, by principal: Principal, key: String,
    address: ShipTo = World.address()
  ) async throws -> OrderView {
    try await orders.place(
      PlaceOrder(part: part, quantity: quantity, shipTo: address), principal: principal,
      idempotencyKey: key
    ).order
  }

  func licence(_ part: PartView, _ brand: BrandID) async throws -> LicenceRecord {
    try await database.read { [ledger] in try ledger.licence($0, part.licence, brand: brand) }
  }

  func count(_ table: String) async throws -> Int {
    let row = try await database.read {
      try $0.row(Statement("SELECT COUNT(*) AS count FROM \(table)"))
    }
    return try row?.integer("count") ?? -1
  }

  /// Answers the open offer of an order's job and puts the job back into the queue.
  func answer(_ order: OrderID, _ brand: BrandID, with event: JobEvent, state: String)
    async throws -> JobRecord
  {
    let now = clock.now
    return try await database.write { [ledger] tx in
      guard let job = try ledger.jobOfOrder(tx, order, brand: brand) else {
        throw Problem.absent("job")
      }
      try tx.run(Self.closeOffer, state, job.id)
      return try ledger.advance(tx, job, by: event, at: now)
    }
  }

  func code(_ body: () async throws -> some Any) async -> String? {
    do {
      _ = try await body()
      return nil
    } catch {
      return (error as? Problem)?.code ?? "\(error)"
    }
  }
}
