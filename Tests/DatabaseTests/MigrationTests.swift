import TestSupport
import Testing

@testable import Database

@Suite("migrations")
struct MigrationTests {
  private let first = Migration(1, "m001_one", "CREATE TABLE one (id BIGINT NOT NULL PRIMARY KEY);")
  private let second = Migration(
    2,
    "m002_two",
    """
    CREATE TABLE two (id TEXT NOT NULL PRIMARY KEY);
    INSERT INTO two (id) VALUES ('BIGINT; '' BYTEA');
    """
  )
  private let broken = Migration(
    3,
    "m003_broken",
    "CREATE TABLE three (id BIGINT NOT NULL PRIMARY KEY); INSERT INTO nowhere (id) VALUES (1);"
  )

  private func tables(_ database: Database) async throws -> [String] {
    try await database.schema().compactMap { sql in
      sql.split(separator: " ").dropFirst(2).first.map(String.init)
    }.filter { $0 != "schema_migration" }
  }

  @Test("are applied once, in order, and only those that are missing")
  func applied() async throws {
    try await withDatabase([first]) { database in
      #expect(try await tables(database) == ["one"])
      try await database.migrate([first, second])
      try await database.migrate([first, second])
      #expect(try await tables(database) == ["one", "two"])
    }
  }

  @Test("are frozen: another text or name under an applied number stops the start")
  func frozen() async throws {
    try await withDatabase([first, second]) { database in
      let changed = Migration(2, "m002_two", second.sql + " ")
      await #expect(throws: DatabaseError.migrationChanged("m002_two")) {
        try await database.migrate([first, changed])
      }
      let renamed = Migration(2, "m002_other", second.sql)
      await #expect(throws: DatabaseError.migrationChanged("m002_two")) {
        try await database.migrate([first, renamed, broken])
      }
      let tables = try await tables(database)
      #expect(tables == ["one", "two"])
    }
  }

  @Test("of a newer version stop the start of an older one")
  func unknown() async throws {
    try await withDatabase([first, second]) { database in
      let error = await #expect(throws: DatabaseError.migrationUnknown("m002_two")) {
        try await database.migrate([first])
      }
      #expect(error?.description.contains("newer version") == true)
    }
  }

  @Test("that fail leave nothing of themselves and all that came before")
  func failed() async throws {
    try await withDatabase([]) { database in
      let error = await #expect(throws: DatabaseError.self) {
        try await database.migrate([first, second, broken])
      }
      #expect(error?.code == "database.migration_failed")
      #expect(try await tables(database) == ["one", "two"])
      try await database.migrate([first, second])
    }
  }

  @Test("run once when two servers start together")
  func together() async throws {
    try await TemporaryDirectory.with { directory in
      let databases = try (0..<2).map { _ in try Database.open(directory: directory.path) }
      let migrations = [first, second]
      try await withThrowingTaskGroup { group in
        for database in databases { group.addTask { try await database.migrate(migrations) } }
        try await group.waitForAll()
      }
      let rows = try await databases[0].read { try $0.rows(Statement("SELECT id FROM two")) }
      #expect(try rows.map { try $0.text("id") } == ["BIGINT; ' BYTEA"])
      for database in databases { try await database.close() }
    }
  }

  @Test("speak PostgreSQL's words and become SQLite's, but not in quotes, comments or names")
  func words() {
    let migration = Migration(
      1,
      "m001_words",
      """
      -- BIGINT; is not BYTEA
      CREATE TABLE a (
        "BIGINT" BIGINT, bigint_count BIGINT, b BYTEA, w DOUBLE PRECISION,
        t TEXT DEFAULT 'BYTEA);' /* ; */
      );
      CREATE TABLE c (id TEXT NOT NULL PRIMARY KEY) /* WITHOUT ROWID */;
      CREATE INDEX a_b ON a (b);
      INSERT INTO a (t) VALUES ('x');
      """
    )
    #expect(
      migration.sqliteSQL == """
        -- BIGINT; is not BYTEA
        CREATE TABLE a (
          "BIGINT" INTEGER, bigint_count INTEGER, b BLOB, w REAL ,
          t TEXT DEFAULT 'BYTEA);' /* ; */
        ) STRICT;
        CREATE TABLE c (id TEXT NOT NULL PRIMARY KEY)  STRICT, WITHOUT ROWID;
        CREATE INDEX a_b ON a (b);
        INSERT INTO a (t) VALUES ('x');
        """
    )
  }

  @Test("shipped ones are the files of the folder, numbered without gaps")
  func shipped() throws {
    let files = try Repository.names(in: "Sources/Database/Migrations")
    #expect(files == Migration.shipped.map { "\($0.name).sql" })
    for (index, migration) in Migration.shipped.enumerated() {
      #expect(migration.number == index + 1)
      let digits = String(index + 1)
      let number = String(repeating: "0", count: 3 - digits.count) + digits
      #expect(migration.name.hasPrefix("m\(number)_"))
      let file = try Repository.bytes("Sources/Database/Migrations/\(migration.name).sql")
      #expect(Array(migration.sql.utf8) == file)
    }
  }

  @Test("shipped ones use the common words only, and no deferred constraint")
  func commonWords() {
    let refused: Set<String> = [
      "DEFERRABLE", "DEFERRED", "TRIGGER", "SEQUENCE", "SERIAL", "BIGSERIAL", "INTEGER", "INT",
      "BLOB", "REAL", "FLOAT", "BOOLEAN", "TIMESTAMP", "JSON", "JSONB", "VARCHAR", "NUMERIC",
      "AUTOINCREMENT", "STRICT", "ROWID", "COLLATE",
    ]
    for migration in Migration.shipped {
      let words = SQLToken.scan(migration.sql).filter { $0.kind == .word }.map {
        String($0.text)
      }
      #expect(refused.intersection(words) == [], "\(migration.name)")
      let last = SQLToken.scan(migration.sql).last { $0.kind != .space && $0.kind != .comment }
      #expect(last?.text == ";", "\(migration.name) ends in a semicolon")
    }
  }
}
