import BureauProtocol
import Domain
import Logging

/// Puts away what the broker no longer lets this agent work on: attempts that ended while it was
/// away, whose last answer was lost, or whose job was taken from the bureau. Nothing of a design and
/// no address stays behind.
struct Sweep: Sendable {
  let place: Workplace

  /// Removes prepared parts and job sheets that no open attempt knows: a crash before the intent was
  /// in the journal leaves them. To be called at the start, before anything is prepared.
  func leftovers() throws {
    let open = place.journal.openAttempts
    for leftover in try place.folder.temporaryFiles() where !open.contains(leftover.attempt) {
      try place.folder.removeTemporary(leftover.name)
      place.logger.info("removed what a crash left", metadata: ["file": "\(leftover.name)"])
    }
  }

  /// Closes the open attempts that are over, but for jobs that are being worked on: their runs do it
  /// themselves.
  ///
  /// - Parameter jobs: the bureau's jobs as the broker has just listed them; it is asked about each
  ///   open attempt whose job is not among them.
  func attempts(_ jobs: [JobView], isBusy: (JobID) -> Bool) async throws {
    for open in place.journal.openAttempts where !isBusy(open.job) {
      let listed = jobs.first { $0.id == open.job }
      if let listed {
        try closeIfOver(open, listed)
      } else {
        do {
          try closeIfOver(open, try await place.broker.job(open.job))
        } catch let problem as Problem where problem.code == "not_found" {
          // The broker's own word: a proxy that knows no such page would say something else.
          try close(open, "the broker knows no such job of this bureau")
        } catch let problem as Problem {
          // The next sweep asks again; other jobs do not wait for this one.
          place.logger.debug(
            "not swept", metadata: ["job": "\(open.job)", "code": "\(problem.code)"])
        }
      }
    }
  }

  private func closeIfOver(_ open: Journal.Attempt, _ job: JobView) throws {
    if job.attempt != open.number {
      try close(open, "the job is at attempt \(job.attempt)")
    } else if !job.isForAgents {
      try close(open, "the job is \(job.state.rawValue)")
    } else if !place.attempt(open.number, of: open.job).isOurs(job) {
      try close(open, "another agent started it")
    }
  }

  private func close(_ open: Journal.Attempt, _ why: String) throws {
    try place.close(open.number, of: open.job)
    place.logger.info(
      "put away",
      metadata: ["job": "\(open.job)", "attempt": "\(open.number)", "why": "\(why)"])
  }
}
