public import Database
public import Domain
public import Ledger
import Matching
public import Sealing

/// Chooses who makes a job, and says why. Its methods work in the caller's transaction; a choice and
/// what is done with it commit together.
public struct Assignment: Sendable {
  /// The gates of ``Matcher`` and the licence's; the nearest candidate first.
  static let policy = "nearest/1"

  private let database: Database
  private let ambient: Ambient
  private let sealedShipTo: SealedShipTo
  private let networks = NetworkCache()
  private let printNeeds = PrintNeedsCache()
  private let matcher = Matcher(gates: Gate.ground + [.licence])

  /// Assignment over a database. One instance serves the whole process: it keeps the network and
  /// what revisions need between calls.
  public init(database: Database, keys: any KeyHolder, ambient: Ambient) {
    self.database = database
    self.ambient = ambient
    sealedShipTo = SealedShipTo(keys: keys)
  }

  /// The best bureau that was not asked for this job before, or nil if there is none. The decision
  /// is stored either way. Throws `revision.withdrawn`: nobody is asked to print what was withdrawn.
  public func next(
    _ transaction: Transaction, job: JobRecord, at now: Instant
  ) throws -> Candidate? {
    let keys = try releasable(transaction, job)
    var answers: [BureauID: PriorAnswer] = [:]
    for row in try transaction.rows(AssignmentStore.priorOffers, job.id, job.brand) {
      let answer: PriorAnswer =
        switch try row.text("state") {
        case "declined": .declined
        case "expired": .expired
        default: .asked
        }
      answers[try row.identifier("bureau_id")] = answer
    }
    let destination = try destination(transaction, job)
    return try choose(
      transaction, job: job, keys: keys, destination: destination, answers: answers, at: now)
  }

  /// The same for a job that was created in this transaction, which has read the design's `keys`.
  func first(
    _ transaction: Transaction, job: JobRecord, keys: DesignKeyPolicy, destination: Coordinates,
    at now: Instant
  ) throws -> Candidate? {
    try choose(
      transaction, job: job, keys: keys, destination: destination, answers: [:], at: now)
  }

  /// Holds exactly this bureau and machine against every gate again, as the network is now: what was
  /// true when the offer was made may have lapsed. Throws `match.no_longer_qualified` with the codes
  /// of all reasons, and `revision.withdrawn`.
  public func recheck(
    _ transaction: Transaction, job: JobRecord, bureau: BureauID, machine: MachineID,
    at now: Instant
  ) throws {
    let keys = try releasable(transaction, job)
    let requirement = try requirement(
      transaction, job, keys, destination: try destination(transaction, job), answers: [:], at: now)
    let network = try networks.network(transaction).only(bureau, machine)
    let outcome = matcher.match(requirement, in: network)
    guard outcome.candidates.isEmpty else { return }
    let codes = Set(outcome.exclusions.flatMap { $0.reasons.map(\.code) }).sorted()
    throw Problem(
      .conflict, "match.no_longer_qualified",
      "The bureau no longer qualifies for this job: "
        + (codes.isEmpty ? "it is not in the network." : codes.joined(separator: ", ") + "."))
  }

  /// Where a job's order goes: opens the sealed address through the key holder, outside any
  /// transaction. `not_found` for an order that is not this brand's.
  public func destination(of order: OrderID, brand: BrandID) async throws -> ShipTo {
    try await KeyVersions.tryingAgain {
      let row = try await database.read { transaction in
        try transaction.row(AssignmentStore.shipTo, order, brand)
      }
      return try await sealedShipTo.open(
        SealedShipTo.Sealed(row: row.orAbsent("order")), order: order, brand: brand)
    }
  }

  /// Where a job's order goes.
  public func destination(of job: JobRecord) async throws -> ShipTo {
    try await destination(of: job.order, brand: job.brand)
  }

  private func destination(_ transaction: Transaction, _ job: JobRecord) throws -> Coordinates {
    let row = try transaction.row(AssignmentStore.destination, job.order, job.brand)
      .orAbsent("order")
    let (north, east): (Int, Int) = (
      try row.integer("latitude_e1"), try row.integer("longitude_e1")
    )
    guard let place = Coordinates(latitude: Double(north) / 10, longitude: Double(east) / 10) else {
      throw DatabaseError.columnMismatch(column: "latitude_e1", expected: "degrees")
    }
    return place
  }

  /// What a revision needs is kept for ever; whether it may be printed, and for which keys, is asked
  /// every time.
  private func releasable(_ transaction: Transaction, _ job: JobRecord) throws -> DesignKeyPolicy {
    let row = try transaction.row(AssignmentStore.revisionState, job.revision, job.brand)
      .orAbsent("revision")
    try row.named("state", as: RevisionState.self).requireReleasesKeys()
    return DesignKeyPolicy(isPostQuantumOnly: try row.bool("pq_only"))
  }

  private func requirement(
    _ transaction: Transaction, _ job: JobRecord, _ keys: DesignKeyPolicy,
    destination: Coordinates, answers: [BureauID: PriorAnswer], at now: Instant
  ) throws -> Requirement {
    let needs = try printNeeds.needs(transaction, of: job)
    return Requirement(
      process: needs.process, material: needs.material, sizes: needs.sizes,
      certifications: needs.certifications,
      // A job that found no bureau in time is printed later than promised, never in the past.
      productionDay: max(job.productionDay, now.day), destination: destination.coarse,
      licence: needs.licence, keys: keys, quantity: job.quantity, priorAnswers: answers)
  }

  private func choose(
    _ transaction: Transaction, job: JobRecord, keys: DesignKeyPolicy, destination: Coordinates,
    answers: [BureauID: PriorAnswer], at now: Instant
  ) throws -> Candidate? {
    let requirement = try requirement(
      transaction, job, keys, destination: destination, answers: answers, at: now)
    let network = try networks.network(transaction)
    let outcome = matcher.match(requirement, in: network)
    let inputs = DecisionInputs(
      revision: job.revision, profile: job.profile, licence: job.licence,
      isPostQuantumOnly: keys.isPostQuantumOnly,
      quantity: job.quantity,
      productionDay: requirement.productionDay, destination: requirement.destination,
      priorAnswers: Dictionary(uniqueKeysWithValues: answers.map { ($0.key.text, $0.value) }))
    try transaction.run(
      AssignmentStore.insertDecision, ambient.identifier(DecisionID.self, at: now), job.brand,
      job.order, network.version, Self.policy, JSONWriter(inputs).text,
      JSONWriter(DecisionOutcome(outcome)).text, now)
    return outcome.candidates.first
  }
}
