import BlobStore
import Database
import Domain
import Ledger
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Vault

/// A vault whose keys can be rotated, behind a key holder that a test can make fail, wait or look around.
struct RotationWorld {
  let world: VaultWorld
  let holder: InterruptibleKeyHolder
  let vault: Vault
  let rotation: KeyRotation
  let design: DesignID

  init() async throws {
    world = try await VaultWorld(limits: VaultLimits(filesMax: 1000))
    holder = InterruptibleKeyHolder(world.ring.holder)
    vault = Vault(
      database: world.database, blobs: world.blobs, keys: holder, ledger: world.ledger,
      ambient: world.clock.ambient, limits: VaultLimits(filesMax: 1000))
    rotation = KeyRotation(
      database: world.database, ring: world.ring, keys: holder, sources: [WrappedFileKeys()],
      ambient: world.clock.ambient)
    try await rotation.start()
    design = try await world.createDesign().id
  }

  /// A file in a design of its own.
  @discardableResult
  func upload(_ name: String) async throws -> FileView {
    try await vault.upload(
      brand: world.brand, design: world.createDesign().id, fileName: name, mediaType: "model/stl",
      body: Pieces(SampleMesh.box()))
  }

  /// Files of a design, wrapped as an upload does, without its blobs.
  func addFiles(_ count: Int) async throws {
    let (ambient, now) = (world.clock.ambient, world.clock.now)
    let first = try await upload("first.stl")
    let model = try #require(
      try await world.database.read {
        try $0.row(
          Statement("SELECT \(DesignStore.fileColumns) FROM design_file WHERE id = $1"), first.id)
      }.map { try StoredFile(row: $0) })
    for index in 1..<count {
      let file = StoredFile(
        id: ambient.identifier(at: now), brand: model.brand, design: model.design,
        revision: model.revision, name: "\(index).stl", purpose: .drawing,
        mediaType: model.mediaType,
        blob: model.blob, plaintextBytes: model.plaintextBytes, payloadBytes: model.payloadBytes,
        payloadSHA256: model.payloadSHA256, unit: nil, measurement: model.measurement,
        createdAt: now)
      let key = try await world.ring.holder.wrap(
        ambient.randomBytes(16), context: file.keyContext)
      try await world.database.write { try file.insert($0, key) }
    }
  }

  /// How many file keys are under each version.
  func counts() async throws -> [Int: Int] {
    try await world.database.read { try WrappedFileKeys().counts($0) }
  }

  /// How many file keys open with the ring as it is on the disk, and the ids of those that do not.
  func opening() async throws -> (open: Int, refused: [String]) {
    let bytes = try #require(try KeyRingFile(path: world.ring.path).read())
    let ring = try KeyRingFormat.decode(
      bytes, nil, path: world.ring.path, ambient: world.clock.ambient)
    let rows = try await world.database.read {
      try WrappedFileKeys().batch($0, after: .init(version: 0, id: ""), through: .max, limit: 9999)
    }
    var (open, refused) = (0, [String]())
    for row in rows {
      let secret = try? await ring.holder.unwrap(row.secret, context: #require(row.context))
      if secret == nil { refused.append(row.id) } else { open += 1 }
    }
    return (open, refused)
  }

  func run(_ sql: String) async throws { try await world.run(sql) }
}

/// Passes calls on, and before each does what a test wants: it throws, waits, or looks around.
final class InterruptibleKeyHolder: KeyHolder {
  enum Call { case wrap, unwrap }
  struct Failure: Error {}

  private let holder: any KeyHolder
  private let before = Mutex<@Sendable (Call) async throws -> Void>({ _ in })
  private let made = Mutex(0)

  init(_ holder: any KeyHolder) { self.holder = holder }

  /// How many calls were made since ``each(_:)``.
  var calls: Int { made.withLock { $0 } }

  /// What to do before each call from now on.
  func each(_ body: @escaping @Sendable (Call) async throws -> Void) {
    made.withLock { $0 = 0 }
    before.withLock { $0 = body }
  }

  /// Fails every call after so many.
  func fail(after count: Int) {
    each { [self] _ in if calls > count { throw Failure() } }
  }

  private func call(_ call: Call) async throws {
    made.withLock { $0 += 1 }
    try await before.withLock { $0 }(call)
  }

  func newestVersion() async throws -> Int { try await holder.newestVersion() }

  func wrap(_ secret: [UInt8], context: KeyContext) async throws -> WrappedSecret {
    try await call(.wrap)
    return try await holder.wrap(secret, context: context)
  }

  func unwrap(_ wrapped: WrappedSecret, context: KeyContext) async throws -> [UInt8] {
    try await call(.unwrap)
    return try await holder.unwrap(wrapped, context: context)
  }
}
