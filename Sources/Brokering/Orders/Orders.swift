public import Database
public import Domain
public import Ledger
import Matching
public import Sealing

/// What the dispatcher does in a transaction of ours.
public struct OfferDesk: Sendable {
  /// Offers a queued job to a candidate and returns the job as offered.
  public var make: @Sendable (Transaction, JobRecord, Candidate, Instant) throws -> JobRecord
  /// Takes back the open offer of a job that is about to be cancelled.
  public var withdraw: @Sendable (Transaction, JobRecord, Instant) throws -> Void

  /// The dispatcher's two closures.
  public init(
    make: @escaping @Sendable (Transaction, JobRecord, Candidate, Instant) throws -> JobRecord,
    withdraw: @escaping @Sendable (Transaction, JobRecord, Instant) throws -> Void
  ) {
    self.make = make
    self.withdraw = withdraw
  }
}

/// What customers buy: placing, reading and cancelling orders.
public struct Orders: Sendable {
  let database: Database
  let ledger: Ledger
  let assignment: Assignment
  let sealedShipTo: SealedShipTo
  let offers: OfferDesk
  let ambient: Ambient

  /// Orders kept in a database; their jobs go to bureaus through the offer desk.
  public init(
    database: Database, ledger: Ledger, assignment: Assignment, keys: any KeyHolder,
    offers: OfferDesk, ambient: Ambient
  ) {
    self.database = database
    self.ledger = ledger
    self.assignment = assignment
    sealedShipTo = SealedShipTo(keys: keys)
    self.offers = offers
    self.ambient = ambient
  }

  /// A brand's order; `not_found` for another's.
  public func order(
    brand: BrandID, _ id: OrderID, viewer: OrderViewer = .storefront
  ) async throws -> OrderView {
    let now = ambient.now()
    return try await database.read { transaction in
      try Self.view(transaction, id, brand: brand, viewer: viewer, at: now)
    }
  }

  /// A brand's orders, newest first. Why an order is unmakeable is in the order itself, not here.
  public func orders(
    brand: BrandID, limit: Int = 20, after: OrderID? = nil, viewer: OrderViewer = .storefront
  ) async throws -> Page<OrderView> {
    let limit = try Page<OrderView>.checked(limit: limit)
    let rows = try await database.read { transaction in
      try transaction.rows(OrderStore.list, brand, after.cursor, limit + 1)
    }
    let today = ambient.now().day
    return Page(
      try rows.map { try OrderView(row: $0, viewer: viewer, today: today) }, limit: limit)
  }

  /// A page of an order's events, oldest first, after a version or one of them. A customer sees the steps
  /// that move the order and of their data the carrier and the tracking number.
  public func events(
    brand: BrandID, order: OrderID, after version: Int = 0, limit: Int = 20,
    startingAfter event: EventID? = nil, viewer: OrderViewer = .storefront
  ) async throws -> Page<OrderEventView> {
    let limit = try Page<OrderEventView>.checked(limit: limit)
    return try await database.read { [ledger] transaction in
      _ = try transaction.row(OrderStore.exists, order, brand).orAbsent("order")
      return Page(
        try ledger.events(
          transaction, order: order, brand: brand, after: version, startingAfter: event,
          moving: viewer == .storefront, limit: limit + 1
        ).map { OrderEventView($0, viewer: viewer) }, limit: limit)
    }
  }

  /// How an order's bureaus were chosen, oldest first, at most 100: for the brand, never for a
  /// customer.
  public func decisions(brand: BrandID, order: OrderID) async throws -> [DecisionView] {
    try await database.read { transaction in
      _ = try transaction.row(OrderStore.exists, order, brand).orAbsent("order")
      return try transaction.rows(AssignmentStore.decisions, order, brand).map { row in
        var decision = try DecisionView(row: row)
        for bureau in decision.outcome.bureaus {
          decision.bureauNames[bureau.text] =
            try transaction.row(AssignmentStore.bureauName, bureau)?.text("name")
        }
        return decision
      }
    }
  }

  /// An order as a transaction sees it.
  static func view(
    _ transaction: Transaction, _ id: OrderID, brand: BrandID, viewer: OrderViewer, at now: Instant
  ) throws -> OrderView {
    let row = try transaction.row(OrderStore.select, id, brand).orAbsent("order")
    var view = try OrderView(row: row, viewer: viewer, today: now.day)
    guard view.state == .unmakeable else { return view }
    guard let outcome = try transaction.row(AssignmentStore.lastOutcome, id, brand) else {
      return view
    }
    let decided: DecisionOutcome = try outcome.json("outcome")
    view.reasons = decided.reasons.filter { viewer == .brand || $0.audience == .everyone }
      .map { OrderView.Reason(code: $0.code, count: $0.count) }
    return view
  }
}
