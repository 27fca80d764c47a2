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

  /// Forgets the oldest records that were made before a moment, and returns how many.
  ///
  /// - Parameter most: how many at once, so that no writer waits long for it.
  public static func prune(
    _ transaction: Transaction, before moment: Instant, most: Int
  ) throws -> Int {
    try transaction.run(IdempotencyStore.prune, moment, most)
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
  static let prune = Statement(
    """
    DELETE FROM idempotency WHERE (scope, key) IN (
      SELECT scope, key FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT $2)
    """)

  /// All of them.
  public static let statements = [claim, select, prune]
}
