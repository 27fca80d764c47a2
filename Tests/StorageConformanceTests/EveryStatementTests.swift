import TestSupport
import Testing

@testable import Database

@Suite("every statement of every store")
struct EveryStatementTests {
  private static let statements = catalogues.flatMap { catalogue in
    catalogue.statements.map { (store: "\(catalogue)", statement: $0) }
  }

  @Test("can be prepared by SQLite over the shipped schema")
  func sqlite() async throws {
    try await TemporaryDirectory.with { directory in
      let database = try Database.open(directory: directory.path)
      try await database.migrate()
      for (store, statement) in Self.statements {
        let explain = Statement("EXPLAIN " + statement.sql)
        await #expect(throws: Never.self, "\(store): \(statement.sql)") {
          try await database.read { transaction in
            let nothing = [SQLValue](repeating: .null, count: statement.parameterCount)
            return try transaction.fetch(explain, nothing, limit: 0).count
          }
        }
      }
      try await database.close()
    }
  }

  @Test(
    "can be prepared by PostgreSQL 15 over the shipped schema",
    .enabled(if: PostgresServer.isInstalled, "PostgreSQL 15 is not installed here")
  )
  func postgres() async throws {
    try await PostgresServer.with { server throws in
      for migration in Migration.shipped { try server.execute(migration.sql) }
      let errors = try server.prepare(Self.statements.map(\.statement.sql))
      for (index, error) in errors.sorted(by: { $0.key < $1.key }) {
        let (store, statement) = Self.statements[index]
        Issue.record("\(store): \(statement.sql)\n\(error)")
      }
    }
  }

  @Test(
    "is told apart from what PostgreSQL 15 does not understand",
    .enabled(if: PostgresServer.isInstalled, "PostgreSQL 15 is not installed here")
  )
  func postgresRefuses() async throws {
    try await PostgresServer.with { server throws in
      try server.execute("CREATE TABLE a (id TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL);")
      let errors = try server.prepare([
        "INSERT INTO a (id, n) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING n",
        "INSERT OR IGNORE INTO a (id, n) VALUES ($1, $2)",
        "SELECT nothing FROM a",
        "SELECT n FROM a WHERE id = $1",
        "SELECT n FROM a WHERE $1 IS NULL",
      ])
      #expect(errors.keys.sorted() == [1, 2, 4])
      #expect(errors[2]?.contains("column \"nothing\" does not exist") == true)
      #expect(throws: PostgresServer.Failure.self) { try server.execute("CREATE TABLE a (b X);") }
    }
  }
}
