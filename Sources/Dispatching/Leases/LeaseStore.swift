public import Database

/// The leases' SQL: an epoch only grows.
public enum LeaseStore: StatementCatalogue {
  static let take = Statement(
    """
    UPDATE job SET epoch = epoch + 1, lease_holder = $1
    WHERE id = $2 AND bureau_id = $3 AND epoch = $4
    """)
  /// Ends the lease and its epoch, so that nothing reported under it counts any more.
  static let end = Statement(
    "UPDATE job SET epoch = epoch + 1, lease_holder = NULL WHERE id = $1 AND brand_id = $2")
  /// Ends the lease, and every one that may have been granted after a restored copy was made.
  static let leap = Statement(
    "UPDATE job SET epoch = epoch + $1, lease_holder = NULL WHERE id = $2 AND brand_id = $3")

  /// The same for all jobs whose parcels are on their way or lost: they may have been printed again since.
  static let leapShipped = Statement(
    "UPDATE job SET epoch = epoch + $1, lease_holder = NULL WHERE state IN ('shipped', 'lost')")

  /// All of them.
  public static let statements = [take, end, leap, leapShipped]
}
