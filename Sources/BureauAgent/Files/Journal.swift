import Domain
import FoundationEssentials
import Glibc
import PrintPackage
import Synchronization

/// What the agent has done, in order, on disk before the next thing happens: an append-only file of
/// lines, each 16 hexadecimal digits of a SHA-256, a space and the record's JSON.
///
/// A crash while a line is written leaves a torn last line; that record did not happen, and opening
/// cuts it off. A line in the middle that does not check is damage that only a person can judge.
final class Journal: Sendable {
  /// A step of one attempt.
  struct Record: Codable, Hashable, Sendable {
    /// The steps in their order.
    enum Step: String, Codable, Sendable {
      /// The part lies beside its final name, and is about to get it.
      case intent
      /// The broker is about to be told, under the lease of ``epoch``, that the attempt starts.
      case asked
      /// The bureau's tools have it.
      case handed
      /// What the completion says is fixed.
      case printed
      /// The broker has accepted the completion: the part file may go.
      case completed
      /// The job is over for this agent, or waits for a person.
      case closed
    }

    var step: Step
    var job: JobID
    var attempt: Int
    var at: Instant
    /// With `intent`: the digest of the manifest that the part came with.
    var manifestSHA256: ContentDigest?
    /// With `intent`: the part's name in the hot folder.
    var partName: String?
    /// With `asked`: the lease's epoch.
    var epoch: Int?
    /// With `printed`: what the bureau's tools said.
    var outcome: PrintOutcome?
  }

  /// Which attempt at which job.
  struct Attempt: Hashable, Sendable {
    let job: JobID
    let number: Int
  }

  private struct State {
    let descriptor: Int32
    var records: [Attempt: [Record]] = [:]
    /// With an `intent` and without a `closed`.
    var open: Set<Attempt> = []

    mutating func take(_ record: Record) {
      let attempt = Attempt(job: record.job, number: record.attempt)
      records[attempt, default: []].append(record)
      switch record.step {
      case .intent: open.insert(attempt)
      case .closed: open.remove(attempt)
      default: break
      }
    }
  }

  private let path: String
  private let state: Mutex<State>

  /// Opens a journal and reads it.
  ///
  /// - Throws: `agent.journal` if a line before the last one does not check.
  init(path: String) throws {
    self.path = path
    let bytes = try SmallFile.read(path, bytesMax: 256 << 20) ?? []
    let (records, length) = try Self.parse(bytes, path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0, ftruncate(descriptor, off_t(length)) == 0,
      lseek(descriptor, 0, SEEK_END) >= 0, fsync(descriptor) == 0
    else { throw AgentDirectory.problem(path) }
    try SmallFile.synchronizeDirectory(of: path)
    var known = State(descriptor: descriptor)
    records.forEach { known.take($0) }
    state = Mutex(known)
  }

  deinit { _ = state.withLock { close($0.descriptor) } }

  /// Appends a record; it is on disk when this returns.
  func append(_ record: Record) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = Array(try encoder.encode(record))
    let line = Self.check(body) + [UInt8(ascii: " ")] + body + [UInt8(ascii: "\n")]
    try state.withLock {
      // A failed write may have left a part of the line: cut it off before anything follows it.
      let length = lseek($0.descriptor, 0, SEEK_END)
      do {
        try SmallFile.write(line, to: $0.descriptor, path)
        guard fsync($0.descriptor) == 0 else { throw AgentDirectory.problem(path) }
      } catch {
        _ = ftruncate($0.descriptor, length)
        _ = lseek($0.descriptor, length, SEEK_SET)
        throw error
      }
      $0.take(record)
    }
  }

  /// An attempt's records, oldest first.
  func records(of job: JobID, attempt: Int) -> [Record] {
    state.withLock { $0.records[Attempt(job: job, number: attempt)] ?? [] }
  }

  /// The attempts that were begun and not closed.
  var openAttempts: Set<Attempt> { state.withLock { $0.open } }

  private static func check(_ body: [UInt8]) -> [UInt8] {
    Array(ContentDigest(of: body).description.utf8.suffix(64).prefix(16))
  }

  /// The records, and how many bytes of the file they take.
  private static func parse(_ bytes: [UInt8], _ path: String) throws -> ([Record], Int) {
    var (records, start): ([Record], Int) = ([], 0)
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = bytes[start..<end]
      let body = Array(line.dropFirst(17))
      guard line.count > 17, Array(line.prefix(17)) == check(body) + [UInt8(ascii: " ")],
        let record = try? JSONDecoder().decode(Record.self, from: Data(body))
      else {
        if end == bytes.count - 1 { break }
        throw Problem(
          .failed, "agent.journal",
          "Line \(records.count + 1) of \(path) is damaged. Compare the hot folder with the "
            + "broker's jobs before you move the journal away.")
      }
      records.append(record)
      start = end + 1
    }
    return (records, start)
  }
}
