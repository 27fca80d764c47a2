import BureauProtocol
import PrintPackage

/// A report as it is kept: what was sent and, of a completion, what it was verified to say.
struct StoredReport: Codable, Sendable {
  let report: Report
  let completion: Completion?

  /// Whether two reports say the same. A completion that was signed again, or under a later epoch of
  /// the same attempt, still says the same; its signatures were verified before it came here.
  func saysTheSame(as other: StoredReport) -> Bool {
    switch (completion, other.completion) {
    case (nil, nil): report == other.report
    case (let mine?, let theirs?): mine.withoutEpoch == theirs.withoutEpoch
    default: false
    }
  }
}

extension Completion {
  fileprivate var withoutEpoch: Completion {
    Completion(
      job: job, bureau: bureau, attempt: attempt, epoch: 0, manifestSHA256: manifestSHA256,
      quantity: quantity, machine: machine, materialLot: materialLot, completedAt: completedAt)
  }
}
