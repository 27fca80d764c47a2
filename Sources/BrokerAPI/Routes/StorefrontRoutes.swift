import Brokering
import Domain
import HTTPTypes

/// What a brand's shop shows and does for customers.
enum StorefrontRoutes {
  static let all: [Route] = parts + orders + acting

  private static let parts: [Route] = [
    .json(
      .get, "/v1/storefront/parts", for: .storefront, "Lists what can be ordered, newest first",
      query: Route.Parameter.page(PartID.self), gives: Page<StorefrontPart>.self
    ) { call in
      let page = try PageRequest<Kinds.Part>(call.query)
      return try await call.useCases.catalogue.parts(
        brand: call.tenant, limit: page.limit, after: page.after
      ).map(\.storefront)
    },

    .json(
      .get, "/v1/storefront/parts/{part}", for: .storefront, "Shows a part",
      gives: StorefrontPart.self
    ) { call in
      try await call.useCases.catalogue.part(
        brand: call.tenant, try call.id("part", "part")
      ).storefront
    },
  ]

  private static let orders: [Route] = [
    .once(
      .post, "/v1/storefront/orders", for: .storefront, "Orders a part; it is paid for",
      takes: PlaceOrder.self, gives: OrderView.self, status: .created,
      problems: [
        "not_found", "order.quantity", "order.ship_to", "order.total",
        "licence.count_exhausted", "part.withdrawn",
      ]
    ) { call, body, key in
      guard let principal = call.principal else { throw Problem.absent("key") }
      return try await call.useCases.orders.place(
        body, principal: principal, idempotencyKey: key)
    },

    .json(
      .get, "/v1/storefront/orders", for: .storefront, "Lists orders, newest first",
      query: Route.Parameter.page(OrderID.self), gives: Page<OrderView>.self
    ) { call in try await call.orders(as: .storefront) },

    .json(
      .get, "/v1/storefront/orders/{order}", for: .storefront, "Shows an order",
      gives: OrderView.self
    ) { call in
      try await call.useCases.orders.order(brand: call.tenant, try call.order())
    },

    .json(
      .get, "/v1/storefront/orders/{order}/events", for: .storefront,
      "Lists the steps that a customer notices, or waits for one",
      query: Route.Parameter.page(EventID.self) + [.afterVersion, .wait],
      gives: Page<OrderEventView>.self,
      timeLimit: .seconds(60)
    ) { call in try await call.events(as: .storefront) },
  ]

  private static let acting: [Route] = [
    .json(
      .post, "/v1/storefront/orders/{order}/cancel", for: .storefront,
      "Cancels an order that no bureau has accepted", gives: OrderView.self,
      problems: ["order.not_cancellable", "job.state", "job.changed"]
    ) { call in
      try await call.useCases.orders.cancel(brand: call.tenant, try call.order())
    },

    .json(
      .post, "/v1/storefront/orders/{order}/delivered", for: .storefront,
      "Says that the customer has the parcel", gives: OrderView.self,
      problems: ["job.state", "job.changed"]
    ) { call in try await call.delivered(as: .storefront) },
  ]
}
