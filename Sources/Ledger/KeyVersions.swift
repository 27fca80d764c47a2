public import Database
public import Domain
import Sealing

/// A version of the wrapping key as the database knows it.
public struct KeyVersion: Sendable, Hashable {
  /// Counted from 1.
  public let number: Int
  /// When its key was made.
  public let createdAt: Instant
  /// When nothing was left that is wrapped under it; nil while there may be something.
  public let unusedSince: Instant?
  /// When it was given up for good; its key is destroyed after that.
  public let retiredAt: Instant?

  init(row: Row) throws {
    number = try row.integer("number")
    createdAt = try row.instant("created_at")
    unusedSince = try row.instantOrNil("unused_since")
    retiredAt = try row.instantOrNil("retired_at")
  }
}

/// The versions of the wrapping key, in the caller's transaction. Whoever stores something wrapped calls
/// ``use(_:_:)`` in the commit that stores it.
public enum KeyVersions {
  /// All that there ever were, oldest first.
  public static func all(_ transaction: Transaction) throws -> [KeyVersion] {
    try transaction.rows(KeyVersionStore.all).map(KeyVersion.init(row:))
  }

  /// One of them.
  public static func version(_ transaction: Transaction, _ number: Int) throws -> KeyVersion? {
    try transaction.row(KeyVersionStore.select, number).map(KeyVersion.init(row:))
  }

  /// Records a version whose key is in the ring; does nothing for one that is known.
  public static func record(
    _ transaction: Transaction, _ number: Int, createdAt: Instant
  ) throws {
    try transaction.run(KeyVersionStore.record, number, createdAt)
  }

  /// Called in the transaction that stores a secret that is wrapped under a version.
  ///
  /// - Throws: ``KeyVersionRetired`` when the version was retired since the secret was wrapped. What is
  ///   not stored yet is then wrapped anew: see ``tryingAgain(_:)``.
  public static func use(_ transaction: Transaction, _ number: Int) throws {
    guard let version = try version(transaction, number) else { return }
    guard version.retiredAt == nil else { throw KeyVersionRetired(version: number) }
    if version.unusedSince != nil { try transaction.run(KeyVersionStore.reuse, number) }
  }

  /// Notes that nothing is wrapped under a version any more. The caller has seen that in this
  /// transaction.
  public static func markUnused(
    _ transaction: Transaction, _ number: Int, at now: Instant
  ) throws {
    try transaction.run(KeyVersionStore.markUnused, now, number)
  }

  /// Gives a version up for good. The caller has seen in this transaction that nothing is wrapped under
  /// it. False when it was retired before.
  public static func retire(
    _ transaction: Transaction, _ number: Int, at now: Instant
  ) throws -> Bool {
    try transaction.run(KeyVersionStore.retire, now, number) == 1
  }

  /// Does what takes a wrapped secret from one place to another, and does it again when the version of
  /// its key was retired on the way: either a secret was wrapped that must not be stored any more, or a
  /// row was read that has been wrapped anew since. The second time it is another version.
  public static func tryingAgain<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
  ) async throws -> Value {
    for _ in 0..<2 {
      do {
        return try await body()
      } catch is KeyVersionRetired {
      } catch KeyHolderError.versionUnknown {}
    }
    return try await body()
  }
}

/// A secret was wrapped under a version of the wrapping key that is retired by now, and was not stored.
public struct KeyVersionRetired: Error, Hashable, CustomStringConvertible {
  /// The version.
  public let version: Int

  /// For the log.
  public var description: String { "version \(version) of the wrapping key is retired" }
}

/// The SQL of the versions of the wrapping key.
public enum KeyVersionStore: StatementCatalogue {
  private static let columns = "number, created_at, unused_since, retired_at"
  static let all = Statement("SELECT \(columns) FROM key_version ORDER BY number")
  static let select = Statement("SELECT \(columns) FROM key_version WHERE number = $1")
  static let record = Statement(
    """
    INSERT INTO key_version (number, created_at) VALUES ($1, $2) ON CONFLICT (number) DO NOTHING
    """)
  static let reuse = Statement(
    "UPDATE key_version SET unused_since = NULL WHERE number = $1 AND retired_at IS NULL")
  static let markUnused = Statement(
    "UPDATE key_version SET unused_since = $1 WHERE number = $2 AND unused_since IS NULL")
  static let retire = Statement(
    """
    UPDATE key_version SET retired_at = $1, unused_since = COALESCE(unused_since, $1)
    WHERE number = $2 AND retired_at IS NULL
    """)

  /// All of them.
  public static let statements = [all, select, record, reuse, markUnused, retire]
}
