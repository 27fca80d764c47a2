import TestSupport
import Testing

@testable import Database

private enum RemainsStore: StatementCatalogue {
  static let insert = Statement(
    "INSERT INTO secret (id, text, key, version) VALUES ($1, $2, $3, 1)")
  static let wrap = Statement("UPDATE secret SET key = $1, version = 2 WHERE id = $2")
  static let destroy = Statement("UPDATE secret SET key = NULL")
  static let texts = Statement("SELECT id, text FROM secret ORDER BY id")
  static let statements = [insert, wrap, destroy, texts]
}

private let secrets = Migration(
  1, "m001_secrets",
  Array(
    """
    CREATE TABLE secret (
      id TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL, key BYTEA, version BIGINT NOT NULL);
    """.utf8))

extension SQLiteRemains {
  /// Whether the log keeps it from overwriting anything.
  func isBusy(overwriting tables: [String]) -> Bool {
    do {
      try overwrite(in: tables)
    } catch DatabaseError.busy {
      return true
    } catch {}
    return false
  }
}

@Suite("What is destroyed in a database", .timeLimit(.minutes(2)))
struct RemainsTests {
  private let directory: TemporaryDirectory
  private let database: Database

  init() async throws {
    directory = try TemporaryDirectory()
    database = try Database.open(directory: directory.path)
    try await database.migrate([secrets])
  }

  /// How many of these keys are in any of the database's files.
  private func left(of keys: [[UInt8]]) throws -> Int { try directory.keys(keys) }

  /// Rows that move between pages when they grow, as keys do that are wrapped anew; all keys that there
  /// ever were.
  private func fill(_ count: Int) async throws -> [[UInt8]] {
    var generator = SeededGenerator(seed: 5)
    func key() -> [UInt8] { (0..<97).map { _ in .random(in: 0...255, using: &generator) } }
    let rows = (0..<count).map { _ in
      (
        id: (0..<4).map { _ in String(UInt32.random(in: 0 ... .max, using: &generator)) }.joined(),
        text: String(repeating: "x", count: .random(in: 400..<460, using: &generator)),
        keys: [key(), key()]
      )
    }
    try await database.write { transaction in
      for row in rows {
        try transaction.run(RemainsStore.insert, row.id, row.text, row.keys[0])
      }
    }
    let byID = rows.sorted { $0.id < $1.id }
    for start in stride(from: 0, to: count, by: 100) {
      try await database.write { transaction in
        for row in byID[start..<min(start + 100, count)] {
          try transaction.run(RemainsStore.wrap, row.keys[1], row.id)
        }
      }
    }
    return rows.flatMap(\.keys)
  }

  @Test("is nowhere in its files, also where SQLite had moved rows from page to page")
  func erased() async throws {
    let keys = try await fill(3000)
    let before = try await database.read { try $0.rows(RemainsStore.texts) }
    try await database.write { try $0.run(RemainsStore.destroy) }
    try await database.checkpoint()
    let wasLeft = try left(of: keys)
    try await database.eraseRemains(of: ["secret"])
    #expect(try left(of: keys) == 0)
    print("remains: \(wasLeft) of \(keys.count) keys were left by secure_delete alone")
    #expect(try await database.damages().isEmpty)
    #expect(try await database.read { try $0.rows(RemainsStore.texts) } == before)
    // Nothing that the connection still had in memory brings them back.
    try await database.write { try $0.run(Statement("UPDATE secret SET text = text || 'y'")) }
    try await database.checkpoint()
    #expect(try left(of: keys) == 0)
    try await database.close()
  }

  @Test("in the middle of every page of the table is overwritten, and in no other")
  func planted() async throws {
    _ = try await fill(300)
    try await database.checkpoint()
    try await database.close()
    // What a moved row would leave, in every page that has room for it; the schema's page is none of the
    // table's.
    let marker = Array("what remains of a key".utf8)
    var bytes = try directory.read("everpart.sqlite")
    var planted = 0
    for page in stride(from: 4096, to: bytes.count, by: 4096) where bytes[page] == 0x0D {
      let cells = Int(bytes[page + 3]) << 8 | Int(bytes[page + 4])
      let content = Int(bytes[page + 5]) << 8 | Int(bytes[page + 6])
      let gap = (page + 8 + 2 * cells)..<(page + content)
      guard gap.count >= marker.count else { continue }
      bytes.replaceSubrange(gap.lowerBound..<(gap.lowerBound + marker.count), with: marker)
      planted += 1
    }
    #expect(planted > 30)
    try directory.write(bytes, to: "everpart.sqlite")
    func count() throws -> Int {
      let bytes = try directory.read("everpart.sqlite")
      return stride(from: 0, to: bytes.count, by: 4096).count { page in
        ByteSearch([marker]).found(in: Array(bytes[page..<(page + 4096)])).count == 1
      }
    }
    let again = try Database.open(directory: directory.path)
    let before = try await again.read { try $0.rows(RemainsStore.texts) }
    #expect(before.count == 300)
    try await again.eraseRemains(of: [])
    #expect(try count() == planted)
    try await again.eraseRemains(of: ["secret"])
    // That of the migrations' table.
    #expect(try count() == 1)
    #expect(try await again.damages().isEmpty)
    #expect(try await again.read { try $0.rows(RemainsStore.texts) } == before)
    try await again.close()
  }

  @Test("waits for no read that uses the log, and holds up no writer for it")
  func busy() async throws {
    try await database.write { try $0.run(RemainsStore.insert, "a", "b", [UInt8]([1])) }
    let gate = Gate()
    let reading = Task { [database] in
      try await database.read { transaction in
        _ = try transaction.rows(RemainsStore.texts)
        gate.hold()
      }
    }
    await gate.isHolding()
    try await database.write { try $0.run(RemainsStore.destroy) }
    let start = ContinuousClock.now
    await #expect(throws: DatabaseError.busy) {
      try await database.eraseRemains(of: ["secret"])
    }
    #expect(ContinuousClock.now - start < .seconds(4), "the patience of a lock is five seconds")
    #expect(
      try await database.configureWriter("PRAGMA busy_timeout") == [.integer(5000)])
    try await database.write { try $0.run(RemainsStore.insert, "c", "d", [UInt8]([1])) }
    gate.open()
    _ = try await reading.value
    try await database.eraseRemains(of: ["secret"])
    try await database.close()
  }

  @Test("a table that is not there, or a page that is none of a tree, is an error and no damage")
  func refused() async throws {
    await #expect(throws: DatabaseError.self) { try await database.eraseRemains(of: ["other"]) }
    #expect(try await database.damages().isEmpty)
    try await database.write { try $0.run(RemainsStore.insert, "a", "b", [UInt8]([1])) }
    try await database.close()
  }
}
