import Database
public import Domain
import Ledger

/// Who looks at an order, and so how much of it is shown.
public enum OrderViewer: Hashable, Sendable {
  /// A customer, through a storefront: nothing of bureaus, offers and terms.
  case storefront
  /// The brand that sells the part.
  case brand
}

/// An order. The address is not in it: that opens only for the bureau that accepted the job.
public struct OrderView: Hashable, Sendable, Codable {
  /// The part that was ordered.
  public struct Part: Hashable, Sendable, Codable {
    /// Its identifier.
    public var id: PartID
    /// The brand's own number for it.
    public var sku: String
    /// Its name.
    public var name: String
  }

  /// What the brand sees of the job.
  public struct Job: Hashable, Sendable, Codable {
    /// Its identifier.
    public var id: JobID
    /// Where it stands.
    public var state: JobState
    /// Counts prints from 1.
    public var attempt: Int
    /// The bureau that is asked or prints, if any.
    public var bureau: BureauID?
    /// The revision that the order was placed on, which it keeps.
    public var revision: RevisionID
    /// The print profile that it was placed on, which it keeps, too.
    public var profile: ProfileID
    /// That profile's name.
    public var profileName: String
    /// Why the brand has withdrawn that revision, if it has: nothing more is printed, and the order waits
    /// to be cancelled or abandoned.
    public var withdrawalReason: String?

    private enum CodingKeys: String, CodingKey {
      case id, state, attempt, bureau, revision, profile
      case profileName = "profile_name"
      case withdrawalReason = "withdrawal_reason"
    }
  }

  /// How often a reason stood against a bureau, without saying which.
  public struct Reason: Hashable, Sendable, Codable {
    /// The reason's code.
    public var code: String
    /// How many bureaus it stood against.
    public var count: Int
  }

  /// Its identifier.
  public var id: OrderID
  /// Where it stands.
  public var state: OrderState
  /// Grows with every event of it; an event carries the version that it made.
  public var version: Int
  /// What was ordered.
  public var part: Part
  /// How many.
  public var quantity: Int
  /// What it costs in all.
  public var total: Money
  /// The country that it goes to.
  public var country: Country
  /// When it was placed.
  public var placedAt: Instant
  /// The day by which it should arrive.
  public var dueDay: CalendarDay
  /// What can be done with it now: `cancel`, `delivered`, and for the brand `reassign`, `abandon`,
  /// `retry`, `lost`.
  public var actions: [String]
  /// Why nobody can make it, when that is so.
  public var reasons: [Reason]?
  /// The job, for the brand only.
  public var job: Job?

  private enum CodingKeys: String, CodingKey {
    case id, state, version, part, quantity, total, country, actions, reasons, job
    case placedAt = "placed_at"
    case dueDay = "due_day"
  }
}

extension OrderView {
  init(row: Row, viewer: OrderViewer, today: CalendarDay) throws {
    let job = Job(
      id: try row.identifier("job_id"), state: try row.named("job_state"),
      attempt: try row.integer("attempt"), bureau: try row.identifierOrNil("bureau_id"),
      revision: try row.identifier("revision_id"), profile: try row.identifier("profile_id"),
      profileName: try row.text("profile_name"),
      withdrawalReason: try row.textOrNil("withdrawal_reason"))
    let state: OrderState = try row.named("state")
    self.init(
      id: try row.identifier("id"), state: state, version: try row.integer("version"),
      part: Part(
        id: try row.identifier("part_id"), sku: try row.text("sku"), name: try row.text("name")),
      quantity: try row.integer("quantity"), total: try row.money("total_minor"),
      country: try row.country("country"), placedAt: try row.instant("placed_at"),
      dueDay: try row.day("due_day"),
      actions: Self.actions(order: state, job: job.state), job: viewer == .brand ? job : nil)
    if viewer == .brand {
      actions += try Self.brandActions(row: row, job: job.state, today: today)
    }
  }

  /// An order that was placed in this transaction.
  init(
    placed order: OrderID, _ request: PlaceOrder, part: OrderedPart, total: Money, job: JobRecord,
    at now: Instant
  ) throws {
    let state: OrderState =
      job.state == .unmakeable ? try .placed.after(.exhaust) : .placed
    self.init(
      id: order, state: state, version: job.version,
      part: Part(id: part.id, sku: part.sku, name: part.name), quantity: request.quantity,
      total: total, country: request.shipTo.country, placedAt: now, dueDay: job.dueDay,
      actions: Self.actions(order: state, job: job.state))
  }

  private static func actions(order: OrderState, job: JobState) -> [String] {
    var actions: [String] = []
    if (try? job.after(.cancel)) != nil, (try? order.after(.cancel)) != nil {
      actions.append("cancel")
    }
    if (try? job.after(.deliver)) != nil { actions.append("delivered") }
    return actions
  }

  /// What helps with a job that a bureau has and does not finish. Whether the licence has units left
  /// for another bureau is found out by asking one.
  private static func brandActions(
    row: Row, job: JobState, today: CalendarDay
  ) throws -> [String] {
    let days = JobDays(production: try row.day("production_day"), due: try row.day("due_day"))
    var events = [JobEvent.reassign, .abandon].filter {
      (try? days.checkTakingBack(job, by: $0, today: today)) != nil
    }
    // An attempt that was started may have yielded parts: printing it again takes scrap allowance.
    // So it may after a recovery, when nobody knows; and where no bureau is known, none can.
    let scrap = try row.integer("started") == 0 ? 0 : try row.integer("quantity")
    if (try? job.after(.retry)) != nil, try row.textOrNil("bureau_id") != nil,
      try row.integer("scrap_left") >= scrap
    {
      events.append(.retry)
    }
    // The bureau's key may not receive the design any more; another bureau's may.
    if try row.integer("key_refused") > 0 { events.removeAll { $0 == .retry } }
    // Both would have it printed again.
    if try row.textOrNil("withdrawal_reason") != nil {
      events.removeAll { $0 == .retry || $0 == .reassign }
    }
    return events.map(\.rawValue) + ((try? job.after(.lose)) == nil ? [] : ["lost"])
  }
}

/// A part as placing an order reads it.
struct OrderedPart: Sendable {
  let id: PartID
  let design: DesignID
  let revision: RevisionID
  let profile: ProfileID
  let licence: LicenceID
  let sku: String
  let name: String
  let price: Money
  let leadDays: Int
  /// Whether the revision that it is sold from is not withdrawn.
  let isOrderable: Bool
  /// Which kinds of key its design may be sealed to.
  let keys: DesignKeyPolicy

  init(row: Row) throws {
    id = try row.identifier("id")
    design = try row.identifier("design_id")
    revision = try row.identifier("revision_id")
    profile = try row.identifier("profile_id")
    licence = try row.identifier("licence_id")
    sku = try row.text("sku")
    name = try row.text("name")
    price = try row.money("price_minor")
    leadDays = try row.integer("lead_days")
    isOrderable = try row.named("revision_state", as: RevisionState.self) == .released
    keys = DesignKeyPolicy(isPostQuantumOnly: try row.bool("pq_only"))
  }
}
