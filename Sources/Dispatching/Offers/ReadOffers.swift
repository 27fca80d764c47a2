public import BureauProtocol
import Database
public import Domain
import Ledger
import MeshFiles

extension Dispatcher {
  /// A page of the offers that wait for the bureau's answer, oldest first; or waits for others than those
  /// that were seen.
  ///
  /// - Parameters:
  ///   - limit: 1 to 100 (`page.limit`).
  ///   - seen: what the reader has seen of the list; none at all, if left out.
  ///   - wait: how long to wait while there is nothing else than that.
  public func offers(
    bureau: BureauID, limit: Int = 20, after: OfferID? = nil, seen: String? = nil,
    wait: Duration = .zero
  ) async throws -> OfferList {
    let limit = try OfferList.checked(limit: limit)
    return try await watch(bureau, seen: seen, wait: wait) { transaction in
      let now = ambient.now()
      let rows = try transaction.rows(
        OfferStore.openViews, bureau, now, after?.text ?? "", limit + 1)
      return OfferList(
        Page(try rows.map { try OfferView(row: $0, at: now, transaction) }, limit: limit),
        seen: after == nil
          ? OfferList.mark(
            of: try transaction.rows(OfferStore.openMarks, bureau, now).map { try $0.text("id") })
          : nil)
    }
  }

  /// One of the bureau's offers, whatever became of it; `not_found` for every other.
  public func offer(_ id: OfferID, bureau: BureauID) async throws -> OfferView {
    let now = ambient.now()
    return try await database.read { try offerView($0, id, bureau, at: now) }
  }

  /// Whose picture goes with one of the bureau's offers: of a revision whose brand shows it.
  ///
  /// - Throws: `not_found` for every other offer; `preview.none` where there is nothing to be seen, or the
  ///   offer is over.
  public func picturedRevision(
    _ id: OfferID, bureau: BureauID
  ) async throws -> (brand: BrandID, design: DesignID, revision: RevisionID) {
    let now = ambient.now()
    return try await database.read { transaction in
      _ = try transaction.row(OfferStore.select, id, bureau).orAbsent("offer")
      guard let row = try transaction.row(OfferStore.picture, id, bureau, now),
        try row.integer("pictures", as: Int.self) > 0
      else { throw Problem(.absent, "preview.none", "There is no picture with this offer.") }
      return (
        try row.identifier("brand_id"), try row.identifier("design_id"),
        try row.identifier("revision_id")
      )
    }
  }

  func offerView(
    _ transaction: Transaction, _ id: OfferID, _ bureau: BureauID, at now: Instant
  ) throws -> OfferView {
    guard let row = try transaction.row(OfferStore.view, id, bureau) else {
      throw Problem.absent("offer")
    }
    return try OfferView(row: row, at: now, transaction)
  }
}

extension OfferView {
  fileprivate init(row: Row, at now: Instant, _ transaction: Transaction) throws {
    let files = try transaction.rows(
      OfferStore.files, try row.text("revision_id"), try row.text("brand_id")
    ).map(OfferedFile.init(row:))
    let expiresAt = try row.instant("expires_at")
    var state: OfferState = try row.named("state")
    if state == .open, now >= expiresAt { state = .expired }
    let isPictured = try row.integer("pictures", as: Int.self) > 0
    let id: OfferID = try row.identifier("id")
    self.init(
      id: id, job: try row.identifier("job_id"), state: state,
      payout: try row.money("payout_minor"), quantity: try row.integer("quantity"),
      profile: try row.json("profile"), files: files,
      preview: isPictured && [.open, .accepted].contains(state)
        ? "/v1/bureau/offers/\(id)/preview" : nil,
      machine: try row.identifier("machine_id"), site: try row.identifier("site_id"),
      productionDay: try row.day("production_day"), dueDay: try row.day("due_day"),
      destinationCountry: try row.country("country"), createdAt: try row.instant("created_at"),
      expiresAt: expiresAt, actions: state == .open ? ["accept", "decline"] : [])
  }
}

extension OfferedFile {
  /// Of the measurement, what a bureau may know before it accepts.
  fileprivate init(row: Row) throws {
    let mesh: MeshSummary? =
      try row.textOrNil("measurement") == nil ? nil : try row.json("measurement")
    self.init(
      purpose: try row.named("purpose"), mediaType: try row.text("media_type"),
      bytes: try row.integer("plaintext_bytes"),
      unit: mesh.flatMap { $0.format == .step ? nil : MeshUnit(rawValue: $0.unit.rawValue) },
      size: mesh.flatMap { BoxSize(x: $0.size.x, y: $0.size.y, z: $0.size.z) },
      volumeCubicMillimetres: mesh.flatMap { $0.isClosed ? $0.volumeCubicMillimetres : nil },
      measuredBy: mesh?.measuredBy.flatMap { OfferedFile.MeasuredBy(rawValue: $0.rawValue) })
  }
}
