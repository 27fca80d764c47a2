import Synchronization
import Testing

@testable import Database

@Suite("a transaction that the engine ends by itself")
struct LostTransactionTests {
  /// Lets the file grow by a few pages only.
  private func limit(_ database: Database) async throws {
    guard case .integer(let pages) = try await database.configureWriter("PRAGMA page_count")[0]
    else { return }
    _ = try await database.configureWriter("PRAGMA max_page_count = \(pages + 4)")
  }

  private static let large = [UInt8](repeating: 7, count: 200_000)

  @Test("fails the write that met it, and the others of the group are run again and committed")
  func groupRepeated() async throws {
    try await withDatabase { database in
      try await limit(database)
      let runs = Log()
      let results = try await database.grouped([
        { transaction in
          runs.add("a")
          try transaction.run(TestStore.insert, "a")
        },
        { try $0.run(TestStore.insertPicture, "too large", Self.large) },
        { transaction in
          runs.add("b")
          try transaction.run(TestStore.insert, "b")
        },
      ])
      #expect(results[0].error == nil)
      #expect(results[1].error as? DatabaseError == .full)
      #expect(results[2].error == nil)
      #expect(runs.lines == ["a", "a", "b"])
      #expect(database.statistics.groupsRepeated == 1)
      #expect(try await database.ids() == ["a", "b"])
    }
  }

  @Test("a closure that swallows it can neither go on nor succeed")
  func swallowed() async throws {
    try await withDatabase { database in
      try await limit(database)
      let results = try await database.grouped([
        { transaction in
          #expect(throws: DatabaseError.full) {
            try transaction.run(TestStore.insertPicture, "too large", Self.large)
          }
          // It would be a transaction of its own.
          #expect(throws: DatabaseError.transactionOver) {
            try transaction.run(TestStore.insert, "alone")
          }
        },
        { _ = try $0.run(TestStore.insert, "b") },
      ])
      #expect(results[0].error as? DatabaseError == .transactionOver)
      #expect(results[1].error == nil)
      #expect(try await database.ids() == ["b"])
    }
  }

  @Test("many of them in one group end, each write with its own answer")
  func manyLost() async throws {
    try await withDatabase { database in
      try await limit(database)
      let results = try await database.grouped(
        (0..<20).map { index in
          { transaction in
            if index.isMultiple(of: 2) {
              try transaction.run(TestStore.insertPicture, "large \(index)", Self.large)
            } else {
              try transaction.run(TestStore.insert, "small \(index)")
            }
          }
        }
      )
      for (index, result) in results.enumerated() {
        #expect(result.error as? DatabaseError == (index.isMultiple(of: 2) ? .full : nil))
      }
      #expect(try await database.ids().count == 10)
    }
  }

  @Test("a transaction is over when its closure has returned")
  func escaped() async throws {
    try await withDatabase { database in
      let box = Box()
      try await database.write { transaction in box.transaction = transaction }
      #expect(throws: DatabaseError.transactionOver) {
        try box.transaction?.run(TestStore.insert, "late")
      }
    }
  }
}

/// What no code outside tests can do: carry a transaction out of its closure. The one test that uses it
/// touches it from one task at a time.
private final class Box: @unchecked Sendable {
  var transaction: Transaction?
}
