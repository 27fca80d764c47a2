public import Database
public import Domain

/// What a job begins with.
public struct NewJob: Sendable, Hashable {
  let id: JobID
  let brand: BrandID
  let order: OrderID
  let part: PartID
  let design: DesignID
  let revision: RevisionID
  let profile: ProfileID
  let licence: LicenceID
  let quantity: Int
  let productionDay: CalendarDay
  let dueDay: CalendarDay

  /// A quantity of one part of one order, to be started on the production day and with the customer
  /// on the due day.
  public init(
    id: JobID, brand: BrandID, order: OrderID, part: PartID, design: DesignID,
    revision: RevisionID, profile: ProfileID, licence: LicenceID, quantity: Int,
    productionDay: CalendarDay, dueDay: CalendarDay
  ) {
    self.id = id
    self.brand = brand
    self.order = order
    self.part = part
    self.design = design
    self.revision = revision
    self.profile = profile
    self.licence = licence
    self.quantity = quantity
    self.productionDay = productionDay
    self.dueDay = dueDay
  }
}

/// A job as a transaction read it.
public struct JobRecord: Sendable, Hashable {
  /// Its identifier.
  public let id: JobID
  /// The brand that it belongs to.
  public let brand: BrandID
  /// The order that it serves.
  public let order: OrderID
  /// The part that was ordered.
  public let part: PartID
  /// The design behind the part.
  public let design: DesignID
  /// The revision that was current when the order was placed.
  public let revision: RevisionID
  /// The revision's print profile that the part was sold in then.
  public let profile: ProfileID
  /// The licence that it counts against.
  public let licence: LicenceID
  /// How many units.
  public let quantity: Int
  /// Where it stands.
  public internal(set) var state: JobState
  /// Grows by one with every event.
  public internal(set) var version: Int
  /// Counts prints from 1.
  public internal(set) var attempt: Int
  /// The bureau that is asked or prints.
  public internal(set) var bureau: BureauID?
  /// The bureau's machine.
  public internal(set) var machine: MachineID?
  /// The epoch of the last lease granted; 0 before the first.
  public let epoch: Int
  /// The agent that holds the last lease granted.
  public let leaseHolder: String?
  /// The promised start.
  public internal(set) var productionDay: CalendarDay
  /// The promised arrival.
  public internal(set) var dueDay: CalendarDay

  /// The promised days together.
  public internal(set) var days: JobDays {
    get { JobDays(production: productionDay, due: dueDay) }
    set { (productionDay, dueDay) = (newValue.production, newValue.due) }
  }

  init(_ job: NewJob) {
    (id, brand, order, part) = (job.id, job.brand, job.order, job.part)
    (design, revision, profile, licence) = (job.design, job.revision, job.profile, job.licence)
    (quantity, productionDay, dueDay) = (job.quantity, job.productionDay, job.dueDay)
    (state, version, attempt, epoch, leaseHolder) = (.queued, 1, 1, 0, nil)
  }

  /// Reads a row that has all of the table's columns but `created_at`.
  public init(row: Row) throws {
    id = try row.identifier("id")
    brand = try row.identifier("brand_id")
    order = try row.identifier("order_id")
    part = try row.identifier("part_id")
    design = try row.identifier("design_id")
    revision = try row.identifier("revision_id")
    profile = try row.identifier("profile_id")
    licence = try row.identifier("licence_id")
    quantity = try row.integer("quantity")
    state = try row.named("state")
    version = try row.integer("version")
    attempt = try row.integer("attempt")
    bureau = try row.identifierOrNil("bureau_id")
    machine = try row.identifierOrNil("machine_id")
    epoch = try row.integer("epoch")
    leaseHolder = try row.textOrNil("lease_holder")
    productionDay = try row.day("production_day")
    dueDay = try row.day("due_day")
  }
}

/// One step of an order, as its brand may see it; of the data a customer is shown less.
public struct EventRecord: Sendable, Hashable, Codable {
  /// Its identifier.
  public let id: EventID
  /// The job that moved.
  public let job: JobID
  /// The job's version after the step; a reader ignores one that is not higher than the last seen.
  public let version: Int
  /// `order.placed` or `job.<event>`.
  public let kind: String
  /// Ids and plain texts that go with it.
  public let data: [String: String]
  /// When.
  public let at: Instant

  init(row: Row) throws {
    id = try row.identifier("id")
    job = try row.identifier("job_id")
    version = try row.integer("version")
    kind = try row.text("kind")
    data = try row.json("data")
    at = try row.instant("at")
  }
}
