public import Database
public import Ledger
public import Sealing

/// The keys of designs' files, as the rotation of keys sees them.
public struct WrappedFileKeys: WrappedSecrets {
  /// `design_file`.
  public let name = "design_file"

  /// They are in the database; there is nothing to say.
  public init() {}

  /// How many there are under each version.
  public func counts(_ transaction: Transaction) throws -> [Int: Int] {
    try transaction.rows(WrappedFileKeyStore.counts).reduce(into: [:]) {
      $0[try $1.integer("key_version")] = try $1.integer("count")
    }
  }

  /// See ``WrappedSecrets/batch(_:after:through:limit:)``.
  public func batch(
    _ transaction: Transaction, after place: WrappedRow.Place, through version: Int, limit: Int
  ) throws -> [WrappedRow] {
    try transaction.rows(WrappedFileKeyStore.batch, place.version, place.id, version, limit).map {
      WrappedRow(
        id: try $0.text("id"), secret: try WrappedSecret(fileKeyIn: $0),
        context: try? StoredFile(row: $0).keyContext)
    }
  }

  /// See ``WrappedSecrets/replace(_:_:with:)``.
  public func replace(
    _ transaction: Transaction, _ row: WrappedRow, with secret: WrappedSecret
  ) throws -> Bool {
    try transaction.run(
      WrappedFileKeyStore.replace, secret.bytes, secret.version, row.id, row.secret.version,
      row.secret.bytes) == 1
  }
}

extension WrappedSecret {
  /// The wrapped key of a design's file. Throws `vault.record` where there is none any more.
  init(fileKeyIn row: Row) throws {
    guard let bytes = try row.blobOrNil("wrapped_key") else {
      throw Vault.changed(try row.text("id"), "it has no key")
    }
    self.init(version: try row.integer("key_version"), bytes: bytes)
  }
}

/// The SQL that wraps file keys anew: it works on those of all brands, and answers none.
public enum WrappedFileKeyStore: StatementCatalogue {
  static let counts = Statement(
    """
    SELECT key_version, COUNT(*) AS count FROM design_file
    WHERE wrapped_key IS NOT NULL GROUP BY key_version
    """)
  static let batch = Statement(
    """
    SELECT \(DesignStore.fileColumns) FROM design_file
    WHERE wrapped_key IS NOT NULL AND (key_version, id) > ($1, $2) AND key_version <= $3
    ORDER BY key_version, id LIMIT $4
    """)
  static let replace = Statement(
    """
    UPDATE design_file SET wrapped_key = $1, key_version = $2
    WHERE id = $3 AND key_version = $4 AND wrapped_key = $5
    """)

  /// All of them.
  public static let statements = [counts, batch, replace]
}
