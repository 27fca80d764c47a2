public import Database
public import Domain

extension Ledger {
  /// Stores a new job: queued, version 1, attempt 1, epoch 0, with the event `order.placed`.
  public func createJob(
    _ transaction: Transaction, _ job: NewJob, at now: Instant
  ) throws -> JobRecord {
    let record = JobRecord(job)
    try transaction.run(
      JobStore.insert, job.id, job.brand, job.order, job.part, job.design, job.revision,
      job.profile, job.licence, job.quantity, record.state.rawValue, record.version, record.attempt,
      record.epoch, job.productionDay, job.dueDay, now)
    try appendEvent(transaction, of: record, kind: "order.placed", data: [:], at: now)
    return record
  }

  /// A job, whoever's: the caller compares `brand` or `bureau` before it shows anything.
  public func job(_ transaction: Transaction, _ id: JobID) throws -> JobRecord? {
    try transaction.row(JobStore.select, id).map(JobRecord.init(row:))
  }

  /// The job of a brand's order.
  public func jobOfOrder(
    _ transaction: Transaction, _ order: OrderID, brand: BrandID
  ) throws -> JobRecord? {
    try transaction.row(JobStore.ofOrder, order, brand).map(JobRecord.init(row:))
  }

  /// The jobs of a revision that no bureau has finished printing, and that are not over or held.
  public func unprintedJobs(
    _ transaction: Transaction, of revision: RevisionID, brand: BrandID
  ) throws -> [JobRecord] {
    try transaction.rows(JobStore.unprinted, revision, brand).map(JobRecord.init(row:))
  }

  /// How many jobs of a revision there are in each state that is neither over nor with the carrier; a lost
  /// one may have to be printed again.
  public func unfinishedJobs(
    _ transaction: Transaction, of revision: RevisionID, brand: BrandID
  ) throws -> [JobState: Int] {
    try transaction.rows(JobStore.unfinishedCounts, revision, brand).reduce(into: [:]) {
      $0[try $1.named("state")] = try $1.integer("count")
    }
  }

  /// Moves a job by an event, its order with it, and appends the event `job.<event>` that carries
  /// the new version. A failed inspection, a retry or another bureau begins the next attempt; the
  /// promised days move as ``JobDays/after(_:today:)`` says.
  ///
  /// - Parameters:
  ///   - job: the job as this transaction read it.
  ///   - assignment: the bureau and machine that the job goes to from here; nil leaves it as it is,
  ///     and an event after which the bureau has no more to do with the job clears it.
  ///   - data: what the brand learns from the event, and a customer in part; ids and plain texts,
  ///     never personal data.
  /// - Throws: `job.state` or `order.state` where the event does not fit.
  public func advance(
    _ transaction: Transaction, _ job: JobRecord, by event: JobEvent,
    assigning assignment: (bureau: BureauID, machine: MachineID)? = nil,
    data: [String: String] = [:], at now: Instant
  ) throws -> JobRecord {
    var next = job
    next.state = try job.state.after(event)
    next.version += 1
    next.days = job.days.after(event, today: now.day)
    if [.fail, .retry, .reassign].contains(event) { next.attempt += 1 }
    // A bureau that was asked before a restored copy was made may have answered since; nobody may ask it
    // to print as if it had.
    let wasOnlyAsked = event == .recover && job.state == .offered
    if [.decline, .expire, .cancel, .reassign, .abandon].contains(event) || wasOnlyAsked {
      next.bureau = nil
      next.machine = nil
    } else if event == .withdraw, next.state == .queued {
      // Nobody is asked; a bureau that has the job keeps it, held.
      next.bureau = nil
      next.machine = nil
    }
    if let assignment { (next.bureau, next.machine) = (assignment.bureau, assignment.machine) }
    guard
      try transaction.run(
        JobStore.advance, next.state.rawValue, next.version, next.attempt, next.bureau?.text,
        next.machine?.text, next.productionDay, next.dueDay, job.id, job.version,
        job.brand) == 1
    else {
      throw Problem(
        .conflict, "job.changed", "The job changed in the meantime; read it again and retry.")
    }
    if let orderEvent = event.orderEvent {
      try advanceOrder(transaction, job, by: orderEvent)
    }
    try appendEvent(transaction, of: next, kind: "job.\(event.rawValue)", data: data, at: now)
    // The bureau that had it or was asked, and the one that has it or is asked now.
    if let bureau = job.bureau { announce(transaction, to: bureau) }
    if let bureau = next.bureau, bureau != job.bureau { announce(transaction, to: bureau) }
    return next
  }

  /// An order's events, oldest first.
  ///
  /// - Parameters:
  ///   - version: only those after this version of the job.
  ///   - event: only those after this one of them.
  ///   - moving: only those that the order noticed, which a customer may see.
  public func events(
    _ transaction: Transaction, order: OrderID, brand: BrandID, after version: Int = 0,
    startingAfter event: EventID? = nil, moving: Bool = false, limit: Int = 200
  ) throws -> [EventRecord] {
    try transaction.rows(
      moving ? EventStore.moving : EventStore.ofOrder, order, brand, version, event?.text ?? "",
      limit
    ).map(EventRecord.init(row:))
  }

  /// Wakes, after the commit, who waits for a change of a bureau's offers and jobs.
  public func announce(_ transaction: Transaction, to bureau: BureauID) {
    transaction.afterCommit { [bureauSignals] in bureauSignals.notify(bureau) }
  }

  private func advanceOrder(
    _ transaction: Transaction, _ job: JobRecord, by event: OrderEvent
  ) throws {
    guard let row = try transaction.row(JobStore.orderState, job.order, job.brand) else {
      throw Problem.failed("job \(job.id) has no order")
    }
    let state: OrderState = try row.named("state")
    try transaction.run(
      JobStore.moveOrder, try state.after(event).rawValue, job.order, job.brand)
  }

  private func appendEvent(
    _ transaction: Transaction, of job: JobRecord, kind: String, data: [String: String],
    at now: Instant
  ) throws {
    var json = JSONWriter()
    json.object(data)
    try transaction.run(
      EventStore.insert, job.id, job.version, ambient.identifier(EventID.self, at: now), job.brand,
      kind, json.text, now)
    if let orderSignals { transaction.afterCommit { orderSignals.notify(job.order) } }
  }
}

/// The SQL of jobs and of their orders' states.
public enum JobStore: StatementCatalogue {
  static let columns = """
    id, brand_id, order_id, part_id, design_id, revision_id, profile_id, licence_id, quantity, state,
    version, attempt, bureau_id, machine_id, epoch, lease_holder, production_day, due_day
    """
  static let insert = Statement(
    """
    INSERT INTO job (
      id, brand_id, order_id, part_id, design_id, revision_id, profile_id, licence_id, quantity, state,
      version, attempt, epoch, production_day, due_day, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    """)
  static let select = Statement("SELECT \(columns) FROM job WHERE id = $1")
  static let ofOrder = Statement(
    """
    SELECT \(columns) FROM job
    WHERE id = (SELECT job_id FROM customer_order WHERE id = $1 AND brand_id = $2) AND brand_id = $2
    """)
  // Rare, and of any revision few: not worth an index that every order would write to.
  static let unprinted = Statement(
    """
    SELECT \(columns) FROM job
    WHERE revision_id = $1 AND brand_id = $2
      AND state IN ('queued', 'offered', 'accepted', 'printing') ORDER BY id
    """)
  static let unfinishedCounts = Statement(
    """
    SELECT state, COUNT(*) AS count FROM job
    WHERE revision_id = $1 AND brand_id = $2
      AND state IN (
        'queued', 'offered', 'accepted', 'printing', 'printed', 'inspected', 'lost', 'held')
    GROUP BY state
    """)
  static let advance = Statement(
    """
    UPDATE job SET state = $1, version = $2, attempt = $3, bureau_id = $4, machine_id = $5,
      production_day = $6, due_day = $7
    WHERE id = $8 AND version = $9 AND brand_id = $10
    """)
  static let orderState = Statement(
    "SELECT state FROM customer_order WHERE id = $1 AND brand_id = $2")
  static let moveOrder = Statement(
    "UPDATE customer_order SET state = $1 WHERE id = $2 AND brand_id = $3")

  /// All of them.
  public static let statements = [
    insert, select, ofOrder, unprinted, unfinishedCounts, advance, orderState, moveOrder,
  ]
}

/// The events' SQL.
public enum EventStore: StatementCatalogue {
  static let insert = Statement(
    """
    INSERT INTO event (job_id, version, id, brand_id, kind, data, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)
  private static func page(_ condition: String = "") -> String {
    """
    SELECT event.job_id, event.version, event.id, event.kind, event.data, event.at FROM event
    WHERE event.job_id = (SELECT job_id FROM customer_order WHERE id = $1 AND brand_id = $2)
      AND event.brand_id = $2 AND event.version > $3
      AND event.version > COALESCE(
        (SELECT seen.version FROM event AS seen
          WHERE seen.job_id = event.job_id AND seen.id = $4), 0)
      \(condition)
    ORDER BY event.version LIMIT $5
    """
  }
  private static let movingKinds =
    ["order.placed"]
    + JobEvent.allCases.filter { $0.orderEvent != nil }.map { "job.\($0.rawValue)" }
  static let ofOrder = Statement(page())
  /// In the statement, so that a page of what a customer sees is as full as any.
  static let moving = Statement(
    page("AND event.kind IN (\(movingKinds.map { "'\($0)'" }.joined(separator: ", ")))"))

  /// All of them.
  public static let statements = [insert, ofOrder, moving]
}
