import Testing

@testable import Database

@Suite("append-only tables")
struct AppendOnlyTests {
  /// What a statement does to a table, where it does more than read it and add rows that were not there.
  private static func change(of table: String, in sql: String) -> String? {
    let words = sql.uppercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
    guard words.contains(Substring(table.uppercased())) else { return nil }
    // In the common subset a statement that begins so changes nothing but what it adds, unless it says so
    // with one of these words (a CTE that writes has one of them, too).
    let verbs: Set<Substring> = [
      "UPDATE", "DELETE", "REPLACE", "TRUNCATE", "DROP", "ALTER", "MERGE", "CONFLICT",
    ]
    return words.first(where: verbs.contains).map(String.init)
  }

  @Test("are only added to and read", arguments: ["audit_entry", "ledger_entry"])
  func appendOnly(table: String) {
    var statements = 0
    for catalogue in catalogues {
      for statement in catalogue.statements {
        if statement.sql.contains(table) { statements += 1 }
        let change = Self.change(of: table, in: statement.sql)
        #expect(change == nil, "\(catalogue): \(statement.sql)")
      }
    }
    #expect(statements >= 2)
    for migration in Migration.shipped {
      for statement in SQLToken.scan(migration.sql).filter({ $0.kind != .comment }).map(\.text)
        .joined().split(separator: ";")
      {
        #expect(Self.change(of: table, in: String(statement)) == nil, "\(migration.name)")
      }
    }
  }

  @Test("a statement that changes one would be found")
  func changes() {
    for sql in [
      "UPDATE audit_entry SET detail = $1", "DELETE FROM audit_entry WHERE at < $1",
      "INSERT INTO audit_entry (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = $1",
      "WITH x AS (DELETE FROM audit_entry RETURNING id) SELECT id FROM x", "DROP TABLE audit_entry",
    ] {
      #expect(Self.change(of: "audit_entry", in: sql) != nil, "\(sql)")
    }
    #expect(Self.change(of: "audit_entry", in: "SELECT id FROM audit_entry") == nil)
    #expect(Self.change(of: "audit_entry", in: "UPDATE job SET state = $1") == nil)
  }
}
