import GRDB

/// Brings an SQLite database to the schema of this version.
struct SQLiteMigrator {
  let database: GRDB.Database

  private static let bookkeeping = """
    CREATE TABLE IF NOT EXISTS schema_migration (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      sha256 TEXT NOT NULL
    ) STRICT
    """

  /// Applies what is missing. Two processes starting at once do not disturb each other: the record is
  /// read and written under the same write lock. A crash leaves the migrations that had committed.
  func apply(_ migrations: [Migration]) throws {
    try inTransaction { try check(migrations) }
    for migration in migrations {
      do {
        try inTransaction {
          guard try check(migrations) < migration.number else { return }
          try database.execute(sql: migration.sqliteSQL)
          try database.execute(
            sql: "INSERT INTO schema_migration (number, name, sha256) VALUES (?, ?, ?)",
            arguments: [migration.number, migration.name, migration.digest]
          )
        }
      } catch let error as GRDB.DatabaseError {
        throw DatabaseError.migrationFailed(migration.name, DatabaseError(error))
      }
    }
  }

  /// Holds the recorded migrations against ours and returns the last one's number.
  @discardableResult
  private func check(_ migrations: [Migration]) throws -> Int {
    try database.execute(sql: Self.bookkeeping)
    return try applied(migrations)
  }

  /// The last recorded migration's number, 0 for none; refuses those that are not ours.
  func applied(_ migrations: [Migration]) throws -> Int {
    let applied = try GRDB.Row.fetchAll(
      database,
      sql: "SELECT number, name, sha256 FROM schema_migration ORDER BY number"
    )
    for row in applied {
      let number: Int = row["number"]
      guard let migration = migrations.first(where: { $0.number == number }) else {
        throw DatabaseError.migrationUnknown(row["name"])
      }
      guard migration.name == row["name"], migration.digest == row["sha256"] else {
        throw DatabaseError.migrationChanged(row["name"])
      }
    }
    return applied.last?["number"] ?? 0
  }

  private func inTransaction(_ body: () throws -> Void) throws {
    try database.inTransaction(.immediate) {
      try body()
      return .commit
    }
  }
}
