import Brokering
import Dispatching
import Domain
import Ledger

/// A list that is answered as a whole.
struct Listing<Item: Codable & Sendable>: Codable, Sendable {
  let data: [Item]
}

extension Call where Tenant == BrandID {
  /// The order that the path names.
  func order() throws(Problem) -> OrderID { try id("order", "order") }

  /// A page of the brand's orders.
  func orders(as viewer: OrderViewer) async throws -> Page<OrderView> {
    let page = try PageRequest<Kinds.Order>(query)
    return try await useCases.orders.orders(
      brand: tenant, limit: page.limit, after: page.after, viewer: viewer)
  }

  /// The order's events after a version; when there are none yet, waits for the first.
  func events(as viewer: OrderViewer) async throws -> Page<OrderEventView> {
    let (orders, signals, brand) = (useCases.orders, useCases.orderSignals, tenant)
    let (order, page) = (try order(), try PageRequest<Kinds.Event>(query))
    let version = try query.integer("after", in: 0...1_000_000_000, default: 0)
    return try await waiting { wait in
      try await signals.poll(order, wait: wait, until: { !$0.data.isEmpty }) {
        try await orders.events(
          brand: brand, order: order, after: version, limit: page.limit, startingAfter: page.after,
          viewer: viewer)
      }
    }
  }

  /// The order after its customer was said to have it.
  func delivered(as viewer: OrderViewer) async throws -> OrderView {
    let order = try order()
    try await useCases.dispatcher.delivered(order: order, brand: tenant)
    return try await useCases.orders.order(brand: tenant, order, viewer: viewer)
  }
}

extension Route.Parameter {
  /// Where the events that were seen end: what a long poll names, while a page names an event.
  static let afterVersion = Route.Parameter(
    name: "after", description: "The version of the last event seen",
    schema: ["type": "integer", "minimum": 0, "default": 0])
}
