import Dispatch
import TestSupport

@testable import Database

/// A database in a directory of its own, with a small schema.
func withDatabase(
  _ migrations: [Migration] = [testMigration],
  _ body: (Database) async throws -> Void
) async throws {
  try await TemporaryDirectory.with { directory in
    let database = try Database.open(directory: directory.path)
    try await database.migrate(migrations)
    try await body(database)
    try await database.close()
  }
}

extension Migration {
  init(_ number: Int, _ name: String, _ sql: String) {
    self.init(number, name, Array(sql.utf8))
  }
}

/// `entry` has what no shipped migration may have, a deferred constraint: the one way to make COMMIT
/// itself fail.
let testMigration = Migration(
  1,
  "m001_test",
  """
  CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT UNIQUE,
    balance BIGINT NOT NULL DEFAULT 0 CONSTRAINT balance_not_negative CHECK (balance >= 0),
    picture BYTEA,
    weight DOUBLE PRECISION,
    closed BIGINT NOT NULL DEFAULT 0 CHECK (closed IN (0, 1))
  );
  CREATE TABLE entry (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED
  );
  CREATE TABLE card (
    account_id TEXT NOT NULL REFERENCES account (id),
    number BIGINT NOT NULL,
    PRIMARY KEY (account_id, number)
  );
  """
)

enum TestStore {
  static let insert = Statement("INSERT INTO account (id) VALUES ($1)")
  static let insertReturning = Statement("INSERT INTO account (id) VALUES ($1) RETURNING id")
  static let insertEntry = Statement("INSERT INTO entry (id, account_id) VALUES ($1, $2)")
  static let insertCard = Statement("INSERT INTO card (account_id, number) VALUES ($1, $2)")
  static let insertPicture = Statement("INSERT INTO account (id, picture) VALUES ($1, $2)")
  static let setEmail = Statement("UPDATE account SET email = $2 WHERE id = $1")
  static let deposit = Statement("UPDATE account SET balance = balance + $1")
  static let ids = Statement("SELECT id FROM account ORDER BY id")
  static let count = Statement("SELECT count(*) AS n FROM account")
}

extension Database {
  func ids() async throws -> [String] {
    try await read { try $0.rows(TestStore.ids).map { try $0.text("id") } }
  }

  func add(_ id: String) async throws {
    try await write { try $0.run(TestStore.insert, id) }
  }

  /// Queues a write, as `write` does, and returns at once. The stream gives how it ended.
  func submit(
    _ body: @escaping @Sendable (Transaction) throws -> Void
  ) -> AsyncStream<Result<Void, any Error>> {
    let (stream, answer) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
    engine.writer.submit(
      PendingWrite(
        attempt: { transaction in
          try body(transaction)
          return { answer.yield(.success(())) }
        },
        fail: { answer.yield(.failure($0)) }
      )
    )
    return stream
  }

  /// Holds the writer in a write of its own, queues the writes, lets the writer go and returns how each
  /// of them ended, in order.
  func grouped(
    _ writes: [@Sendable (Transaction) throws -> Void]
  ) async throws -> [Result<Void, any Error>] {
    let gate = Gate()
    async let holding: Void = write { _ in gate.hold() }
    await gate.isHolding()
    let answers = writes.map(submit)
    gate.open()
    try await holding
    var results: [Result<Void, any Error>] = []
    for answer in answers {
      for await result in answer {
        results.append(result)
        break
      }
    }
    return results
  }
}

extension Result {
  var error: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}

/// Holds the thread of a closure until it is opened.
final class Gate: Sendable {
  private let entered = AsyncStream.makeStream(of: Void.self)
  private let opened = DispatchSemaphore(value: 0)

  func hold() {
    entered.continuation.yield()
    opened.wait()
  }

  func isHolding() async {
    for await _ in entered.stream { return }
  }

  func open() { opened.signal() }
}
