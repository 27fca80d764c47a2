import GRDB

/// Runs SQLite calls and turns their errors into ours. Errors of other types pass.
func translatingErrors<T>(_ body: () throws -> T) throws -> T {
  do {
    return try body()
  } catch let error as GRDB.DatabaseError {
    throw DatabaseError(error)
  }
}

extension DatabaseError {
  /// From an SQLite result code (https://www.sqlite.org/rescode.html). The message names columns and
  /// constraints; the statement's arguments are never in it.
  init(_ error: GRDB.DatabaseError) {
    let message = error.message ?? ""
    let code = error.extendedResultCode
    switch code {
    case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
      self = .uniqueViolation(message: message)
    case .SQLITE_CONSTRAINT_FOREIGNKEY: self = .foreignKeyViolation
    case .SQLITE_CONSTRAINT_CHECK: self = .checkViolation(Self.subject(message))
    case .SQLITE_CONSTRAINT_NOTNULL: self = .notNullViolation(Self.subject(message))
    case .SQLITE_CONSTRAINT_DATATYPE: self = .typeViolation(message)
    default:
      switch error.resultCode {
      case .SQLITE_FULL: self = .full
      case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
      case .SQLITE_READONLY: self = .readOnly
      default: self = .engine(code: Int(code.rawValue), message: message)
      }
    }
  }

  /// "UNIQUE constraint failed: t.a, t.b", or "… failed: index 'name'" for an index over expressions.
  private static func uniqueViolation(message: String) -> DatabaseError {
    let names = subject(message).split(separator: ",").map { name in
      name.split(separator: ".").map { $0.filter { $0 != " " } }
    }
    guard let table = names.first?.first, names.allSatisfy({ $0.count == 2 }) else {
      return .uniqueViolation(table: subject(message), columns: [])
    }
    return .uniqueViolation(table: table, columns: names.map { $0[1] })
  }

  private static func subject(_ message: String) -> String {
    guard let colon = message.firstIndex(of: ":") else { return message }
    return String(message[message.index(after: colon)...].drop { $0 == " " })
  }
}
