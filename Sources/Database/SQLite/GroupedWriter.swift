import GRDB
import Synchronization

/// A write that waits for its turn. `attempt` runs the closure and returns how to deliver its result;
/// it may be called again if the group has to be. One of the delivery and `fail` is called, once.
struct PendingWrite: Sendable {
  var attempt: @Sendable (Transaction) throws -> @Sendable () -> Void
  var fail: @Sendable (any Error) -> Void
}

/// Commits waiting writes together: one outer transaction, one fsync, a savepoint for each write.
///
/// While a group is being committed the next one gathers, so nobody waits on purpose. All of it runs on
/// the writing connection's queue, out of reach of task cancellation.
final class GroupedWriter: Sendable {
  private struct State {
    var waiting: [PendingWrite] = []
    var isRunning = false
    var isClosed = false
    var whenIdle: [@Sendable () -> Void] = []
    var statistics = WriteStatistics()
  }

  /// More writers than this share a commit only with the next ones: it bounds what one failure repeats
  /// and how long the first of a group waits.
  private static let groupMax = 128

  private let pool: DatabasePool
  private let state = Mutex(State())

  init(_ pool: DatabasePool) {
    self.pool = pool
  }

  var statistics: WriteStatistics {
    state.withLock {
      var statistics = $0.statistics
      statistics.writesWaiting = $0.waiting.count
      return statistics
    }
  }

  func submit(_ write: PendingWrite) {
    let (isClosed, isFirst) = state.withLock { state in
      if state.isClosed { return (true, false) }
      state.waiting.append(write)
      defer { state.isRunning = true }
      return (false, !state.isRunning)
    }
    if isClosed { write.fail(DatabaseError.closed) }
    if isFirst { schedule() }
  }

  /// Refuses further writes, and calls `work` when those already submitted are done.
  func close(then work: @escaping @Sendable () -> Void) {
    let isIdle = state.withLock { state in
      state.isClosed = true
      if state.isRunning { state.whenIdle.append(work) }
      return !state.isRunning
    }
    if isIdle { work() }
  }

  private func schedule() {
    pool.asyncWriteWithoutTransaction { database in
      self.runNextGroup(SQLiteConnection(database: database))
    }
  }

  private func runNextGroup(_ connection: SQLiteConnection) {
    var group = state.withLock { state in
      let group = Array(state.waiting.prefix(Self.groupMax))
      state.waiting.removeFirst(group.count)
      return group
    }
    while !group.isEmpty { group = commit(group, on: connection) }

    let whenIdle = state.withLock { state -> [@Sendable () -> Void]? in
      guard state.waiting.isEmpty else { return nil }
      state.isRunning = false
      defer { state.whenIdle = [] }
      return state.whenIdle
    }
    if let whenIdle { whenIdle.forEach { $0() } } else { schedule() }
  }

  private enum Outcome {
    case done(deliver: @Sendable () -> Void, afterCommit: [@Sendable () -> Void])
    case failed(any Error)
    case lostGroup(any Error)
  }

  /// Runs the writes in one transaction and answers all of them; returns those to run again, always
  /// fewer than were given. A crash anywhere before COMMIT returns leaves nothing of any of them.
  ///
  /// Errors too are delivered only after COMMIT: a write may have failed over a row of an earlier write
  /// in the group (a duplicate, say), which is no reason unless that row is really there.
  private func commit(_ group: [PendingWrite], on connection: SQLiteConnection) -> [PendingWrite] {
    do {
      try connection.run("BEGIN IMMEDIATE")
    } catch {
      fail(group, error)
      return []
    }
    var outcomes: [Outcome] = []
    for (index, write) in group.enumerated() {
      let outcome = run(write, on: connection)
      if case .lostGroup(let error) = outcome {
        fail([write], error)
        var others = group
        others.remove(at: index)
        if !others.isEmpty { state.withLock { $0.statistics.groupsRepeated += 1 } }
        return others
      }
      outcomes.append(outcome)
    }
    do {
      try connection.run("COMMIT")
    } catch {
      // A failed COMMIT may leave the transaction open. ROLLBACK itself only fails when there is none.
      try? connection.run("ROLLBACK")
      fail(group, DatabaseError.commitFailed(error as? DatabaseError ?? .closed))
      return []
    }
    deliver(outcomes, of: group)
    return []
  }

  private func run(_ write: PendingWrite, on connection: SQLiteConnection) -> Outcome {
    let transaction = Transaction(connection)
    do {
      try connection.run("SAVEPOINT write")
      let deliver = try write.attempt(transaction)
      transaction.end()
      guard connection.isInsideTransaction else {
        return .lostGroup(DatabaseError.transactionOver)
      }
      try connection.run("RELEASE write")
      return .done(deliver: deliver, afterCommit: transaction.afterCommitWork)
    } catch let reason {
      transaction.end()
      // SQLITE_FULL, IOERR, NOMEM and others may have rolled back everything, not just this statement:
      // https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
      guard connection.isInsideTransaction else { return .lostGroup(reason) }
      do {
        try connection.run("ROLLBACK TO write")
        try connection.run("RELEASE write")
        return .failed(reason)
      } catch {
        try? connection.run("ROLLBACK")
        return .lostGroup(reason)
      }
    }
  }

  private func deliver(_ outcomes: [Outcome], of group: [PendingWrite]) {
    state.withLock { state in
      state.statistics.commits += 1
      for case .done in outcomes { state.statistics.writesCommitted += 1 }
    }
    for (write, outcome) in zip(group, outcomes) {
      switch outcome {
      case .done(let deliver, let afterCommit):
        afterCommit.forEach { $0() }
        deliver()
      case .failed(let error), .lostGroup(let error):
        fail([write], error)
      }
    }
  }

  private func fail(_ writes: [PendingWrite], _ error: any Error) {
    state.withLock { $0.statistics.writesFailed += writes.count }
    writes.forEach { $0.fail(error) }
  }
}
