import Testing

@testable import Database

@Suite("reads")
struct ReadTests {
  @Test("see one snapshot while others write")
  func snapshot() async throws {
    try await withDatabase { database in
      try await database.add("before")
      let gate = Gate()
      let reading = Task {
        try await database.read { transaction in
          let first = try transaction.rows(TestStore.ids).count
          gate.hold()
          return [first, try transaction.rows(TestStore.ids).count]
        }
      }
      await gate.isHolding()
      try await database.add("meanwhile")
      gate.open()
      #expect(try await reading.value == [1, 1])
      #expect(try await database.ids() == ["before", "meanwhile"])
    }
  }

  @Test("cannot write, not even through RETURNING")
  func readOnly() async throws {
    try await withDatabase { database in
      await #expect(throws: DatabaseError.readOnly) {
        try await database.read { try $0.run(TestStore.insert, "a") }
      }
      await #expect(throws: DatabaseError.readOnly) {
        try await database.read { try $0.rows(TestStore.insertReturning, "a") }
      }
      let ids = try await database.ids()
      #expect(ids == [])
    }
  }

  @Test("go on while the writer is busy")
  func besideWriter() async throws {
    try await withDatabase { database in
      let gate = Gate()
      async let holding: Void = database.write { transaction in
        try transaction.run(TestStore.insert, "not committed")
        gate.hold()
      }
      await gate.isHolding()
      #expect(try await database.ids() == [])
      gate.open()
      try await holding
      #expect(try await database.ids() == ["not committed"])
    }
  }

  @Test("of a cancelled task throw CancellationError")
  func cancelled() async throws {
    try await withDatabase { database in
      let reading = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await database.ids()
      }
      await #expect(throws: CancellationError.self) { try await reading.value }
      let ids = try await database.ids()
      #expect(ids == [])
    }
  }

  @Test("throw the closure's own error as it is")
  func ownError() async throws {
    struct Refusal: Error {}
    try await withDatabase { database in
      await #expect(throws: Refusal.self) { try await database.read { _ in throw Refusal() } }
    }
  }
}
