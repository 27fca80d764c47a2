import GRDB
import GRDBSQLite
import Glibc

/// Statements on one SQLite connection, in this module's values and errors.
///
/// GRDB opens the connection, keeps it to its queue, and prepares and keeps the statements. They are
/// stepped here, because its own execution trims the SQL's text and boxes every argument, each time: about
/// a tenth of what an order cost.
struct SQLiteConnection {
  let database: GRDB.Database

  var isInsideTransaction: Bool { database.isInsideTransaction }

  /// All rows up to `limit`. A statement that writes must be stepped to its end, so the limit only
  /// shortens statements that read.
  func rows(_ statement: Statement, _ arguments: [SQLValue], limit: Int) throws -> [Row] {
    var rows: [Row] = []
    try step(statement, arguments) { prepared in
      if rows.count < limit {
        let values = (0..<Int32(prepared.columnCount)).map {
          Self.value(prepared.sqliteStatement, $0)
        }
        rows.append(Row(columns: prepared.columnNames, values: values))
      }
      return rows.count < limit || !prepared.isReadonly
    }
    return rows
  }

  func run(_ statement: Statement, _ arguments: [SQLValue]) throws -> Int {
    let prepared = try step(statement, arguments) { _ in true }
    return prepared.isReadonly ? 0 : Int(sqlite3_changes(database.sqliteConnection))
  }

  /// A statement of this module's own, without arguments.
  func run(_ sql: StaticString) throws {
    try execute(prepare(sql.description)) { _ in true }
  }

  private func prepare(_ sql: String) throws -> GRDB.Statement {
    try translatingErrors { try database.cachedStatement(sql: sql) }
  }

  /// Binds and steps; `row` says whether to go on.
  @discardableResult
  private func step(
    _ statement: Statement, _ arguments: [SQLValue], _ row: (GRDB.Statement) -> Bool
  ) throws -> GRDB.Statement {
    if let verb = statement.refusedVerb { throw DatabaseError.statementRefused(verb: verb) }
    guard statement.parameterCount == arguments.count else {
      throw DatabaseError.argumentCount(
        expected: statement.parameterCount, given: arguments.count)
    }
    let prepared = try prepare(statement.sqliteSQL)
    // What was bound may be a key or an address: it does not stay behind.
    defer { sqlite3_clear_bindings(prepared.sqliteStatement) }
    for (index, argument) in arguments.enumerated() {
      try bind(argument, to: prepared.sqliteStatement, at: index + 1)
    }
    try execute(prepared, row)
    return prepared
  }

  private func execute(
    _ prepared: GRDB.Statement, _ row: (GRDB.Statement) -> Bool
  ) throws {
    let handle = prepared.sqliteStatement
    defer { sqlite3_reset(handle) }
    while true {
      switch sqlite3_step(handle) {
      case SQLITE_ROW: if !row(prepared) { return }
      case SQLITE_DONE: return
      // A read whose task was cancelled.
      case SQLITE_INTERRUPT: throw CancellationError()
      default: throw failure()
      }
    }
  }

  private func bind(_ value: SQLValue, to handle: OpaquePointer, at index: Int) throws {
    let position = Int32(index)
    let result =
      switch value {
      case .null: sqlite3_bind_null(handle, position)
      case .integer(let integer): sqlite3_bind_int64(handle, position, integer)
      case .real(let double): sqlite3_bind_double(handle, position, double)
      case .text(let text):
        try Self.withUTF8(text) { bytes in
          if let start = bytes.baseAddress, memchr(start, 0, bytes.count) != nil {
            throw DatabaseError.nul(argument: index)
          }
          return sqlite3_bind_text(
            handle, position, bytes.baseAddress, Int32(bytes.count), Self.transient)
        }
      case .blob(let bytes):
        bytes.isEmpty
          ? sqlite3_bind_zeroblob(handle, position, 0)
          : sqlite3_bind_blob64(
            handle, position, bytes, UInt64(bytes.count), Self.transient)
      }
    guard result == SQLITE_OK else { throw failure() }
  }

  /// SQLite copies what is bound before the call returns (SQLITE_TRANSIENT, a macro that Swift cannot
  /// import).
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private static func withUTF8<Result>(
    _ text: String, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    var text = text
    return try text.withUTF8(body)
  }

  private static func value(_ handle: OpaquePointer, _ column: Int32) -> SQLValue {
    return switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .integer(sqlite3_column_int64(handle, column))
    case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
    case SQLITE_TEXT:
      .text(String(decoding: bytes(sqlite3_column_text(handle, column)), as: UTF8.self))
    case SQLITE_BLOB: .blob(Array(bytes(sqlite3_column_blob(handle, column))))
    default: .null
    }

    func bytes(_ start: UnsafeRawPointer?) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }
  }

  private func failure() -> DatabaseError {
    let connection = database.sqliteConnection
    return DatabaseError(
      GRDB.DatabaseError(
        resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
        message: String(cString: sqlite3_errmsg(connection))))
  }
}
