public import Database
import Ledger
import Sealing

extension KeyRing {
  /// Makes sure that this ring is the one that seals the data of a database: a value that was wrapped at
  /// the first start has to unwrap. Call it after migrating and before anything else: under another ring
  /// a broker would start and take orders that it cannot fulfil.
  ///
  /// A ring with a newer version of the wrapping key wraps the value anew, so that from then on a copy
  /// of the ring without that version is refused too. What the database does not know of the ring's
  /// versions, because a crash came between the two, is recorded.
  ///
  /// - Parameter path: where the ring was read, for the message.
  /// - Throws: ``KeyRingError/other(path:)``, or what the database throws.
  func check(against database: Database, path: String) async throws {
    try await Self.require(holder, of: database, path: path)
    try await record(in: database)
  }

  /// The part of it that changes nothing.
  static func require(_ holder: any KeyHolder, of database: Database, path: String) async throws {
    guard let row = try await database.read({ try $0.row(KeyRingStore.select) }) else { return }
    let wrapped = WrappedSecret(
      version: try row.integer("key_version"), bytes: try row.blob("wrapped"))
    guard let value = try? await holder.unwrap(wrapped, context: Self.checkContext),
      value == Self.checkValue
    else { throw KeyRingError.other(path: path) }
  }

  /// Records the versions, and wraps the value under the newest one: from here on the database is this
  /// ring's, with all its versions, and no older copy's.
  func record(in database: Database) async throws {
    let wrapped = try await holder.wrap(Self.checkValue, context: Self.checkContext)
    let versions = wrapping.map { ($0.number, $0.createdAt) }
    try await database.write { transaction in
      for (number, createdAt) in versions {
        try KeyVersions.record(transaction, number, createdAt: createdAt)
      }
      try KeyVersions.use(transaction, wrapped.version)
      try transaction.run(KeyRingStore.keep, wrapped.bytes, wrapped.version)
    }
  }

  private static let checkValue = Array("everpart/key-ring-check/v1".utf8)
  fileprivate static let checkContext = KeyContext(
    purpose: .keyRingCheck, tenant: "broker", subject: "key-ring")
}

/// The value that shows whether a ring belongs to the data, as the rotation of keys sees it.
struct WrappedKeyRingCheck: WrappedSecrets {
  let name = "key_ring_check"

  func counts(_ transaction: Transaction) throws -> [Int: Int] {
    guard let row = try transaction.row(KeyRingStore.select) else { return [:] }
    return [try row.integer("key_version"): 1]
  }

  func batch(
    _ transaction: Transaction, after place: WrappedRow.Place, through version: Int, limit: Int
  ) throws -> [WrappedRow] {
    guard let row = try transaction.row(KeyRingStore.select) else { return [] }
    let wrapped = WrappedRow(
      id: "1",
      secret: WrappedSecret(
        version: try row.integer("key_version"), bytes: try row.blob("wrapped")),
      context: KeyRing.checkContext)
    let (mine, start) = (wrapped.place, (place.version, place.id))
    return (mine.version, mine.id) > start && mine.version <= version ? [wrapped] : []
  }

  func replace(
    _ transaction: Transaction, _ row: WrappedRow, with secret: WrappedSecret
  ) throws -> Bool {
    try transaction.run(
      KeyRingStore.replace, secret.bytes, secret.version, row.secret.version, row.secret.bytes) == 1
  }
}

/// The SQL of the value that shows whether a ring belongs to the data.
public enum KeyRingStore: StatementCatalogue {
  static let select = Statement("SELECT wrapped, key_version FROM key_ring_check WHERE id = 1")
  /// Keeps a value that is there under a newer version.
  static let keep = Statement(
    """
    INSERT INTO key_ring_check (id, wrapped, key_version) VALUES (1, $1, $2)
    ON CONFLICT (id) DO UPDATE SET wrapped = $1, key_version = $2
    WHERE key_ring_check.key_version < $2
    """)
  static let replace = Statement(
    """
    UPDATE key_ring_check SET wrapped = $1, key_version = $2
    WHERE id = 1 AND key_version = $3 AND wrapped = $4
    """)

  /// All of them.
  public static let statements = [select, keep, replace]
}
