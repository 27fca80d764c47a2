public import Database
import Domain
import Sealing

extension KeyRing {
  /// Makes sure that this ring is the one that seals the data of a database: a value that was wrapped at
  /// the first start has to unwrap. Call it after migrating and before anything else: under another ring
  /// a broker would start and take orders that it cannot fulfil.
  ///
  /// A ring with a newer version of the wrapping key wraps the value anew, so that from then on a copy
  /// of the ring without that version is refused too.
  ///
  /// - Parameter path: where the ring was read, for the message.
  /// - Throws: ``KeyRingError/other(path:)``, or what the database throws.
  public func check(against database: Database, path: String) async throws {
    let row = try await database.read { try $0.row(KeyRingStore.select) }
    guard let row else {
      try await keepCheck(database)
      return
    }
    let wrapped = WrappedSecret(
      version: try row.integer("key_version"), bytes: try row.blob("wrapped"))
    guard let value = try? await holder.unwrap(wrapped, context: Self.checkContext),
      value == Self.checkValue
    else { throw KeyRingError.other(path: path) }
    if wrapped.version < wrapping.last?.number ?? 0 { try await keepCheck(database) }
  }

  private func keepCheck(_ database: Database) async throws {
    let wrapped = try await holder.wrap(Self.checkValue, context: Self.checkContext)
    try await database.write {
      try $0.run(KeyRingStore.keep, wrapped.bytes, wrapped.version)
    }
  }

  private static let checkValue = Array("everpart/key-ring-check/v1".utf8)
  private static let checkContext = KeyContext(
    purpose: .keyRingCheck, tenant: "broker", subject: "key-ring")
}

/// The SQL of the value that shows whether a ring belongs to the data.
public enum KeyRingStore: StatementCatalogue {
  static let select = Statement("SELECT wrapped, key_version FROM key_ring_check WHERE id = 1")
  static let keep = Statement(
    """
    INSERT INTO key_ring_check (id, wrapped, key_version) VALUES (1, $1, $2)
    ON CONFLICT (id) DO UPDATE SET wrapped = $1, key_version = $2
    """)

  /// All of them.
  public static let statements = [select, keep]
}
