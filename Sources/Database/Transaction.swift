/// What a closure given to ``Database/write(_:)`` or ``Database/read(_:)`` works with. It is good until
/// that closure returns; afterwards every call throws ``DatabaseError/transactionOver``.
///
/// The closure of a write may run more than once before its one commit (when another writer's failure
/// took the shared transaction down), so it must have no effect but through this object.
public final class Transaction {
  private let connection: SQLiteConnection
  private var isOver = false
  private(set) var afterCommitWork: [@Sendable () -> Void] = []

  init(_ connection: SQLiteConnection) {
    self.connection = connection
  }

  /// Runs a statement and returns all its rows.
  public func rows(_ statement: Statement, _ arguments: any SQLConvertible...) throws -> [Row] {
    try fetch(statement, arguments, limit: .max)
  }

  /// Runs a statement and returns its first row, or nil if there is none.
  public func row(_ statement: Statement, _ arguments: any SQLConvertible...) throws -> Row? {
    try fetch(statement, arguments, limit: 1).first
  }

  /// Runs a statement and returns how many rows it inserted, updated or deleted itself (cascades are
  /// not counted).
  @discardableResult
  public func run(_ statement: Statement, _ arguments: any SQLConvertible...) throws -> Int {
    try checkUsable()
    return try connection.run(statement, arguments.map(\.sqlValue))
  }

  /// Hands over work to do once COMMIT has succeeded, before the writer's result is delivered: a wake-up,
  /// never something that must happen, because a crash between the two loses it. It runs on the
  /// database's own thread, so it must be short and must not wait. In a read it runs when the read ends.
  public func afterCommit(_ work: @escaping @Sendable () -> Void) {
    afterCommitWork.append(work)
  }

  func end() { isOver = true }

  func fetch(
    _ statement: Statement,
    _ arguments: [any SQLConvertible],
    limit: Int
  ) throws -> [Row] {
    try checkUsable()
    return try connection.rows(statement, arguments.map(\.sqlValue), limit: limit)
  }

  /// After SQLITE_FULL and the like the engine may have ended the transaction; a closure that swallowed
  /// that error must not go on, each statement in a transaction of its own.
  private func checkUsable() throws {
    guard !isOver, connection.isInsideTransaction else { throw DatabaseError.transactionOver }
  }
}
