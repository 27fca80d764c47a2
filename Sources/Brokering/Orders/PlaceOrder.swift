import Database
public import Domain
import Ledger
import Sealing

/// What is asked for: `POST /v1/storefront/orders`.
public struct PlaceOrder: Hashable, Sendable, Codable {
  /// The part.
  public var part: PartID
  /// How many, 1 to 10,000.
  public var quantity: Int
  /// Where to.
  public var shipTo: ShipTo

  /// An order to place.
  public init(part: PartID, quantity: Int, shipTo: ShipTo) {
    self.part = part
    self.quantity = quantity
    self.shipTo = shipTo
  }

  private enum CodingKeys: String, CodingKey {
    case part, quantity
    case shipTo = "ship_to"
  }

  /// The highest quantity of one order.
  static let quantityMax = 10_000

  /// Refuses what is out of its limits (`order.quantity`, `order.ship_to`).
  func check() throws(Problem) {
    guard (1...Self.quantityMax).contains(quantity) else {
      throw Problem(.invalid, "order.quantity", "An order is for 1 to 10,000 of a part.")
    }
    try shipTo.check()
  }
}

extension Orders {
  /// The longest idempotency key in bytes.
  static let idempotencyKeyBytesMax = 255

  /// Places an order for a brand's customer. When this returns, the order, its reserved licence
  /// units, its job, the decision and the offer are durable, all or none.
  ///
  /// An order that no bureau can make is stored and returned as `unmakeable`, with its units given
  /// back. A repeat with the same key and request returns the order as it is now, with `replayed`;
  /// one that comes while the first is still being placed waits for it, so `in flight` is never
  /// answered.
  ///
  /// - Throws: `forbidden` for a principal without a brand, `idempotency.key`,
  ///   `idempotency.mismatch` for a used key with another request, `order.quantity`,
  ///   `order.ship_to`, `order.total`, `not_found` for another brand's part, `part.withdrawn`,
  ///   `licence.count_exhausted`.
  public func place(
    _ request: PlaceOrder, principal: Principal, idempotencyKey: String
  ) async throws -> (order: OrderView, replayed: Bool) {
    guard let brand = principal.brand else {
      throw Problem(.forbidden, "forbidden", "Only a brand or its storefront places orders.")
    }
    try Self.check(idempotencyKey: idempotencyKey)
    try request.check()
    // A version of the wrapping key may be retired between the steps.
    return try await KeyVersions.tryingAgain {
      try await place(request, brand: brand, scope: principal.scope, key: idempotencyKey)
    }
  }

  private func place(
    _ request: PlaceOrder, brand: BrandID, scope: String, key: String
  ) async throws -> (order: OrderView, replayed: Bool) {
    let now = ambient.now()
    let order = ambient.identifier(OrderID.self, at: now)
    let (sealed, code) = try await sealedShipTo.seal(
      request, order: order, brand: brand, ambient: ambient)
    let placing = Placing(
      order: order, job: ambient.identifier(at: now), brand: brand, request: request,
      sealed: sealed,
      idempotent: IdempotentRequest(
        scope: scope, key: key, fingerprint: code),
      now: now)
    let placed = try await database.write { transaction in try self.place(placing, transaction) }
    switch placed {
    case .new(let view): return (view, false)
    case .earlier(let earlier):
      guard
        try await sealedShipTo.isRequest(
          request, code: earlier.requestCode, wrappedKey: earlier.wrappedKey, order: earlier.order,
          brand: brand)
      else { throw IdempotentRequest.mismatch }
      return (try await self.order(brand: brand, earlier.order), true)
    }
  }

  private static func check(idempotencyKey key: String) throws(Problem) {
    guard (1...idempotencyKeyBytesMax).contains(key.utf8.count),
      key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw Problem(
        .malformed, "idempotency.key",
        "An idempotency key is 1 to 255 printable ASCII characters without spaces.")
    }
  }

  /// The transaction. A crash before its commit leaves nothing; the caller repeats with its key.
  private func place(_ placing: Placing, _ transaction: Transaction) throws -> Placed {
    let (brand, now, request) = (placing.brand, placing.now, placing.request)
    if let earlier = try placing.idempotent.earlier(
      transaction, or: placing.order.text, at: now)
    {
      // A key of this brand that made something else than an order was used with another request.
      guard let row = try transaction.row(OrderStore.shipToKey, earlier.resource, brand) else {
        throw IdempotentRequest.mismatch
      }
      return .earlier(try EarlierRequest(row: row, requestCode: earlier.fingerprint))
    }
    let part = try OrderedPart(
      row: transaction.row(OrderStore.part, request.part, brand).orAbsent("part"))
    guard part.isOrderable else {
      throw Problem(
        .conflict, "part.withdrawn",
        "The part cannot be ordered now: its brand has withdrawn the design revision behind it.")
    }
    guard let total = part.price.times(request.quantity) else {
      throw Problem(.invalid, "order.total", "The total of that quantity is too large.")
    }
    let place = request.shipTo.coordinates.coarse
    try KeyVersions.use(transaction, placing.sealed.wrappedKey.version)
    try transaction.run(
      OrderStore.insert, placing.order, brand, part.id, request.quantity, total.minorUnits,
      total.currency.code, OrderState.placed.rawValue, request.shipTo.country.code,
      Int((place.latitude * 10).rounded()), Int((place.longitude * 10).rounded()),
      placing.sealed.bytes, placing.sealed.wrappedKey.bytes, placing.sealed.wrappedKey.version, now,
      placing.job)
    let created = try ledger.createJob(
      transaction,
      NewJob(
        id: placing.job, brand: brand, order: placing.order, part: part.id, design: part.design,
        revision: part.revision, profile: part.profile, licence: part.licence,
        quantity: request.quantity,
        // Printing starts the day after the order at the earliest.
        productionDay: now.day + 1, dueDay: now.day + part.leadDays), at: now)
    try ledger.reserve(
      transaction, licence: part.licence, brand: brand, units: request.quantity, job: created.id,
      at: now)
    let job: JobRecord
    if let candidate = try assignment.first(
      transaction, job: created, keys: part.keys, destination: place, at: now)
    {
      job = try offers.make(transaction, created, candidate, now)
    } else {
      try ledger.giveBack(
        transaction, licence: part.licence, brand: brand, units: request.quantity, job: created.id,
        at: now)
      _ = try ledger.advance(transaction, created, by: .exhaust, at: now)
      return .new(
        try Self.view(transaction, placing.order, brand: brand, viewer: .storefront, at: now))
    }
    return .new(
      try OrderView(
        placed: placing.order, request, part: part, total: total, job: job, at: now))
  }

  private struct Placing: Sendable {
    let order: OrderID
    let job: JobID
    let brand: BrandID
    let request: PlaceOrder
    let sealed: SealedShipTo.Sealed
    let idempotent: IdempotentRequest
    let now: Instant
  }

  private enum Placed: Sendable {
    case new(OrderView)
    case earlier(EarlierRequest)
  }

  private struct EarlierRequest: Sendable {
    let order: OrderID
    let requestCode: [UInt8]
    let wrappedKey: WrappedSecret

    init(row: Row, requestCode: [UInt8]) throws {
      order = try row.identifier("id")
      self.requestCode = requestCode
      wrappedKey = try WrappedSecret(shipToKeyIn: row)
    }
  }
}
