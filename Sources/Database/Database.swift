/// The server's database: transactions over SQL text that both engines understand. SQLite is the engine;
/// see `Database.md` for the conventions of statements and migrations.
public final class Database: Sendable {
  let engine: SQLiteEngine

  private init(_ engine: SQLiteEngine) {
    self.engine = engine
  }

  /// Opens the SQLite database `everpart.sqlite` in a directory, and makes both if they are missing: the
  /// directory with mode 0700, the file with 0600. Call ``migrate()`` next.
  ///
  /// - Throws: ``DatabaseError/storage(path:reason:)`` if the directory can be written by others or the
  ///   file cannot be made; ``DatabaseError/engine(code:message:)`` if it is no SQLite database.
  public static func open(directory: String) throws -> Database {
    try open(path: directory + "/everpart.sqlite")
  }

  /// Opens the SQLite database at a path, like ``open(directory:)``.
  public static func open(path: String) throws -> Database {
    try Database(SQLiteEngine(path: path))
  }

  /// Opens the SQLite database in a directory to look at it, also while a server works on it: nothing is
  /// made, migrated or written, and ``write(_:)`` throws ``DatabaseError/readOnly``.
  ///
  /// - Throws: ``DatabaseError/storage(path:reason:)`` where there is none.
  public static func openToRead(directory: String) throws -> Database {
    try Database(SQLiteEngine(reading: directory + "/everpart.sqlite"))
  }

  /// Runs a closure in a serializable transaction and returns its result once that is durable.
  ///
  /// - An error thrown by the closure undoes all that it did and is thrown here; other writers are not
  ///   disturbed. If COMMIT fails, ``DatabaseError/commitFailed(_:)`` is thrown and nothing was done.
  /// - Waiting writers share one commit, each in a savepoint of its own. The closure may therefore run
  ///   more than once; it must have no effect but through the transaction.
  /// - Cancelling the task changes nothing: what was begun is finished, and its result is delivered.
  @discardableResult
  public func write<T: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> T
  ) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      engine.writer.submit(
        PendingWrite(
          attempt: { transaction in
            let value = try body(transaction)
            return { continuation.resume(returning: value) }
          },
          fail: { continuation.resume(throwing: $0) }
        )
      )
    }
  }

  /// Runs a closure over one snapshot: it sees everything whose `write` returned before, and nothing
  /// that is committed after its first statement. A statement that writes throws
  /// ``DatabaseError/readOnly``. A cancelled read throws `CancellationError`.
  public func read<T: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> T
  ) async throws -> T {
    try await engine.read(body)
  }

  /// Applies the migrations of this version that are missing, each in a transaction of its own.
  ///
  /// - Throws: ``DatabaseError/migrationChanged(_:)``, ``DatabaseError/migrationUnknown(_:)`` (both
  ///   before anything is touched), ``DatabaseError/migrationFailed(_:_:)``.
  public func migrate() async throws {
    try await migrate(Migration.shipped)
  }

  /// Whether the schema is this version's.
  ///
  /// - Throws: ``DatabaseError/migrationChanged(_:)``, ``DatabaseError/migrationUnknown(_:)``.
  public func isMigrated() async throws -> Bool {
    try await engine.isMigrated(Migration.shipped)
  }

  /// What is wrong with the file itself: damaged pages and indices, and rows that refer to none. Reads all
  /// of it, which takes a while; writers are not held up.
  public func damages() async throws -> [String] { try await engine.damages() }

  /// Copies the write-ahead log into the database file and empties it, so that what was deleted is gone
  /// from both. ``DatabaseError/busy`` if a read is still using the log.
  public func checkpoint() async throws {
    try await engine.checkpoint()
  }

  /// Leaves nothing in the database's files of what was deleted from tables, or destroyed in their rows: the log
  /// is copied and emptied, as by ``checkpoint()``, and in the pages of these tables everything is overwritten
  /// that is not a row. ``DatabaseError/busy`` if a read is still using the log; nothing waits long for it.
  ///
  /// What file systems and disks keep of bytes that were overwritten is out of reach.
  public func eraseRemains(of tables: [String]) async throws {
    try await engine.eraseRemains(of: tables)
  }

  /// Finishes the writes that were begun, refuses new ones and closes. Closing twice is allowed.
  public func close() async throws {
    try await engine.close()
  }

  /// What the writer has done since the database was opened.
  public var statistics: WriteStatistics { engine.writer.statistics }

  func migrate(_ migrations: [Migration]) async throws {
    try await engine.migrate(migrations)
  }

  /// The statements that make the schema, ordered by kind and name, for `Fixtures/schema`.
  func schema() async throws -> [String] {
    try await engine.schema()
  }

  /// For tests: settings of the writing connection, such as a size limit.
  func configureWriter(_ pragma: String) async throws -> [SQLValue] {
    try await engine.configureWriter(pragma)
  }
}
