import TestSupport
import Testing

@testable import Database

/// A database as the version before `m010_profiles` left it.
private func withOldDatabase(_ body: (Database) async throws -> Void) async throws {
  try await withDatabase(Migration.shipped.filter { $0.number < 10 }) { database in
    func run(_ sql: String) async throws {
      try await database.write { _ = try $0.run(Statement(sql)) }
    }
    try await run("INSERT INTO brand (id, name, created_at) VALUES ('brd_1', 'B', 0)")
    for (design, terms) in [
      ("strict", [#"{"authorised_units":1,"pq_only":true}"#]),
      ("silent", [#"{"authorised_units":1}"#]), ("open", [#"{"pq_only":false}"#]),
      ("mixed", [#"{"pq_only":false}"#, #"{"pq_only":true}"#]), ("none", []),
    ] {
      try await run(
        "INSERT INTO design (id, brand_id, name, created_at) VALUES ('\(design)', 'brd_1', 'D', 0)")
      for (index, text) in terms.enumerated() {
        try await run(
          """
          INSERT INTO licence VALUES
          ('lic_\(design)\(index)', 'brd_1', '\(design)', '\(text)', 5, 0, 0, 0, 0, 0)
          """)
      }
    }
    try await run(
      """
      INSERT INTO bureau VALUES ('bur_1', 'B', 'age1pq1x', 'k', 0, 0), ('bur_2', 'B', 'age1x', 'k', 0, 0)
      """)
    for number in [1, 2] {
      try await run(
        """
        INSERT INTO revision (id, brand_id, design_id, number, state, profile, created_at)
        VALUES ('rev_\(number)', 'brd_1', 'open', \(number), '\(number == 1 ? "superseded" : "released")',
          '{"n":\(number)}', 7)
        """)
    }
    try await run(
      """
      INSERT INTO part (
        id, brand_id, design_id, revision_id, licence_id, sku, name, description, fits, price_minor,
        payout_minor, currency, lead_days, created_at)
      VALUES ('prt_1', 'brd_1', 'open', 'rev_2', 'lic_open0', 'S', 'P', '', '[]', 1, 1, 'EUR', 3, 0)
      """)
    try await run(
      """
      INSERT INTO customer_order VALUES
      ('ord_1', 'brd_1', 'prt_1', 1, 1, 'EUR', 'placed', 'DE', 0, 0, x'00', x'00', 1, 0, 'job_1')
      """)
    try await run(
      """
      INSERT INTO job (
        id, brand_id, order_id, part_id, design_id, revision_id, licence_id, quantity, state, version,
        attempt, epoch, production_day, due_day, created_at)
      VALUES (
        'job_1', 'brd_1', 'ord_1', 'prt_1', 'open', 'rev_1', 'lic_open0', 1, 'accepted', 1, 1, 0, 1, 2, 0)
      """)
    try await run(
      """
      INSERT INTO ledger_entry (number, id, kind, body, at)
      VALUES (1, 'led_1', 'key.released', '{}', 0)
      """)
    for bureau in ["bur_1", "bur_2"] {
      let recipient = bureau == "bur_1" ? "age1pq1x" : "age1x"
      try await run(
        """
        INSERT INTO key_release VALUES
        ('job_1', '\(bureau)', 'brd_1', 'rev_1', 'lic_open0', '\(recipient)', 'led_1', 0)
        """)
    }
    try await body(database)
  }
}

@Suite("the migration of key types and profiles")
struct ProfileMigrationTests {
  @Test("takes a design's kinds of key from its licences, all of which must have allowed more")
  func keyTypes() async throws {
    try await withOldDatabase { database in
      try await database.migrate()
      let rows = try await database.read {
        try $0.rows(Statement("SELECT id, pq_only FROM design ORDER BY id"))
      }
      #expect(
        try rows.map { "\(try $0.text("id")) \(try $0.bool("pq_only"))" } == [
          "mixed true", "none true", "open false", "silent true", "strict true",
        ])
      // Of two releases, one went to a classical key.
      let counts = try await database.read {
        try $0.rows(Statement("SELECT classical_releases AS n FROM design ORDER BY id"))
      }
      #expect(try counts.map { try $0.integer("n", as: Int.self) } == [0, 0, 1, 0, 0])
    }
  }

  @Test("gives each revision its one profile, in which its parts are sold and its jobs made")
  func profiles() async throws {
    try await withOldDatabase { database in
      try await database.migrate()
      let rows = try await database.read {
        try $0.rows(
          Statement(
            "SELECT id, revision_id, place, name, profile, created_at FROM print_profile ORDER BY id"
          ))
      }
      #expect(
        try rows.map {
          "\(try $0.text("id")) \(try $0.text("revision_id")) \(try $0.text("name")) "
            + "\(try $0.text("profile")) \(try $0.integer("place")) \(try $0.integer("created_at"))"
        } == [
          #"prf_1 rev_1 standard {"n":1} 1 7"#, #"prf_2 rev_2 standard {"n":2} 1 7"#,
        ])
      let used = try await database.read {
        try $0.row(Statement("SELECT (SELECT profile_id FROM part) AS a, profile_id AS b FROM job"))
      }
      #expect(try used?.text("a") == "prf_2" && used?.text("b") == "prf_1")
    }
  }
}
