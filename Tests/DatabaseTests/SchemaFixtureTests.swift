import FoundationEssentials
import TestSupport
import Testing

@testable import Database

@Suite("the schema")
struct SchemaFixtureTests {
  @Test("that the migrations make is the one in Fixtures/schema")
  func fixture() async throws {
    try await withDatabase(Migration.shipped) { database in
      let schema = try await database.schema().map { $0 + ";\n" }.joined(separator: "\n")
      let path = "Fixtures/schema/sqlite.sql"
      if ProcessInfo.processInfo.environment["EVERPART_REWRITE_FIXTURES"] == "1" {
        try Data(schema.utf8).write(to: URL(filePath: Repository.path(path)))
      }
      let fixture = String(decoding: try Repository.bytes(path), as: UTF8.self)
      // SQLite cannot drop a CHECK: a list of words would be there for ever.
      #expect(!schema.contains(" IN ("))
      #expect(
        schema == fixture,
        "see the change, then EVERPART_REWRITE_FIXTURES=1 swift test --filter DatabaseTests"
      )
    }
  }
}
