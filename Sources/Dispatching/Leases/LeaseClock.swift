import Domain
import Ledger
import Synchronization

/// How long leases still hold, on the monotonic clock. Epoch and holder are in the database; the
/// time is not, so after a restart every lease has a full term from the start of the process.
///
/// When this memory and the database disagree, a lease counts as held: that may delay somebody, and
/// never lets two print.
final class LeaseClock: Sendable {
  private struct Hold {
    let epoch: Int
    let until: Duration
  }

  let term: Duration
  private let startedAt: Duration
  private let holds = Mutex<[JobID: Hold]>([:])

  init(startedAt: Duration, term: Duration) {
    self.startedAt = startedAt
    self.term = term
  }

  /// Whether somebody holds the job's newest lease at that uptime.
  func isHeld(_ job: JobRecord, at uptime: Duration) -> Bool {
    guard job.leaseHolder != nil else { return false }
    guard let hold = holds.withLock({ $0[job.id] }) else { return uptime < startedAt + term }
    return hold.epoch != job.epoch || uptime < hold.until
  }

  /// Starts or extends the hold of an epoch by a term; a lower epoch than is known changes nothing.
  func hold(_ job: JobID, epoch: Int, at uptime: Duration) {
    holds.withLock { holds in
      if let known = holds[job], known.epoch > epoch { return }
      holds[job] = Hold(epoch: epoch, until: uptime + term)
    }
  }

  /// The job's lease is over for good, or was given back.
  func forget(_ job: JobID) {
    holds.withLock { _ = $0.removeValue(forKey: job) }
  }
}
