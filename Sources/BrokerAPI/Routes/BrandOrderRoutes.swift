import Brokering
import Dispatching
import Domain
import HTTPTypes

/// Why a brand takes a job from its bureau, or counts its parcel as lost.
struct TakeBackRequest: Codable, Sendable {
  /// For the brand itself; 1 to 500 bytes of plain text.
  let reason: String?
}

/// A body that says nothing: absent, or an object.
struct NoMembers: Codable, Sendable {}

/// What a brand sees of and does with its customers' orders.
enum BrandOrderRoutes {
  static let all: [Route] = reading + acting + takingBack

  private static let reading: [Route] = [
    .json(
      .get, "/v1/brand/orders", for: .brand, "Lists the brand's orders, newest first",
      query: Route.Parameter.page(OrderID.self), gives: Page<OrderView>.self
    ) { call in try await call.orders(as: .brand) },

    .json(.get, "/v1/brand/orders/{order}", for: .brand, "Shows an order", gives: OrderView.self) {
      call in
      try await call.useCases.orders.order(brand: call.tenant, try call.order(), viewer: .brand)
    },

    .json(
      .get, "/v1/brand/orders/{order}/events", for: .brand,
      "Lists an order's events, or waits for one",
      query: Route.Parameter.page(EventID.self) + [.afterVersion, .wait],
      gives: Page<OrderEventView>.self, timeLimit: .seconds(60)
    ) { call in try await call.events(as: .brand) },

    .json(
      .get, "/v1/brand/orders/{order}/decisions", for: .brand,
      "Why an order went to its bureau and not to others", gives: Listing<DecisionView>.self
    ) { call in
      Listing(
        data: try await call.useCases.orders.decisions(
          brand: call.tenant, order: try call.order()))
    },

    .json(
      .get, "/v1/brand/orders/{order}/reports", for: .brand,
      "What bureaus reported: completions, measurements, shipment",
      gives: Listing<ReportRecord>.self
    ) { call in
      Listing(
        data: try await call.useCases.dispatcher.reports(
          order: try call.order(), brand: call.tenant))
    },
  ]

  private static let acting: [Route] = [
    .json(
      .post, "/v1/brand/orders/{order}/cancel", for: .sales,
      "Cancels an order that no bureau has accepted", gives: OrderView.self,
      problems: ["order.not_cancellable", "job.state", "job.changed"]
    ) { call in
      try await call.useCases.orders.cancel(
        brand: call.tenant, try call.order(), viewer: .brand)
    },

    .json(
      .post, "/v1/brand/orders/{order}/delivered", for: .sales,
      "Says that the customer has the parcel", gives: OrderView.self,
      problems: ["job.state", "job.changed"]
    ) { call in try await call.delivered(as: .brand) },
  ]

  private static let takingBack: [Route] = [
    .step(
      "/v1/brand/orders/{order}/lost", for: .sales,
      "Says that the parcel is lost; retry, reassign or abandon follow",
      takes: TakeBackRequest.self, gives: OrderView.self,
      problems: ["order.reason", "job.state", "job.changed"]
    ) { call, body, once in
      try await call.useCases.dispatcher.lost(
        order: try call.order(), brand: call.tenant, reason: body.reason, once: once)
    } view: { call in
      try await call.useCases.orders.order(brand: call.tenant, try call.order(), viewer: .brand)
    },

    .step(
      "/v1/brand/orders/{order}/retry", for: .sales, "Has a held or lost job printed again",
      takes: NoMembers.self, gives: OrderView.self,
      problems: [
        "job.state", "job.changed", "licence.scrap_exhausted", "revision.withdrawn",
        "revision.shredded",
        "design.key_type",
        "release.revision",
      ]
    ) { call, _, once in
      try await call.useCases.dispatcher.retryHeld(
        order: try call.order(), brand: call.tenant, once: once)
    } view: { call in
      try await call.useCases.orders.order(brand: call.tenant, try call.order(), viewer: .brand)
    },

    .step(
      "/v1/brand/orders/{order}/reassign", for: .sales,
      "Takes a held, lost or late job from its bureau and asks the next one",
      takes: TakeBackRequest.self, gives: OrderView.self,
      problems: [
        "order.reason", "job.state", "job.not_overdue", "job.changed", "licence.count_exhausted",
        "offer.payout", "revision.withdrawn", "revision.shredded", "release.revision",
      ]
    ) { call, body, once in
      try await call.useCases.dispatcher.reassign(
        order: try call.order(), brand: call.tenant, reason: body.reason, once: once)
    } view: { call in
      try await call.useCases.orders.order(brand: call.tenant, try call.order(), viewer: .brand)
    },

    .step(
      "/v1/brand/orders/{order}/abandon", for: .sales,
      "Takes a held, lost or late job from its bureau and ends the order",
      takes: TakeBackRequest.self, gives: OrderView.self,
      problems: ["order.reason", "job.state", "job.not_overdue", "job.changed"]
    ) { call, body, once in
      try await call.useCases.dispatcher.abandon(
        order: try call.order(), brand: call.tenant, reason: body.reason, once: once)
    } view: { call in
      try await call.useCases.orders.order(brand: call.tenant, try call.order(), viewer: .brand)
    },
  ]
}
