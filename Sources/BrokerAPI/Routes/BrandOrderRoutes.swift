import Brokering
import Dispatching
import Domain
import HTTPTypes

/// What a brand sees of and does with its customers' orders.
enum BrandOrderRoutes {
  static let all: [Route] = reading + acting

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
      "Lists an order's events, or waits for one", query: [.afterVersion, .wait],
      gives: Listing<OrderEventView>.self, timeLimit: .seconds(60)
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
      "What the bureau reported: completions, measurements, shipment",
      gives: Listing<ReportRecord>.self
    ) { call in
      Listing(
        data: try await call.useCases.dispatcher.reports(
          order: try call.order(), brand: call.tenant))
    },
  ]

  private static let acting: [Route] = [
    .json(
      .post, "/v1/brand/orders/{order}/cancel", for: .brand,
      "Cancels an order that no bureau has accepted", gives: OrderView.self,
      problems: ["order.not_cancellable", "job.state", "job.changed"]
    ) { call in
      try await call.useCases.orders.cancel(
        brand: call.tenant, try call.order(), viewer: .brand)
    },

    .json(
      .post, "/v1/brand/orders/{order}/delivered", for: .brand,
      "Says that the customer has the parcel", gives: OrderView.self,
      problems: ["job.state", "job.changed"]
    ) { call in try await call.delivered(as: .brand) },

    .json(
      .post, "/v1/brand/orders/{order}/retry", for: .brand,
      "Has a held job printed again", gives: OrderView.self,
      problems: ["job.state", "job.changed", "licence.scrap_exhausted"]
    ) { call in
      let order = try call.order()
      try await call.useCases.dispatcher.retryHeld(order: order, brand: call.tenant)
      return try await call.useCases.orders.order(brand: call.tenant, order, viewer: .brand)
    },
  ]
}
