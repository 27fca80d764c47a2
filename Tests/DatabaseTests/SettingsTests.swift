import Glibc
import TestSupport
import Testing

@testable import Database

@Suite("an opened database")
struct SettingsTests {
  @Test("loses no commit, overwrites what is deleted and holds foreign keys")
  func pragmas() async throws {
    try await withDatabase { database async throws in
      // GRDB's pool sets synchronous to NORMAL (1) while it opens.
      #expect(try await database.configureWriter("PRAGMA synchronous") == [.integer(2)])
      #expect(try await database.configureWriter("PRAGMA journal_mode") == [.text("wal")])
      #expect(try await database.configureWriter("PRAGMA secure_delete") == [.integer(1)])
      #expect(try await database.configureWriter("PRAGMA foreign_keys") == [.integer(1)])
      #expect(try await database.configureWriter("PRAGMA temp_store") == [.integer(2)])
      #expect(try await database.configureWriter("PRAGMA busy_timeout") == [.integer(5000)])
    }
  }

  @Test("lies in files that only the owner can read")
  func modes() async throws {
    try await TemporaryDirectory.with { directory in
      let database = try Database.open(directory: directory.path("new/data"))
      try await database.migrate([testMigration])
      try await database.add("a")
      for (name, mode) in [
        ("new", 0o700), ("new/data", 0o700), ("new/data/everpart.sqlite", 0o600),
        ("new/data/everpart.sqlite-wal", 0o600), ("new/data/everpart.sqlite-shm", 0o600),
      ] {
        var status = stat()
        #expect(stat(directory.path(name), &status) == 0)
        #expect(Int(status.st_mode & 0o777) == mode, "\(name)")
      }
      try await database.close()
    }
  }

  @Test("is refused in a directory that others may write to")
  func othersMayWrite() async throws {
    try await TemporaryDirectory.with { directory in
      #expect(chmod(directory.path, 0o702) == 0)
      let error = #expect(throws: DatabaseError.self) {
        try Database.open(directory: directory.path)
      }
      #expect(error?.code == "database.storage")
    }
  }

  @Test("is refused where a file is no database or lies behind a link")
  func noDatabase() async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write([UInt8](repeating: 65, count: 5000), to: "everpart.sqlite")
      #expect(throws: DatabaseError.self) { try Database.open(directory: directory.path) }

      #expect(symlink(directory.path("everpart.sqlite"), directory.path("link.sqlite")) == 0)
      let error = #expect(throws: DatabaseError.self) {
        try Database.open(path: directory.path("link.sqlite"))
      }
      #expect(error?.code == "database.storage")
    }
  }

  @Test("keeps nothing of a deleted value in its files after a checkpoint")
  func shredding() async throws {
    try await TemporaryDirectory.with { directory in
      let database = try Database.open(directory: directory.path)
      try await database.migrate([testMigration])
      let secret = Array("a wrapped key that must go".utf8)
      try await database.write { try $0.run(TestStore.insertPicture, "a", secret) }
      func holdsSecret(_ name: String) throws -> Bool {
        try directory.read(name).firstRange(of: secret) != nil
      }
      #expect(try holdsSecret("everpart.sqlite-wal"))
      try await database.write { try $0.run(Statement("DELETE FROM account")) }
      try await database.checkpoint()
      #expect(try directory.read("everpart.sqlite-wal").isEmpty)
      #expect(try !holdsSecret("everpart.sqlite"))
      try await database.close()
    }
  }
}

extension [UInt8] {
  fileprivate func firstRange(of other: [UInt8]) -> Range<Int>? {
    guard count >= other.count else { return nil }
    return (0...(count - other.count)).first { self[$0..<($0 + other.count)].elementsEqual(other) }
      .map { $0..<($0 + other.count) }
  }
}
