import GRDBSQLite
import Synchronization
import TestSupport
import Testing

import class GRDB.DatabaseQueue

@testable import Database

/// How often a file was written to, and how often since it was last made durable.
private struct Writes {
  var all = 0
  var pending = 0
}

private let writes = Mutex(Writes())
nonisolated(unsafe) private var own: UnsafePointer<sqlite3_io_methods>?

/// Runs a closure while a file's writes are counted, by methods that are put before its own.
private func countingWrites(
  of file: UnsafeMutablePointer<sqlite3_file>, _ body: () throws -> Void
) rethrows -> Writes {
  writes.withLock { $0 = Writes() }
  own = file.pointee.pMethods
  var methods = file.pointee.pMethods.pointee
  methods.xWrite = { file, bytes, count, offset in
    writes.withLock { ($0.all, $0.pending) = ($0.all + 1, $0.pending + 1) }
    return own!.pointee.xWrite(file, bytes, count, offset)
  }
  methods.xSync = { file, flags in
    writes.withLock { $0.pending = 0 }
    return own!.pointee.xSync(file, flags)
  }
  try withUnsafePointer(to: methods) {
    file.pointee.pMethods = $0
    defer { file.pointee.pMethods = own }
    try body()
  }
  return writes.withLock { $0 }
}

@Suite("Remains in a database", .serialized)
struct RemainsOrderTests {
  @Test("are overwritten durably, and never while the log may have newer pages")
  func order() async throws {
    let directory = try TemporaryDirectory()
    let database = try Database.open(directory: directory.path)
    try await database.migrate([testMigration])
    let first = (0..<200).map { "a\($0)" }
    for id in first { try await database.add(id) }
    // Rows that grow move to other pages, and leave what they were.
    try await database.write {
      _ = try $0.run(
        Statement("UPDATE account SET email = id || '\(String(repeating: "x", count: 300))'"))
    }
    try await database.close()
    let queue = try DatabaseQueue(path: directory.path("everpart.sqlite"))
    try await queue.writeWithoutTransaction { connection in
      try connection.execute(sql: "UPDATE account SET balance = 7 WHERE id = 'a1'")
      let remains = SQLiteRemains(database: connection)
      #expect(remains.isBusy(overwriting: ["account"]))
      _ = try connection.checkpoint(.truncate)
      var file: UnsafeMutablePointer<sqlite3_file>?
      sqlite3_file_control(
        connection.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
      let counts = try countingWrites(of: try #require(file)) {
        try remains.overwrite(in: ["account"])
      }
      #expect(counts.all > 0, "there was nothing to overwrite")
      #expect(counts.pending == 0, "what was overwritten could come back after a power cut")
    }
    try queue.close()
  }
}
