/// Why the database did not do it. Stores turn the violations they expect into problems for their
/// callers; everything else is a fault of ours or of the machine. No case carries a stored value, so an
/// error may go to the log.
public enum DatabaseError: Error, Sendable, Hashable {
  /// A row with the same key exists. The columns are those of the primary key or unique index; empty
  /// when the engine does not name them (an index over expressions).
  case uniqueViolation(table: String, columns: [String])
  /// A row refers to one that is not there, or one that is referred to was to go.
  case foreignKeyViolation
  /// A CHECK failed; the constraint's name, or its expression when it has no name.
  case checkViolation(String)
  /// NULL in a NOT NULL column, given as `table.column`.
  case notNullViolation(String)
  /// A value of another type than its column's.
  case typeViolation(String)
  /// A text argument contains NUL, which PostgreSQL cannot store. `$n` counts from 1.
  case nul(argument: Int)
  /// The statement takes another number of arguments.
  case argumentCount(expected: Int, given: Int)
  /// The statement begins with a verb that belongs to this module (`COMMIT`, `PRAGMA`, …).
  case statementRefused(verb: String)
  /// The result has no such column.
  case columnMissing(String)
  /// The column holds another type, or NULL.
  case columnMismatch(column: String, expected: String)
  /// A write inside ``Database/read(_:)``.
  case readOnly
  /// The transaction is over: it was used after its closure returned, or an earlier error ended it.
  case transactionOver
  /// COMMIT failed and nothing of the transaction is visible. After a failed write to disk followed by
  /// a crash it may still be found committed, so a caller who tries again must be idempotent.
  indirect case commitFailed(DatabaseError)
  /// The disk, or the database's size limit, is full.
  case full
  /// Another process holds the lock, and did not let go within the busy timeout.
  case busy
  /// The database is closed.
  case closed
  /// A file or directory of the database could not be made or used as it has to be.
  case storage(path: String, reason: String)
  /// A shipped migration differs from the one that was applied here.
  case migrationChanged(String)
  /// This database was migrated by a newer version, which knows this migration and we do not.
  case migrationUnknown(String)
  /// A migration failed and was rolled back.
  indirect case migrationFailed(String, DatabaseError)
  /// Any other error of the engine: its code and message.
  case engine(code: Int, message: String)

  /// The stable code, for logs and problems.
  public var code: String {
    switch self {
    case .uniqueViolation: "database.unique_violation"
    case .foreignKeyViolation: "database.foreign_key_violation"
    case .checkViolation: "database.check_violation"
    case .notNullViolation: "database.not_null_violation"
    case .typeViolation: "database.type_violation"
    case .nul: "database.nul"
    case .argumentCount: "database.argument_count"
    case .statementRefused: "database.statement_refused"
    case .columnMissing: "database.column_missing"
    case .columnMismatch: "database.column_mismatch"
    case .readOnly: "database.read_only"
    case .transactionOver: "database.transaction_over"
    case .commitFailed: "database.commit_failed"
    case .full: "database.full"
    case .busy: "database.busy"
    case .closed: "database.closed"
    case .storage: "database.storage"
    case .migrationChanged: "database.migration_changed"
    case .migrationUnknown: "database.migration_unknown"
    case .migrationFailed: "database.migration_failed"
    case .engine: "database.engine"
    }
  }

  /// Whether this is a violation of uniqueness in `table`, and over exactly these columns if they are
  /// given (in any order).
  public func isUniqueViolation(of table: String, _ columns: String...) -> Bool {
    guard case .uniqueViolation(table, let violated) = self else { return false }
    return columns.isEmpty || Set(columns) == Set(violated)
  }
}

extension DatabaseError: CustomStringConvertible {
  /// For the operator: the code and what is known, never a stored value.
  public var description: String {
    switch self {
    case .uniqueViolation(let table, let columns):
      "\(code): \(table) (\(columns.joined(separator: ", ")))"
    case .checkViolation(let what), .notNullViolation(let what), .typeViolation(let what),
      .columnMissing(let what):
      "\(code): \(what)"
    case .nul(let argument): "\(code): argument $\(argument) contains NUL"
    case .argumentCount(let expected, let given): "\(code): expected \(expected), given \(given)"
    case .statementRefused(let verb): "\(code): \(verb)"
    case .columnMismatch(let column, let expected): "\(code): \(column) is not \(expected)"
    case .commitFailed(let reason): "\(code): \(reason)"
    case .storage(let path, let reason): "\(code): \(path): \(reason)"
    case .migrationChanged(let name):
      "\(code): \(name) is not the migration that was applied to this database"
    case .migrationUnknown(let name):
      "\(code): \(name) was applied by a newer version; this one cannot use the database"
    case .migrationFailed(let name, let reason): "\(code): \(name): \(reason)"
    case .engine(let engineCode, let message): "\(code): \(engineCode) \(message)"
    case .foreignKeyViolation, .readOnly, .transactionOver, .full, .busy, .closed: code
    }
  }
}
