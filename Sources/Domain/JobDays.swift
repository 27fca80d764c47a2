/// The days that a job is promised for. They decide when a bureau is late, and so when its brand may
/// take the job from it.
public struct JobDays: Hashable, Sendable {
  /// The promised start.
  public var production: CalendarDay
  /// The promised arrival.
  public var due: CalendarDay

  /// Days of a job.
  public init(production: CalendarDay, due: CalendarDay) {
    self.production = production
    self.due = due
  }

  /// The first day on which the bureau is late with a job in a state: the day after the promised
  /// start until it begins, the day after the promised arrival until it ships. `nil` in a state in
  /// which nobody is waited for, or only the carrier.
  public func lateFrom(_ state: JobState) -> CalendarDay? {
    switch state {
    case .accepted: production + 1
    case .printing, .printed, .inspected: due + 1
    case .queued, .offered, .shipped, .lost, .delivered, .held, .cancelled, .unmakeable: nil
    }
  }

  /// Refuses an event by which the brand takes a job from its bureau (`reassign`, `abandon`), unless
  /// the job is held or lost, or the bureau is late with it.
  ///
  /// - Throws: `job.state`; `job.not_overdue`, which says from which day on.
  public func checkTakingBack(
    _ state: JobState, by event: JobEvent, today: CalendarDay
  ) throws(Problem) {
    _ = try state.after(event)
    guard let late = lateFrom(state), today < late else { return }
    throw Problem(
      .conflict, "job.not_overdue",
      "The bureau is in time with a job that is \(state.rawValue). It can be taken from the bureau "
        + "when it is held or lost, or from \(late) on (days in UTC).")
  }

  /// The days after an event. Nobody is late on the day on which a print becomes theirs to begin: an
  /// attempt that opens late begins today. A job without a bureau begins tomorrow at the earliest, as
  /// a new order does, and arrives as much later as it begins; so does what is printed again after it was
  /// due.
  public func after(_ event: JobEvent, today: CalendarDay) -> JobDays {
    switch event {
    case .accept, .fail: return JobDays(production: max(production, today), due: due)
    case .retry where today <= due: return JobDays(production: max(production, today), due: due)
    case .retry: return moved(to: today)
    case .reassign: return moved(to: max(production, today + 1))
    case .offer, .decline, .expire, .start, .complete, .pass, .ship, .lose, .deliver, .hold,
      .cancel, .abandon, .exhaust, .withdraw, .recover:
      return self
    }
  }

  private func moved(to start: CalendarDay) -> JobDays {
    JobDays(
      production: start, due: due + (start.daysSinceEpoch - production.daysSinceEpoch))
  }
}
