import BureauProtocol
import Domain
import PrintPackage

/// One attempt at a job, as this agent's journal tells it.
struct Attempt: Sendable {
  /// The part's name in the hot folder; nil if this agent never prepared it.
  let partName: String?
  /// Every name that it was prepared under.
  let partNames: Set<String>
  /// The manifest that the part came with.
  let manifestSHA256: ContentDigest?
  /// The epochs under which the broker may have been told that the attempt starts.
  let askedEpochs: Set<Int>
  /// Whether the hand-over is known to have happened.
  let isHanded: Bool
  /// What the completion says, once that is fixed.
  let outcome: PrintOutcome?
  /// Whether this agent has put the attempt away.
  let isClosed: Bool

  /// Reads an attempt's records, oldest first.
  init(_ records: [Journal.Record]) {
    let intent = records.last { $0.step == .intent }
    partName = intent?.partName
    manifestSHA256 = intent?.manifestSHA256
    partNames = Set(records.compactMap(\.partName))
    askedEpochs = Set(records.compactMap(\.epoch))
    isHanded = records.contains { $0.step == .handed }
    outcome = records.last { $0.step == .printed }?.outcome
    isClosed = records.contains { $0.step == .closed }
  }

  /// Whether this agent has something of it to work on, or to put away.
  var isOpen: Bool { partName != nil && !isClosed }

  /// Whether this agent may go on with what the broker shows: it prepared the part, and nobody else
  /// started the attempt.
  func isOurs(_ job: JobView) -> Bool {
    isOpen && (job.startedEpoch.map(askedEpochs.contains) ?? true)
  }
}

extension JobView {
  /// Whether an agent has something to do: not while a person or the carrier has.
  var isForAgents: Bool { [.accepted, .printing, .printed, .inspected].contains(state) }
}
