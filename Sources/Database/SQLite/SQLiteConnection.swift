import Foundation
import GRDB

/// Statements on one SQLite connection, in this module's values and errors.
struct SQLiteConnection {
  let database: GRDB.Database

  var isInsideTransaction: Bool { database.isInsideTransaction }

  /// All rows up to `limit`. A statement that writes must be stepped to its end, so the limit only
  /// shortens statements that read.
  func rows(_ statement: Statement, _ arguments: [SQLValue], limit: Int) throws -> [Row] {
    let prepared = try prepare(statement, arguments)
    return try translatingErrors {
      let cursor = try GRDB.Row.fetchCursor(prepared, arguments: Self.bound(arguments))
      let columns = prepared.columnNames
      var rows: [Row] = []
      while let row = try cursor.next() {
        if rows.count < limit {
          let values = try columns.indices.map { try Self.value(row, $0) }
          rows.append(Row(columns: columns, values: values))
        } else if prepared.isReadonly {
          break
        }
      }
      return rows
    }
  }

  func run(_ statement: Statement, _ arguments: [SQLValue]) throws -> Int {
    let prepared = try prepare(statement, arguments)
    return try translatingErrors {
      try prepared.execute(arguments: Self.bound(arguments))
      return prepared.isReadonly ? 0 : database.changesCount
    }
  }

  private func prepare(
    _ statement: Statement,
    _ arguments: [SQLValue]
  ) throws -> GRDB.Statement {
    if let verb = statement.refusedVerb { throw DatabaseError.statementRefused(verb: verb) }
    guard statement.parameterCount == arguments.count else {
      throw DatabaseError.argumentCount(
        expected: statement.parameterCount,
        given: arguments.count
      )
    }
    for (index, argument) in arguments.enumerated() {
      if case .text(let text) = argument, text.utf8.contains(0) {
        throw DatabaseError.nul(argument: index + 1)
      }
    }
    return try translatingErrors { try database.cachedStatement(sql: statement.sqliteSQL) }
  }

  private static func bound(_ arguments: [SQLValue]) -> StatementArguments {
    StatementArguments(
      arguments.map { argument -> (any DatabaseValueConvertible)? in
        switch argument {
        case .null: nil
        case .integer(let integer): integer
        case .real(let double): double
        case .text(let text): text
        case .blob(let bytes): Data(bytes)
        }
      }
    )
  }

  private static func value(_ row: GRDB.Row, _ index: Int) throws -> SQLValue {
    let value: DatabaseValue = row[index]
    return switch value.storage {
    case .null: .null
    case .int64(let integer): .integer(integer)
    case .double(let double): .real(double)
    case .string(let text): .text(text)
    case .blob(let data): .blob([UInt8](data))
    }
  }
}
