/// Where a job stands. A lease is an attribute of a job, not a state.
public enum JobState: String, Hashable, Sendable, Codable, CaseIterable {
  /// Waits for a bureau to be chosen: the first, or the next after one did not take or make it.
  case queued
  /// One bureau has been asked and has not answered.
  case offered
  /// A bureau has accepted; the key is released to it. Also the start of every next attempt.
  case accepted
  /// The bureau's tools have the part, or are about to.
  case printing
  /// Printed, not inspected.
  case printed
  /// Passed inspection, not shipped.
  case inspected
  /// With the carrier.
  case shipped
  /// Given to the carrier, and not to be expected any more: the brand decides whether it is made again.
  case lost
  /// With the customer.
  case delivered
  /// Something that a person must decide.
  case held
  /// Ended by the customer or the brand before a bureau accepted, or abandoned by the brand after.
  case cancelled
  /// Ended because no bureau can make it.
  case unmakeable
}

/// What happens to a job.
public enum JobEvent: String, Hashable, Sendable, Codable, CaseIterable {
  /// A bureau is asked.
  case offer
  /// The asked bureau says no.
  case decline
  /// The asked bureau let the deadline pass.
  case expire
  /// The asked bureau says yes.
  case accept
  /// The part is about to be handed over to the bureau's tools.
  case start
  /// The print is finished.
  case complete
  /// Inspection passed.
  case pass
  /// Inspection failed: the next attempt begins.
  case fail
  /// The parcel left.
  case ship
  /// The parcel is lost, as the brand or the bureau says.
  case lose
  /// The parcel arrived.
  case deliver
  /// The bureau or its agent cannot know what happened.
  case hold
  /// A person decided that a held or lost job is printed again.
  case retry
  /// The customer or the brand cancels.
  case cancel
  /// The brand takes the job from its bureau, for the next one to be asked.
  case reassign
  /// The brand takes the job from its bureau and gives it up.
  case abandon
  /// The brand withdrew the revision: nothing more is printed from it.
  case withdraw
  /// No bureau is left.
  case exhaust
  /// The broker's database was restored from a copy that is older than what has happened: a person has
  /// to find out what became of the job.
  case recover
}

extension JobState {
  /// The state after an event, or a refusal (`job.state`): a total function over all pairs.
  public func after(_ event: JobEvent) throws(Problem) -> JobState {
    switch (self, event) {
    case (.queued, .offer): .offered
    case (.queued, .exhaust): .unmakeable
    case (.queued, .cancel), (.offered, .cancel): .cancelled
    case (.offered, .decline), (.offered, .expire): .queued
    case (.offered, .accept): .accepted
    case (.accepted, .start): .printing
    case (.printing, .complete): .printed
    case (.printed, .pass): .inspected
    case (.printed, .fail): .accepted
    case (.inspected, .ship): .shipped
    case (.shipped, .lose): .lost
    // One that turns up before it was decided on has arrived after all.
    case (.shipped, .deliver), (.lost, .deliver): .delivered
    case (.accepted, .hold), (.printing, .hold), (.printed, .hold), (.inspected, .hold): .held
    case (.queued, .recover), (.offered, .recover), (.accepted, .recover), (.printing, .recover),
      (.printed, .recover), (.inspected, .recover):
      .held
    case (.held, .retry), (.lost, .retry): .accepted
    // Who has no bureau stays without one, until the order is cancelled.
    case (.queued, .withdraw), (.offered, .withdraw): .queued
    case (.accepted, .withdraw), (.printing, .withdraw): .held
    case (.accepted, .reassign), (.printing, .reassign), (.printed, .reassign),
      (.inspected, .reassign), (.held, .reassign), (.lost, .reassign):
      .queued
    case (.accepted, .abandon), (.printing, .abandon), (.printed, .abandon),
      (.inspected, .abandon), (.held, .abandon), (.lost, .abandon):
      .cancelled
    case (_, .deliver):
      throw Problem(
        .conflict, "job.state",
        "Nothing was shipped that could have arrived: the job is \(rawValue).")
    default:
      throw Problem(
        .conflict, "job.state",
        "A job that is \(rawValue) does not take the event “\(event.rawValue)”.")
    }
  }

  /// Whether nothing can happen any more.
  public var isFinal: Bool { JobEvent.allCases.allSatisfy { (try? after($0)) == nil } }
}
