import Crypto
public import Database
public import Domain
import FoundationEssentials

/// A request that its sender may send again under the same key, because an answer was lost, and that
/// is done once. The use case claims it in the transaction of its effect:
///
///     try request?.claim(transaction, for: newID, at: now)   // throws if it was done before
///     …                                                      // the effect
///
/// So record and effect commit together, and a crash leaves both or neither. An equal request that
/// comes while the first is being done waits for its commit and is then a repetition; `in flight` is
/// never answered. What is recorded is an identifier, never an answer: a repetition is answered with
/// the resource as it is by then.
public struct IdempotentRequest: Sendable, Hashable {
  /// How long a record is kept. A key that comes again later is a new one.
  public static let keptDays: Int64 = 30

  /// Who asks: the role and the tenant, not the API key, which may be another one the second time.
  public let scope: String
  /// The sender's text.
  public let key: String
  /// Tells requests apart that came under one key.
  public let fingerprint: [UInt8]

  /// A request with a fingerprint of the caller's making. One that covers personal data has to be a
  /// keyed code: a digest would confirm guesses, and would outlive their erasure.
  public init(scope: String, key: String, fingerprint: [UInt8]) {
    self.scope = scope
    self.key = key
    self.fingerprint = fingerprint
  }

  /// A request without personal data, told apart by the SHA-256 of method, path and what its body
  /// says, however the members of that are ordered.
  public init(
    scope: String, key: String, method: String, path: String, body: some Encodable
  ) throws {
    var digest = SHA256()
    digest.update(data: Data("everpart/request/v1\n\(method) \(path)\n".utf8))
    digest.update(data: Data(try StoredJSON.text(body).utf8))
    self.init(scope: scope, key: key, fingerprint: Array(digest.finalize()))
  }

  /// Claims the key for a resource that this transaction is about to make.
  ///
  /// - Throws: ``RepeatedRequest`` when this request has made one before; `idempotency.mismatch` when
  ///   another request did under this key. Either way nothing may be made.
  public func claim<Kind>(
    _ transaction: Transaction, for resource: Identifier<Kind>, at now: Instant
  ) throws {
    guard let earlier = try earlier(transaction, or: resource.text, at: now) else { return }
    guard earlier.fingerprint == fingerprint else { throw Self.mismatch }
    throw RepeatedRequest(resource: earlier.resource)
  }

  /// Claims the key for a resource, or says what it was claimed for before. For a caller that compares
  /// fingerprints itself.
  public func earlier(
    _ transaction: Transaction, or resource: String, at now: Instant
  ) throws -> (resource: String, fingerprint: [UInt8])? {
    guard
      try transaction.run(IdempotencyStore.claim, scope, key, fingerprint, resource, now) == 0
    else { return nil }
    guard let row = try transaction.row(IdempotencyStore.select, scope, key) else {
      throw Problem.failed("an idempotency key that is taken and is not there")
    }
    return (try row.text("resource_id"), try row.blob("fingerprint"))
  }

  /// What a used key with another request gets.
  public static var mismatch: Problem {
    Problem(
      .invalid, "idempotency.mismatch",
      "This Idempotency-Key was used with another request. Use a new key for a new request.")
  }

  /// The keys of records that were made before a moment, after one of them. The whole table is looked at:
  /// an index by time would cost every request that leaves a record a page. So this is for a read.
  public static func records(
    _ transaction: Transaction, before moment: Instant, after last: RecordKey, most: Int
  ) throws -> [RecordKey] {
    try transaction.rows(IdempotencyStore.old, moment, last.scope, last.key, most).map {
      RecordKey(scope: try $0.text("scope"), key: try $0.text("key"))
    }
  }

  /// Forgets records that were made before a moment.
  public static func forget(
    _ transaction: Transaction, _ records: [RecordKey], before moment: Instant
  ) throws {
    for record in records {
      try transaction.run(IdempotencyStore.forget, record.scope, record.key, moment)
    }
  }

  /// What a record is found by.
  public struct RecordKey: Sendable, Hashable {
    let scope: String
    let key: String

    /// Before all others.
    public static let first = RecordKey(scope: "", key: "")
  }
}

/// The request was done before, and this is what it made. Thrown rather than returned, so that the
/// transaction around it ends without effect.
public struct RepeatedRequest: Error, Hashable {
  /// The identifier of what the first request made.
  public let resource: String
}

/// The SQL of idempotency records. Every statement but the pruning names the scope.
public enum IdempotencyStore: StatementCatalogue {
  /// Changes no row where the key was used before.
  static let claim = Statement(
    """
    INSERT INTO idempotency (scope, key, fingerprint, resource_id, created_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (scope, key) DO NOTHING
    """)
  static let select = Statement(
    "SELECT resource_id, fingerprint FROM idempotency WHERE scope = $1 AND key = $2")
  static let old = Statement(
    """
    SELECT scope, key FROM idempotency
    WHERE created_at < $1 AND (scope, key) > ($2, $3) ORDER BY scope, key LIMIT $4
    """)
  static let forget = Statement(
    "DELETE FROM idempotency WHERE scope = $1 AND key = $2 AND created_at < $3")

  /// All of them.
  public static let statements = [claim, select, old, forget]
}
