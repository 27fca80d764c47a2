import BureauProtocol
import Domain
import FoundationEssentials
import Logging
import PrintPackage
import Sealing
import Synchronization

/// What a run of a job needs.
struct Workplace: Sendable {
  let broker: BrokerConnection
  let bureau: BureauID
  let holder: String
  let identity: Identity
  let signer: SigningKey
  let trust: PackageTrust
  let journal: Journal
  let folder: HotFolder
  let said: SaidOnce
  let ambient: Ambient
  let logger: Logger

  /// What an enrolled directory and a hot folder give.
  ///
  /// - Throws: `agent.not_enrolled`, `agent.journal`, `agent.directory`, `agent.hot_folder_in_use`, or
  ///   a key's own error.
  init(
    directory: AgentDirectory, hotFolder: String, ambient: Ambient, logger: Logger
  ) throws {
    guard let record = try directory.record(), let key = try directory.text(.apiKey),
      let identity = try directory.text(.identity), let signer = try directory.text(.signingKey),
      let trust = try directory.trust()
    else {
      throw Problem(
        .conflict, "agent.not_enrolled",
        "There is no enrolled agent in \(directory.path): run `everpart agent enrol` first.")
    }
    broker = BrokerConnection(
      server: record.server, key: key.trimmed, trustedRoots: record.trustedRoots)
    bureau = record.bureau
    holder = record.holder
    self.identity = try Identity(parsing: identity.trimmed)
    self.signer = try SigningKey(parsing: signer.trimmed)
    self.trust = try PackageTrust(texts: trust.keys(for: .broker))
    journal = try Journal(path: directory.path(.journal))
    folder = try HotFolder(path: hotFolder)
    said = SaidOnce()
    self.ambient = ambient
    self.logger = logger
    logger.info("agent of \(record.bureauName)")
  }

  /// An attempt as the journal tells it.
  func attempt(_ number: Int, of job: JobID) -> Attempt {
    Attempt(journal.records(of: job, attempt: number))
  }

  /// Ends an attempt for this agent: leaves nothing of it in the folder, and notes that. An attempt
  /// that was never begun here, or was closed, stays as it is.
  func close(_ number: Int, of job: JobID) throws {
    let attempt = attempt(number, of: job)
    guard attempt.isOpen else { return }
    // A crash here leaves the attempt open, and the next sweep closes it.
    for name in attempt.partNames { try folder.clear(name) }
    try journal.append(
      Journal.Record(step: .closed, job: job, attempt: number, at: ambient.now()))
  }
}

/// Remembers what was logged, so that what stays wrong is not said five times a second.
final class SaidOnce: Sendable {
  private let keysMax = 10_000
  private let keys = Mutex<Set<String>>([])

  /// Whether this is said for the first time.
  func isNew(_ key: String) -> Bool {
    keys.withLock { keys in
      if keys.count >= keysMax { keys.removeAll() }
      return keys.insert(key).inserted
    }
  }
}
