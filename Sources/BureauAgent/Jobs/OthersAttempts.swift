import BureauProtocol
import Domain
import Logging
import Synchronization

/// Attempts that an agent with another journal started. It alone knows what became of the part, so
/// they are left alone while it may come back: as long as it holds the lease, and for a while after.
final class OthersAttempts: Sendable {
  /// How long nobody holds the lease before a person has to look.
  static let patience = Duration.seconds(15 * 60)

  private struct Sight {
    let attempt: Int
    let since: Duration
  }

  private let unleased = Mutex<[JobID: Sight]>([:])

  /// Whether nobody has held the attempt's lease for all of ``patience``, as far as this agent saw.
  ///
  /// The lease is not taken to find out: that would end the other agent's. A restart of this agent
  /// starts the count again.
  func isAbandoned(_ job: JobView, at uptime: Duration) -> Bool {
    unleased.withLock { unleased in
      guard !job.leased else {
        unleased[job.id] = nil
        return false
      }
      guard let sight = unleased[job.id], sight.attempt == job.attempt else {
        unleased[job.id] = Sight(attempt: job.attempt, since: uptime)
        return false
      }
      return uptime - sight.since >= Self.patience
    }
  }

  /// Forgets jobs that are not among these.
  func keep(_ jobs: [JobView]) {
    let ids = Set(jobs.map(\.id))
    unleased.withLock { unleased in unleased = unleased.filter { ids.contains($0.key) } }
  }
}

extension JobRun {
  /// Reports an attempt that another agent started and abandoned as held, if it still is one.
  func giveUp() async throws {
    let lease = try await place.broker.lease(id, holder: place.holder)
    let job = try await place.broker.job(id)
    guard job.attempt == lease.attempt, job.isForAgents, job.state != .accepted,
      !place.attempt(job.attempt, of: id).isOurs(job)
    else { return }
    _ = try await hold(
      job, lease,
      "Another agent of the bureau began it, and has not been heard of for 15 minutes: it is not "
        + "known what became of the part.")
  }
}
