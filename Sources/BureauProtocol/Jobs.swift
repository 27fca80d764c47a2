public import Domain

/// A job as the bureau that holds it sees it.
public struct JobView: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: JobID
  /// The order that it serves.
  public var order: OrderID
  /// Where it stands.
  public var state: JobState
  /// Goes up with every change; ignore a view with a lower version than one seen before.
  public var version: Int
  /// The attempt that is being made, from 1.
  public var attempt: Int
  /// The epoch of the newest lease; 0 before the first.
  public var epoch: Int
  /// Whether an agent holds the lease now.
  public var leased: Bool
  /// The epoch under which this attempt was reported as started; nil before. It tells the agent that
  /// began an attempt from another one of the same bureau.
  public var startedEpoch: Int?
  /// What the part is called.
  public var partName: String
  /// How many to make.
  public var quantity: Int
  /// How it is made.
  public var profile: PrintProfile
  /// The machine that it was matched to.
  public var machine: MachineID
  /// What the bureau is paid.
  public var payout: Money
  /// The day on which production should begin.
  public var productionDay: CalendarDay
  /// The day on which the customer expects it.
  public var dueDay: CalendarDay
  /// What may be done with it now: `lease`, `package`, `report.started`, `report.completed`,
  /// `report.inspected`, `report.shipped`, `report.held`, `delivered`, `lost`.
  public var actions: [String]

  /// A job.
  public init(
    id: JobID, order: OrderID, state: JobState, version: Int, attempt: Int, epoch: Int,
    leased: Bool, startedEpoch: Int?, partName: String, quantity: Int, profile: PrintProfile,
    machine: MachineID, payout: Money, productionDay: CalendarDay, dueDay: CalendarDay,
    actions: [String]
  ) {
    self.id = id
    self.order = order
    self.state = state
    self.version = version
    self.attempt = attempt
    self.epoch = epoch
    self.leased = leased
    self.startedEpoch = startedEpoch
    self.partName = partName
    self.quantity = quantity
    self.profile = profile
    self.machine = machine
    self.payout = payout
    self.productionDay = productionDay
    self.dueDay = dueDay
    self.actions = actions
  }

  private enum CodingKeys: String, CodingKey {
    case id, order, state, version, attempt, epoch, leased, quantity, profile, machine, payout
    case actions
    case startedEpoch = "started_epoch"
    case partName = "part_name"
    case productionDay = "production_day"
    case dueDay = "due_day"
  }
}

/// A part of the bureau's jobs that are not finished.
public enum JobStage: String, Hashable, Sendable, Codable, CaseIterable {
  /// Those that the bureau works on: accepted, printing, printed or inspected.
  case work
  /// Those that wait for the carrier or for a person: shipped, lost or held.
  case waiting

  /// The states of its jobs.
  public var states: [JobState] {
    switch self {
    case .work: [.accepted, .printing, .printed, .inspected]
    case .waiting: [.shipped, .lost, .held]
    }
  }
}

/// The bureau's jobs that are not finished, or those of a stage, in the order of their identifiers.
public typealias JobList = WatchedPage<JobView>

/// Asks for the exclusive hold on a job.
public struct LeaseRequest: Hashable, Sendable, Codable {
  /// Who asks: a name that an agent makes once and keeps, 1 to 100 bytes of plain text. The holder
  /// that asks again gets the lease again, with the next epoch.
  public var holder: String

  /// A request.
  public init(holder: String) { self.holder = holder }
}

/// A lease that was granted.
public struct LeaseView: Hashable, Sendable, Codable {
  /// The job.
  public var job: JobID
  /// The lease's epoch, which every report and heartbeat names.
  public var epoch: Int
  /// The attempt that it is for.
  public var attempt: Int
  /// How long it holds if no heartbeat comes, in seconds. Count from the moment of asking, not of
  /// the answer: the broker's term began before it answered.
  public var termSeconds: Int
  /// The lease grant (`urn:everpart:lease-grant:1`), signed by the broker.
  public var grant: SignedStatement

  /// A lease.
  public init(job: JobID, epoch: Int, attempt: Int, termSeconds: Int, grant: SignedStatement) {
    self.job = job
    self.epoch = epoch
    self.attempt = attempt
    self.termSeconds = termSeconds
    self.grant = grant
  }

  private enum CodingKeys: String, CodingKey {
    case job, epoch, attempt, grant
    case termSeconds = "term_seconds"
  }
}

/// Says that an attempt's parcel is lost.
public struct LostRequest: Hashable, Sendable, Codable {
  /// The attempt whose parcel it is: what is said twice does not lose the next one, too.
  public var attempt: Int
  /// For the brand: 1 to 500 bytes of plain text.
  public var reason: String

  /// A lost parcel.
  public init(attempt: Int, reason: String) {
    self.attempt = attempt
    self.reason = reason
  }
}

/// Keeps a lease.
public struct HeartbeatRequest: Hashable, Sendable, Codable {
  /// The lease's epoch.
  public var epoch: Int

  /// A heartbeat.
  public init(epoch: Int) { self.epoch = epoch }
}

/// How long a lease holds.
public struct LeaseTerm: Hashable, Sendable, Codable {
  /// The lease's epoch.
  public var epoch: Int
  /// How long it holds, in seconds from the moment of the heartbeat.
  public var termSeconds: Int

  /// A term.
  public init(epoch: Int, termSeconds: Int) {
    self.epoch = epoch
    self.termSeconds = termSeconds
  }

  private enum CodingKeys: String, CodingKey {
    case epoch
    case termSeconds = "term_seconds"
  }
}
