public import Database
import Domain
public import Ledger
public import Sealing

/// The keys of orders' addresses, as the rotation of keys sees them.
public struct WrappedShipToKeys: WrappedSecrets {
  /// `ship_to`.
  public let name = "ship_to"

  /// They are in the database; there is nothing to say.
  public init() {}

  /// How many there are under each version.
  public func counts(_ transaction: Transaction) throws -> [Int: Int] {
    try transaction.rows(WrappedShipToKeyStore.counts).reduce(into: [:]) {
      $0[try $1.integer("ship_to_key_version")] = try $1.integer("count")
    }
  }

  /// See ``WrappedSecrets/batch(_:after:through:limit:)``.
  public func batch(
    _ transaction: Transaction, after place: WrappedRow.Place, through version: Int, limit: Int
  ) throws -> [WrappedRow] {
    try transaction.rows(
      WrappedShipToKeyStore.batch, place.version, place.id, version, limit
    ).map { row in
      let order = try? row.identifier("id", as: OrderID.self)
      let brand = try? row.identifier("brand_id", as: BrandID.self)
      return WrappedRow(
        id: try row.text("id"), secret: try WrappedSecret(shipToKeyIn: row),
        context: order.flatMap { order in
          brand.map { SealedShipTo.keyContext(order: order, brand: $0) }
        })
    }
  }

  /// See ``WrappedSecrets/replace(_:_:with:)``.
  public func replace(
    _ transaction: Transaction, _ row: WrappedRow, with secret: WrappedSecret
  ) throws -> Bool {
    try transaction.run(
      WrappedShipToKeyStore.replace, secret.bytes, secret.version, row.id, row.secret.version,
      row.secret.bytes) == 1
  }
}

/// The SQL that wraps the keys of addresses anew: it works on those of all brands, and answers none.
public enum WrappedShipToKeyStore: StatementCatalogue {
  static let counts = Statement(
    """
    SELECT ship_to_key_version, COUNT(*) AS count FROM customer_order GROUP BY ship_to_key_version
    """)
  static let batch = Statement(
    """
    SELECT id, brand_id, ship_to_key, ship_to_key_version FROM customer_order
    WHERE (ship_to_key_version, id) > ($1, $2) AND ship_to_key_version <= $3
    ORDER BY ship_to_key_version, id LIMIT $4
    """)
  static let replace = Statement(
    """
    UPDATE customer_order SET ship_to_key = $1, ship_to_key_version = $2
    WHERE ship_to_key_version = $4 AND id = $3 AND ship_to_key = $5
    """)

  /// All of them.
  public static let statements = [counts, batch, replace]
}
