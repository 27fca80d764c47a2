import Domain
import Foundation

/// Five orders from placement to their end, live.
struct DemoPlay {
  private struct Follow {
    let plan: DemoWorld.Order
    let order: String
    let row: Int
    var version: Int64 = 0
    var state = "placed"
  }

  private static let secondsMax = 240.0
  private let stage: DemoStage
  private var board = DemoBoard()
  private var follows: [Follow] = []
  private var hasDeclined = false
  /// Where the package of the bureau with the classical key was kept.
  private(set) var package: (path: String, bureau: DemoWorld.Bureau)?

  init(stage: DemoStage) async throws { self.stage = stage }

  /// How many orders ended how.
  var counts: (delivered: Int, unmakeable: Int) {
    (
      follows.count { $0.state == "delivered" }, follows.count { $0.state == "unmakeable" }
    )
  }

  /// The orders that nobody could make.
  var unmakeable: [String] { follows.filter { $0.state == "unmakeable" }.map(\.order) }

  mutating func run() async throws {
    for plan in DemoWorld.orders { try await place(plan) }
    let ambient = Ambient.system
    let end = ambient.uptime() + .seconds(Self.secondsMax)
    while follows.contains(where: { !["delivered", "unmakeable"].contains($0.state) }) {
      try stage.checkAlive()
      try await answerByHand()
      for index in follows.indices { try await follow(index) }
      board.draw()
      guard ambient.uptime() < end else {
        throw Problem(
          .failed, "demo.slow", "The orders did not end in time; the logs are in \(stage.root).")
      }
      try await Task.sleep(for: .milliseconds(150))
    }
  }

  private mutating func place(_ plan: DemoWorld.Order) async throws {
    guard let design = stage.designs.first(where: { $0.plan.sku == plan.part }),
      let storefront = stage.storefront
    else { return }
    let order = try await storefront.send(
      "POST", "/v1/storefront/orders",
      [
        "part": .string(design.part), "quantity": .integer(plan.quantity), "ship_to": plan.shipTo,
      ], idempotencyKey: "demo-\(follows.count)")
    let row = board.add(
      DemoBoard.Row(part: "\(plan.quantity) × \(design.plan.name)", city: plan.city, why: plan.why)
    )
    follows.append(Follow(plan: plan, order: order["id"].text, row: row))
    board.draw()
  }

  /// What the person at the bureau without automatic answers does.
  private mutating func answerByHand() async throws {
    for bureau in stage.bureaus where bureau.plan.answersByHand {
      for offer in try await bureau.client.get("/v1/bureau/offers")["data"].elements {
        let path = "/v1/bureau/offers/\(offer["id"].text)"
        if !hasDeclined {
          hasDeclined = true
          _ = try await bureau.client.post(
            "\(path)/decline", ["reason": .string(DemoWorld.declined.reason)])
        } else {
          _ = try await bureau.client.post("\(path)/accept")
        }
      }
    }
  }

  private mutating func follow(_ index: Int) async throws {
    guard let brand = stage.brand else { return }
    let (order, row) = (follows[index].order, follows[index].row)
    let path = "/v1/brand/orders/\(order)"
    let page = try await brand.get("\(path)/events?after=\(follows[index].version)")
    guard !page["data"].elements.isEmpty else { return }
    let job = try await brand.get(path)["job"]
    let bureau = stage.bureaus.first { $0.id == job["bureau"].string }
    let events = page["data"].elements
    let declined = events.lastIndex { $0["kind"] == "job.decline" } ?? -1
    for (position, event) in events.enumerated() {
      let kind = event["kind"].text
      follows[index].version = event["version"].integer ?? follows[index].version
      let state = Self.state(after: kind)
      if let state { follows[index].state = state }
      board.update(row, event: kind) {
        if let state { $0.state = state }
        // Up to a decline the job was with the bureau that declined it.
        let holder = position <= declined ? stage.bureaus.first { $0.plan.answersByHand } : bureau
        if let holder { $0.bureau = holder.plan.city }
        if kind == "job.decline" { $0.outcome = "“\(event["data"]["reason"].text)”" }
        if let tracking = event["data"]["tracking"].string {
          $0.outcome = "\(event["data"]["carrier"].text) \(Terminal.plain(tracking))"
        }
      }
      if kind == "job.accept", let bureau, bureau.plan.classicalKey, package == nil {
        try await keepPackage(job["id"].text, bureau)
      }
      if kind == "job.ship" { try await deliver(index, job["id"].text, bureau) }
    }
  }

  /// The parcel arrives: now the customer says so, now the carrier.
  private func deliver(_ index: Int, _ job: String, _ bureau: DemoStage.Bureau?) async throws {
    if index.isMultiple(of: 2), let storefront = stage.storefront {
      try await storefront.post("/v1/storefront/orders/\(follows[index].order)/delivered")
    } else if let bureau {
      try await bureau.client.post("/v1/bureau/jobs/\(job)/delivered")
    }
  }

  /// Keeps the bytes that an agent fetches, to be opened at the end without Everpart.
  private mutating func keepPackage(_ job: String, _ bureau: DemoStage.Bureau) async throws {
    let path = "\(stage.root)/package.tar"
    do {
      try await bureau.client.download(
        "/v1/bureau/jobs/\(job)/package", into: OutputFile(path))
      package = (path, bureau.plan)
    } catch let problem as Problem where problem.code == "job.state" {
      // The workshop was faster than this copy; the next job of this bureau will do.
    }
  }

  private static func state(after event: String) -> String? {
    switch event {
    case "order.placed": "placed"
    case "job.offer": "offered"
    case "job.accept": "accepted"
    case "job.start": "printing"
    case "job.complete": "printed"
    case "job.pass": "inspected"
    case "job.ship": "shipped"
    case "job.deliver": "delivered"
    case "job.hold": "held"
    case "job.cancel": "cancelled"
    case "job.exhaust": "unmakeable"
    default: nil
    }
  }
}
