import GRDB
import GRDBSQLite
import Glibc

/// Overwrites what the pages of tables hold of rows that are not there any more.
///
/// `secure_delete` overwrites a row where it is deleted or changed, and pages that become free. It does not
/// overwrite the copies that SQLite leaves when it moves rows between pages: `rebuildPage` (btree.c) writes the
/// rows that stay to the end of their page, and what was in its unallocated middle, between the array of cell
/// pointers and the first cell, stays there until another row comes to lie on it. A key that is destroyed where
/// it is could be read from there.
///
/// No statement reaches these bytes, so they are overwritten in the file, through SQLite's own handle. They mean
/// nothing by the page's own header (https://www.sqlite.org/fileformat2.html#b_tree_pages), so that a crash
/// between two writes, or within one, leaves a database that is whole.
struct SQLiteRemains {
  let database: GRDB.Database

  private struct Damaged: Error {}
  private typealias Page = [UInt8]

  /// Leaves nothing in the pages of these tables but their rows. The log has to be empty, because it could have
  /// newer pages; nobody may write meanwhile.
  ///
  /// - Throws: ``DatabaseError/busy`` when the log is not empty.
  func overwrite(in tables: [String]) throws {
    // A page that this connection has in memory would be written back with its remains.
    defer { sqlite3_db_release_memory(database.sqliteConnection) }
    try database.execute(sql: "BEGIN IMMEDIATE")
    defer { try? database.execute(sql: "ROLLBACK") }
    try requireEmptyLog()
    let pageBytes = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
    let pageCount = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
    var isChanged = false
    for table in tables {
      let root = try Int.fetchOne(
        database, sql: "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?",
        arguments: [table])
      var open = [root ?? 0]
      var seen = 0
      while let number = open.popLast() {
        seen += 1
        guard (2...pageCount).contains(number), seen <= pageCount else { throw damaged(table) }
        var page = Page(repeating: 0, count: pageBytes)
        try transfer(&page, at: (number - 1) * pageBytes, writing: false)
        do {
          let (gap, children) = try Self.read(page)
          open += children
          guard page[gap].contains(where: { $0 != 0 }) else { continue }
          page.replaceSubrange(gap, with: repeatElement(0, count: gap.count))
          try transfer(&page, at: (number - 1) * pageBytes, writing: true)
          isChanged = true
        } catch is Damaged {
          throw damaged(table)
        }
      }
    }
    if isChanged { try synchronise() }
  }

  /// Where a page of a B-tree has nothing, and the pages below it.
  private static func read(_ page: Page) throws -> (gap: Range<Int>, children: [Int]) {
    func word(_ offset: Int, _ bytes: Int) throws -> Int {
      guard offset + bytes <= page.count else { throw Damaged() }
      return page[offset..<(offset + bytes)].reduce(0) { $0 << 8 | Int($1) }
    }
    // Index and table, interior and leaf.
    guard [0x02, 0x05, 0x0A, 0x0D].contains(page.first) else { throw Damaged() }
    let isLeaf = page[0] >= 0x0A
    let cells = try word(3, 2)
    let pointers = isLeaf ? 8 : 12
    let (end, content) = (pointers + 2 * cells, try word(5, 2))
    // 0 means 65,536, which a page of that size has when it is empty.
    let start = content == 0 ? 65_536 : content
    guard end <= start, start <= page.count else { throw Damaged() }
    guard !isLeaf else { return (end..<start, []) }
    let children = try (0..<cells).map { try word(word(pointers + 2 * $0, 2), 4) }
    return (end..<start, children + [try word(8, 4)])
  }

  private func damaged(_ table: String) -> DatabaseError {
    .engine(code: Int(SQLITE_CORRUPT), message: "a page of \(table) is none of a B-tree")
  }

  private func requireEmptyLog() throws {
    guard let path = sqlite3_db_filename(database.sqliteConnection, "main") else { return }
    var status = stat()
    guard stat(String(cString: path) + "-wal", &status) != 0 || status.st_size == 0 else {
      throw DatabaseError.busy
    }
  }

  // MARK: the file

  /// Reads or writes a whole page. The handle is the connection's own: closing another one would give up the
  /// locks that this process has on the file.
  private func transfer(_ page: inout Page, at offset: Int, writing: Bool) throws {
    let file = try handle()
    let result = page.withUnsafeMutableBytes { bytes in
      let (count, place) = (Int32(bytes.count), sqlite3_int64(offset))
      return writing
        ? file.pointee.pMethods.pointee.xWrite(file, bytes.baseAddress, count, place)
        : file.pointee.pMethods.pointee.xRead(file, bytes.baseAddress, count, place)
    }
    try check(result)
  }

  private func synchronise() throws {
    let file = try handle()
    try check(file.pointee.pMethods.pointee.xSync(file, SQLITE_SYNC_NORMAL))
  }

  private func handle() throws -> UnsafeMutablePointer<sqlite3_file> {
    var file: UnsafeMutablePointer<sqlite3_file>?
    try check(
      sqlite3_file_control(
        database.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file))
    guard let file else { throw DatabaseError.closed }
    return file
  }

  private func check(_ result: Int32) throws {
    guard result == SQLITE_OK else {
      throw DatabaseError(GRDB.DatabaseError(resultCode: ResultCode(rawValue: result)))
    }
  }
}
