public import Database
public import Sealing

/// One kind of secret that rows keep wrapped under the key ring, as the rotation of keys sees it: the keys
/// of designs' files, the keys of orders' addresses. Each use case has its own.
///
/// Its methods work in the caller's transaction. Between reading a batch and replacing what is in it the
/// key holder is asked, outside any transaction; ``replace(_:_:with:)`` is therefore conditional.
public protocol WrappedSecrets: Sendable {
  /// What the status calls them: `design_file`.
  var name: String { get }

  /// How many there are under each version.
  func counts(_ transaction: Transaction) throws -> [Int: Int]

  /// Those after a place and up to a version, in the order of version and id, at most `limit`.
  func batch(
    _ transaction: Transaction, after place: WrappedRow.Place, through version: Int, limit: Int
  ) throws -> [WrappedRow]

  /// Puts a secret that was wrapped anew in the place of an old one.
  ///
  /// - Returns: false when the row does not have exactly the old one any more; then nothing is changed.
  func replace(
    _ transaction: Transaction, _ row: WrappedRow, with secret: WrappedSecret
  ) throws -> Bool
}

extension WrappedSecrets {
  /// Whether there is any under a version.
  public func isUsing(_ version: Int, _ transaction: Transaction) throws -> Bool {
    let start = WrappedRow.Place(version: version, id: "")
    return try !batch(transaction, after: start, through: version, limit: 1).isEmpty
  }
}

/// A row with a wrapped secret.
public struct WrappedRow: Sendable, Hashable {
  /// Where a row is in the order in which secrets are wrapped anew.
  public struct Place: Sendable, Hashable {
    /// The version that its secret is wrapped under.
    public var version: Int
    /// Its identifier; empty before all others.
    public var id: String

    /// A place.
    public init(version: Int, id: String) {
      self.version = version
      self.id = id
    }
  }

  /// The row's identifier, which may go to a log.
  public let id: String
  /// What it keeps.
  public let secret: WrappedSecret
  /// What the secret is bound to; nil when the row does not say it in a way that can be read.
  public let context: KeyContext?

  /// A row as it was read.
  public init(id: String, secret: WrappedSecret, context: KeyContext?) {
    self.id = id
    self.secret = secret
    self.context = context
  }

  /// Where it is in the order.
  public var place: Place { Place(version: secret.version, id: id) }
}
