import Database
import Dispatch
import Domain
import Ledger
import Synchronization

/// Moves the beat: in the database, then in the file outside of it. A copy of the database that is
/// restored later has a lower beat than the file, and is found out at the start.
///
/// The beat does not move on in the database before the file has the last one. So the file lags by one
/// step at most, whatever fails, and a file that lags by more was restored.
actor InstallationKeeper {
  private let database: Database
  private let file: StateFile
  private let ledger: Ledger
  private let ambient: Ambient
  /// A state that the database has and the file may not.
  private var unwritten: KnownState?
  /// What the database had committed when the last beat began, and the beat itself.
  private var commitsSeen = -1
  /// What the database had committed when an interval had passed without a commit: a copy that is made from
  /// then on has the beat that the file has, however old it becomes. While there is no such quiet: `busy`.
  private let quietSince = Atomic(-1)
  private static let busy = Int.max
  /// The ledger's last entry that the file knows.
  private var known: Int64 = -1
  private var underWay: Task<Void, any Error>?
  /// Why the last beat failed; nil when it did not.
  private var failure: (any Error)?

  init(database: Database, file: StateFile, ledger: Ledger, ambient: Ambient) {
    (self.database, self.file) = (database, file)
    (self.ledger, self.ambient) = (ledger, ambient)
  }

  /// How the database stands now, and with what.
  static func standing(
    _ database: Database, _ file: StateFile, _ ledger: Ledger
  ) async throws -> (Standing, row: Installation?, lastEntry: (number: Int64, at: Instant?)) {
    let known = try file.read()
    let (row, last) = try await database.read {
      (try Installation($0), try ledger.last($0))
    }
    return (Standing(row: row, lastEntry: last.number, file: known), row, last)
  }

  /// Refuses a database that is not the newest one.
  ///
  /// - Throws: ``InstallationError``.
  func requireCurrent() async throws {
    let (standing, row, last) = try await Self.standing(database, file, ledger)
    if let refusal = standing.refusal(row, lastEntry: last.number, path: file.path) {
      throw refusal
    }
  }

  /// Moves the beat if anything was committed since the last one: a commit and a small file each time, and
  /// nothing in the commits of others.
  func beat() async throws {
    while let underWay { _ = await underWay.result }
    let step = Task {
      defer { underWay = nil }
      do {
        try await move()
        failure = nil
      } catch {
        failure = error
        throw error
      }
    }
    underWay = step
    try await step.value
  }

  /// Returns when the file knows a ledger entry, which is committed: from then on a copy of the database
  /// that does not have it is found out. Many who ask at once share a beat.
  ///
  /// - Throws: ``InstallationError`` and `DatabaseError` where the file cannot be written.
  func cover(_ entry: Int64) async throws {
    while known < entry {
      // One that is under way may have begun before the entry was committed.
      if let underWay { _ = await underWay.result } else { try await beat() }
    }
  }

  /// Whether something was committed after a quiet time that the file does not know of yet. While there is no
  /// quiet, which is all the time under load, this is one look.
  nonisolated var isAwakened: Bool {
    let seen = quietSince.load(ordering: .acquiring)
    return seen != Self.busy && database.statistics.writesCommitted != seen
  }

  /// What awakened the broker is acknowledged after this: the file knows then that copies which were made in
  /// the quiet time are not the newest. What follows within an interval costs nothing; only a copy that is not
  /// two intervals old can still lack it unnoticed, if the broker is killed before its next beat. Many who ask
  /// at once share a beat.
  ///
  /// - Throws: ``InstallationError`` and `DatabaseError` where the file cannot be written.
  func awaken() async throws {
    while isAwakened {
      if let underWay { _ = await underWay.result } else { try await beat() }
    }
  }

  /// Throws why the last beat failed, if it did.
  func requireBeating() throws {
    if let failure { throw failure }
  }

  private func move() async throws {
    if let unwritten { try await write(unwritten) }
    let commits = database.statistics.writesCommitted
    guard commits != commitsSeen else {
      return quietSince.store(commits, ordering: .releasing)
    }
    let now = ambient.now()
    let first = Installation(id: ambient.identifier(at: now), generation: 1, beat: 1)
    let state = try await database.write { [ledger] transaction in
      let installation = try Installation(transaction)?.next ?? first
      try installation.store(transaction, at: now)
      return KnownState(
        installation: installation, ledgerNumber: try ledger.last(transaction).number, at: now)
    }
    // Its own commit is the one more: whatever else came meanwhile makes the next beat.
    commitsSeen = commits + 1
    unwritten = state
    try await write(state)
    // Not before the file has it: until then whoever has committed after the quiet time waits.
    quietSince.store(Self.busy, ordering: .releasing)
  }

  private func write(_ state: KnownState) async throws {
    // A disk that is slow must not hold a thread that tasks share.
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { [file] in
        continuation.resume(with: Result { try file.write(state) })
      }
    }
    unwritten = nil
    known = max(known, state.ledgerNumber)
  }
}
