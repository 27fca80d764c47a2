import Synchronization
import TestSupport
import Testing

@testable import Database

private struct Refusal: Error {}

@Suite("grouped commits")
struct GroupedCommitTests {
  @Test("32 writers that wait share one commit")
  func sharedCommit() async throws {
    try await withDatabase { database in
      let before = database.statistics
      let results = try await database.grouped(
        (0..<32).map { index in { try $0.run(TestStore.insert, "account \(index)") } }
      )
      #expect(results.allSatisfy { $0.error == nil })
      // One for the write that held the writer, one for the 32.
      #expect(database.statistics.commits - before.commits == 2)
      #expect(database.statistics.writesCommitted - before.writesCommitted == 33)
      #expect(try await database.ids().count == 32)
    }
  }

  @Test("a writer that throws is undone, and the others are not disturbed")
  func oneThrows() async throws {
    try await withDatabase { database in
      let results = try await database.grouped([
        { try $0.run(TestStore.insert, "a") },
        {
          try $0.run(TestStore.insert, "b")
          throw Refusal()
        },
        { try $0.run(TestStore.insert, "a") },
        { try $0.run(TestStore.insert, "c") },
      ])
      #expect(results.map { $0.error == nil } == [true, false, false, true])
      #expect(results[1].error is Refusal)
      #expect((results[2].error as? DatabaseError)?.isUniqueViolation(of: "account", "id") == true)
      #expect(try await database.ids() == ["a", "c"])
      #expect(database.statistics.groupsRepeated == 0)
      #expect(database.statistics.writesFailed == 2)
    }
  }

  @Test("a closure may go on after a statement that failed, which undoes only itself")
  func goesOn() async throws {
    try await withDatabase { database in
      try await database.add("a")
      try await database.write { transaction in
        #expect(throws: DatabaseError.self) { try transaction.run(TestStore.insert, "a") }
        try transaction.run(TestStore.insert, "b")
      }
      #expect(try await database.ids() == ["a", "b"])
    }
  }

  @Test("a failed COMMIT fails every write of its group, those that had thrown included")
  func failedCommit() async throws {
    try await withDatabase { database in
      let results = try await database.grouped([
        { try $0.run(TestStore.insert, "a") },
        { try $0.run(TestStore.insertEntry, 1, "nobody") },
        { _ in throw Refusal() },
        { try $0.run(TestStore.insert, "b") },
      ])
      for result in results {
        #expect(result.error as? DatabaseError == .commitFailed(.foreignKeyViolation))
      }
      #expect(try await database.ids() == [])
      try await database.add("c")
      #expect(try await database.ids() == ["c"])
    }
  }

  @Test("after-commit work runs once, after COMMIT and before the result, and not after an error")
  func afterCommit() async throws {
    try await withDatabase { database in
      let log = Log()
      try await database.write { transaction in
        transaction.afterCommit { log.add("committed") }
        log.add("closure")
      }
      log.add("result")
      #expect(log.lines == ["closure", "committed", "result"])

      _ = try? await database.write { transaction in
        transaction.afterCommit { log.add("never") }
        throw Refusal()
      }
      _ = try? await database.write { transaction in
        transaction.afterCommit { log.add("never") }
        try transaction.run(TestStore.insertEntry, 1, "nobody")
      }
      #expect(log.lines == ["closure", "committed", "result"])
    }
  }

  @Test("cancelling the caller does not take its write back")
  func cancellation() async throws {
    try await withDatabase { database in
      let gate = Gate()
      let running = Task {
        try await database.write { transaction in
          gate.hold()
          try transaction.run(TestStore.insert, "cancelled while it ran")
        }
      }
      await gate.isHolding()
      running.cancel()
      gate.open()
      try await running.value

      let cancelledBefore = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await database.add("begun when cancelled")
      }
      try await cancelledBefore.value
      #expect(try await database.ids() == ["begun when cancelled", "cancelled while it ran"])
    }
  }

  @Test("close finishes the writes that were begun and refuses new ones")
  func closing() async throws {
    try await TemporaryDirectory.with { directory in
      let database = try Database.open(directory: directory.path)
      try await database.migrate([testMigration])
      let gate = Gate()
      async let holding: Void = database.write { _ in gate.hold() }
      await gate.isHolding()
      let begun = database.submit { try $0.run(TestStore.insert, "begun") }
      let closing = Task { try await database.close() }
      gate.open()
      try await holding
      for await result in begun {
        #expect(result.error == nil)
        break
      }
      try await closing.value
      await #expect(throws: DatabaseError.closed) { try await database.add("late") }
      await #expect(throws: DatabaseError.closed) { try await database.ids() }
      await #expect(throws: DatabaseError.closed) { try await database.checkpoint() }
      try await database.close()

      let again = try Database.open(directory: directory.path)
      #expect(try await again.ids() == ["begun"])
      try await again.close()
    }
  }
}

/// What happened, in order.
final class Log: Sendable {
  private let state = Mutex<[String]>([])
  var lines: [String] { state.withLock { $0 } }
  func add(_ line: String) { state.withLock { $0.append(line) } }
}
