import Dispatch
import GRDB
import GRDBSQLite

/// SQLite through GRDB's pool: one writing connection, several readers over the write-ahead log.
final class SQLiteEngine: Sendable {
  let writer: GroupedWriter
  private let pool: DatabasePool

  private static let busyTimeoutSeconds = 5.0
  private static let checkpointTimeoutMilliseconds: Int32 = 200

  /// Opens a file to look at it.
  init(reading path: String) throws {
    try DatabaseFile.requireRegular(path)
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(Self.busyTimeoutSeconds)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA temp_store = MEMORY")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    pool = try translatingErrors { [configuration] in
      try DatabasePool(path: path, configuration: configuration)
    }
    writer = GroupedWriter(pool)
  }

  init(path: String) throws {
    try DatabaseFile.prepare(path)
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(Self.busyTimeoutSeconds)
    configuration.prepareDatabase { database in
      // Deleted key material is overwritten, and sorting never spills it into files elsewhere.
      try database.execute(sql: "PRAGMA secure_delete = ON")
      try database.execute(sql: "PRAGMA temp_store = MEMORY")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      // 16 MiB of log before it is copied: the pages at the end of tables and indices, which every
      // order changes, are then copied once for some hundred orders.
      try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
    }
    pool = try translatingErrors { [configuration] in
      let pool = try DatabasePool(path: path, configuration: configuration)
      // The pool sets NORMAL after `prepareDatabase`, and NORMAL loses commits when power fails.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      return pool
    }
    writer = GroupedWriter(pool)
  }

  func read<T: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> T
  ) async throws -> T {
    do {
      return try await pool.read { database in
        let transaction = Transaction(SQLiteConnection(database: database))
        defer {
          transaction.end()
          transaction.afterCommitWork.forEach { $0() }
        }
        return try body(transaction)
      }
    } catch let error as GRDB.DatabaseError {
      throw error.resultCode == .SQLITE_MISUSE ? DatabaseError.closed : DatabaseError(error)
    }
  }

  func migrate(_ migrations: [Migration]) async throws {
    try await onWriter { database in
      try SQLiteMigrator(database: database).apply(migrations)
    }
  }

  func isMigrated(_ migrations: [Migration]) async throws -> Bool {
    try await pool.read { database in
      try translatingErrors {
        guard try database.tableExists("schema_migration") else { return false }
        return try SQLiteMigrator(database: database).applied(migrations)
          == migrations.last?.number ?? 0
      }
    }
  }

  /// At most a hundred of each kind: a file that is damaged throughout would fill the terminal.
  func damages() async throws -> [String] {
    try await pool.read { database in
      try translatingErrors {
        let pages = try String.fetchAll(database, sql: "PRAGMA integrity_check(100)")
        let rows = try GRDB.Row.fetchAll(database, sql: "PRAGMA foreign_key_check")
        return pages.filter { $0 != "ok" }
          + rows.prefix(100).map { row in
            let (table, parent): (String, String) = (row["table"], row["parent"])
            return "a row of \(table) refers to one of \(parent) that is not there"
          }
      }
    }
  }

  func checkpoint() async throws {
    try await onWriter { database in
      _ = try database.checkpoint(.truncate)
    }
  }

  func eraseRemains(of tables: [String]) async throws {
    try await onWriter { database in
      // The log is emptied under the lock that writers wait for: a long read is not worth their time.
      let connection = database.sqliteConnection
      sqlite3_busy_timeout(connection, Self.checkpointTimeoutMilliseconds)
      defer { sqlite3_busy_timeout(connection, Int32(Self.busyTimeoutSeconds * 1000)) }
      _ = try database.checkpoint(.truncate)
      try SQLiteRemains(database: database).overwrite(in: tables)
    }
  }

  func schema() async throws -> [String] {
    try await onWriter { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name
          """
      )
    }
  }

  func configureWriter(_ pragma: String) async throws -> [SQLValue] {
    try await onWriter { database in
      try GRDB.Row.fetchAll(database, sql: pragma).map { row in
        switch (row[0] as DatabaseValue).storage {
        case .int64(let integer): .integer(integer)
        case .string(let text): .text(text)
        default: .null
        }
      }
    }
  }

  func close() async throws {
    await withCheckedContinuation { continuation in
      writer.close { continuation.resume() }
    }
    // Closing waits for the readers, so it must not hold a thread of the cooperative pool.
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { [pool] in
        continuation.resume(with: Result { try translatingErrors { try pool.close() } })
      }
    }
  }

  /// Work on the writing connection, between two groups of writes.
  private func onWriter<T: Sendable>(
    _ body: @escaping @Sendable (GRDB.Database) throws -> T
  ) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      pool.asyncWriteWithoutTransaction { database in
        continuation.resume(
          with: Result {
            // SQLite's own functions would follow the null pointer of a closed connection.
            guard database.sqliteConnection != nil else { throw DatabaseError.closed }
            return try translatingErrors { try body(database) }
          }
        )
      }
    }
  }
}
