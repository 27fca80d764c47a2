public import Database
public import Domain

/// What a database says of itself, so that a copy can be told from the original: a row that moves while
/// the broker works, and that is compared with a file outside of every backup of the data.
public struct Installation: Sendable, Hashable {
  /// The installation; the same in every copy of its database.
  public let id: InstallationID
  /// Counts recoveries, from 1: a database of a lower generation than is known elsewhere is an old copy.
  public let generation: Int
  /// Grows by one with every beat.
  public let beat: Int64

  /// An installation from its members.
  public init(id: InstallationID, generation: Int, beat: Int64) {
    self.id = id
    self.generation = generation
    self.beat = beat
  }

  /// As this transaction reads it; nil before the first beat.
  public init?(_ transaction: Transaction) throws {
    guard let row = try transaction.row(InstallationStore.select) else { return nil }
    id = try row.identifier("id")
    generation = try row.integer("generation")
    beat = try row.integer("beat")
  }

  /// Stores it in the place of what was there.
  public func store(_ transaction: Transaction, at now: Instant) throws {
    try transaction.run(InstallationStore.store, id, generation, beat, now)
  }

  /// The same after a beat.
  public var next: Installation {
    Installation(id: id, generation: generation, beat: beat + 1)
  }
}

/// The SQL of the one row.
public enum InstallationStore: StatementCatalogue {
  static let select = Statement("SELECT id, generation, beat FROM installation WHERE number = 1")
  static let store = Statement(
    """
    INSERT INTO installation (number, id, generation, beat, beat_at) VALUES (1, $1, $2, $3, $4)
    ON CONFLICT (number) DO UPDATE SET id = $1, generation = $2, beat = $3, beat_at = $4
    """)

  /// All of them.
  public static let statements = [select, store]
}
