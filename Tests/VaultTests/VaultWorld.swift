import BlobStore
import Database
import Domain
import Ledger
import Sealing
import TestSupport
import Vault
import Workers

/// A vault with everything below it in one directory, and a brand.
struct VaultWorld {
  let directory: TemporaryDirectory
  let clock: SimulatedClock
  let database: Database
  let blobs: DirectoryBlobStore
  let ring: KeyRingKeeper
  let ledger: Ledger
  let vault: Vault
  let worker: Worker?
  let brand: BrandID
  /// A key of the brand.
  let key: APIKeyID

  /// `wrapping` puts another store between the vault and the directory; worlds of one seed have the same
  /// identifiers.
  init(
    limits: VaultLimits = VaultLimits(filesMax: 32), seed: UInt64 = 42, worker: Worker? = nil,
    converter: StepConverter? = nil,
    wrapping: (DirectoryBlobStore) -> any BlobStore = { $0 }
  ) async throws {
    clock = SimulatedClock(seed: seed)
    directory = try TemporaryDirectory()
    ring = try KeyRingKeeper(
      path: directory.path("ring.json"), outside: directory.path("data"), ambient: clock.ambient)
    database = try Database.open(directory: directory.path("data"))
    try await database.migrate()
    blobs = try DirectoryBlobStore(directory: directory.path("data/blobs"))
    ledger = Ledger(ambient: clock.ambient)
    vault = Vault(
      database: database, blobs: wrapping(blobs), keys: ring.holder, ledger: ledger,
      ambient: clock.ambient, limits: limits, worker: worker, converter: converter)
    self.worker = worker
    brand = try await Self.addBrand(database, clock.ambient)
    key = try await Self.addKey(database, clock.ambient, of: brand)
  }

  static func addBrand(_ database: Database, _ ambient: Ambient) async throws -> BrandID {
    let brand = ambient.identifier(BrandID.self, at: ambient.now())
    try await database.write {
      _ = try $0.run(
        Statement("INSERT INTO brand (id, name, created_at) VALUES ($1, 'Brand', 0)"), brand)
    }
    return brand
  }

  /// Another process's vault over the same data.
  func restarted() -> Vault {
    Vault(
      database: database, blobs: blobs, keys: ring.holder, ledger: ledger, ambient: clock.ambient,
      worker: worker)
  }

  static func addKey(
    _ database: Database, _ ambient: Ambient, of brand: BrandID
  ) async throws -> APIKeyID {
    let key = ambient.identifier(APIKeyID.self, at: ambient.now())
    let secret = ambient.randomBytes(32)
    try await database.write {
      _ = try $0.run(
        Statement(
          """
          INSERT INTO api_key (id, secret_sha256, role, tenant_id, label, created_at)
          VALUES ($1, $2, 'owner', $3, 'key', 0)
          """), key, secret, brand)
    }
    return key
  }

  func addKey() async throws -> APIKeyID {
    try await Self.addKey(database, clock.ambient, of: brand)
  }

  func addBrand() async throws -> BrandID { try await Self.addBrand(database, clock.ambient) }

  func createDesign(
    brand: BrandID? = nil, terms: LicenceTerms = LicenceTerms(authorisedUnits: 5),
    isPostQuantumOnly: Bool = true, profiles: [NamedProfile] = [.sample]
  ) async throws -> DesignView {
    try await vault.createDesign(
      brand: brand ?? self.brand, name: "Leg cap", profiles: profiles, terms: terms,
      isPostQuantumOnly: isPostQuantumOnly)
  }

  /// Uploads bytes in pieces that fit no boundary.
  @discardableResult
  func upload(
    _ bytes: [UInt8], to design: DesignID, brand: BrandID? = nil, name: String = "leg-cap.stl",
    purpose: FilePurpose = .geometry, mediaType: String = "model/stl",
    unit: MeshUnit? = nil, body: (([UInt8]) -> Pieces)? = nil
  ) async throws -> FileView {
    try await vault.upload(
      brand: brand ?? self.brand, design: design, fileName: name, purpose: purpose,
      mediaType: mediaType, unit: unit,
      body: body?(bytes) ?? Pieces(bytes))
  }

  func count(_ table: Table) async throws -> Int {
    try await database.read { try $0.row(table.count)?.integer("n") ?? 0 }
  }

  /// What must hold when nothing is in progress: no blob without a row, no row without a blob, and
  /// every row live.
  func leftovers() async throws -> [String] {
    let stored = Set(try await blobs.list().map(\.text))
    let rows = try await database.read {
      try $0.rows(Statement("SELECT name, state FROM blob")).map {
        (try $0.text("name"), try $0.text("state"))
      }
    }
    let live = Set(rows.filter { $0.1 == "live" }.map(\.0))
    let unfinished = try directory.files().filter { $0.contains(".unfinished") }
    return stored.symmetricDifference(live).sorted() + unfinished
      + rows.filter { $0.1 != "live" }.map { "\($0.0) is \($0.1)" }
  }

  func run(_ sql: String) async throws {
    try await database.write { _ = try $0.run(Statement(sql)) }
  }
}

enum Table {
  case design, file, blob, release

  var count: Statement {
    switch self {
    case .design: Statement("SELECT COUNT(*) AS n FROM design")
    case .file: Statement("SELECT COUNT(*) AS n FROM design_file")
    case .blob: Statement("SELECT COUNT(*) AS n FROM blob")
    case .release: Statement("SELECT COUNT(*) AS n FROM key_release")
    }
  }
}

extension PrintProfile {
  static var sample: PrintProfile {
    PrintProfile(
      process: .polymerLaserPowderBedFusion, material: Material("PA12")!,
      layerHeightMicrometres: 100, tolerance: "ISO 2768-m", finish: "dyed black",
      orientation: "any", inspection: [], certifications: [])
  }
}

extension NamedProfile {
  static let sample = NamedProfile(profile: .sample)

  /// The sample in another material.
  static func sample(_ name: String, _ material: String = "PA12") -> NamedProfile {
    var profile = PrintProfile.sample
    profile.material = Material(material)!
    return NamedProfile(name: name, profile: profile)
  }
}

/// A request's body: bytes in pieces, with something that happens before the one of an index, or at
/// the end.
struct Pieces: AsyncSequence {
  typealias Element = ArraySlice<UInt8>
  struct Disconnected: Error {}

  let bytes: [UInt8]
  let size: Int
  let before: (Int) async throws -> Void
  let atEnd: () async throws -> Void

  init(
    _ bytes: [UInt8], size: Int = 10_007, before: @escaping (Int) async throws -> Void = { _ in },
    atEnd: @escaping () async throws -> Void = {}
  ) {
    self.bytes = bytes
    self.size = size
    self.before = before
    self.atEnd = atEnd
  }

  func makeAsyncIterator() -> Iterator { Iterator(pieces: self) }

  struct Iterator: AsyncIteratorProtocol {
    let pieces: Pieces
    var index = 0

    mutating func next() async throws -> ArraySlice<UInt8>? {
      let start = index * pieces.size
      guard start < pieces.bytes.count else {
        try await pieces.atEnd()
        return nil
      }
      try await pieces.before(index)
      index += 1
      return pieces.bytes[start..<Swift.min(start + pieces.size, pieces.bytes.count)]
    }
  }
}
