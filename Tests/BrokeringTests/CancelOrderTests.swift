import Brokering
import Database
import Domain
import Ledger
import TestSupport
import Testing

@Test("cancelling withdraws the offer, gives the units back and ends job and order")
func cancelling() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  _ = try await world.bureau()
  let order = try await world.place(part.id, quantity: 4, by: brand.storefront, key: "k")
  let cancelled = try await world.orders.cancel(brand: brand.id, order.id)
  #expect(cancelled.state == .cancelled)
  #expect(cancelled.version == order.version + 1)
  #expect(cancelled.actions.isEmpty)
  #expect(try await world.licence(part, brand.id).reserved == 0)
  let state = try await world.database.read { try $0.row(Statement("SELECT state FROM offer")) }
  #expect(try state?.text("state") == "withdrawn")
  #expect(try await world.orders.cancel(brand: brand.id, order.id) == cancelled)
  #expect(try await world.licence(part, brand.id).reserved == 0)
}

@Test("an order that a bureau has accepted cannot be cancelled, and nothing changes")
func tooLate() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  _ = try await world.bureau()
  let order = try await world.place(part.id, by: brand.storefront, key: "k")
  _ = try await world.answer(order.id, brand.id, with: .accept, state: "accepted")
  #expect(
    await world.code { try await world.orders.cancel(brand: brand.id, order.id) }
      == "order.not_cancellable")
  #expect(try await world.orders.order(brand: brand.id, order.id).state == .accepted)
  #expect(try await world.licence(part, brand.id).reserved == 1)
}

@Test("an unmakeable order cannot be cancelled, so units are not given back twice")
func unmakeableStays() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  let order = try await world.place(part.id, by: brand.storefront, key: "k")
  #expect(order.state == .unmakeable)
  #expect(
    await world.code { try await world.orders.cancel(brand: brand.id, order.id) }
      == "order.not_cancellable")
  #expect(try await world.licence(part, brand.id).reserved == 0)
}

@Test("32 cancellations at once give the units back once")
func cancellingAtOnce() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  _ = try await world.bureau()
  let order = try await world.place(part.id, quantity: 2, by: brand.storefront, key: "a")
  _ = try await world.place(part.id, quantity: 5, by: brand.storefront, key: "b")
  await withTaskGroup(of: Void.self) { group in
    for _ in 0..<32 {
      group.addTask { _ = try? await world.orders.cancel(brand: brand.id, order.id) }
    }
  }
  #expect(try await world.orders.order(brand: brand.id, order.id).state == .cancelled)
  #expect(try await world.licence(part, brand.id).reserved == 5)
}

@Test("a customer's events are the order's own steps, a brand's are all of them")
func events() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  _ = try await world.bureau()
  let order = try await world.place(part.id, by: brand.storefront, key: "k").id
  _ = try await world.answer(order, brand.id, with: .accept, state: "accepted")
  let all = try await world.orders.events(brand: brand.id, order: order, viewer: .brand).data
  #expect(all.map(\.kind) == ["order.placed", "job.offer", "job.accept"])
  #expect(all.map(\.version) == [1, 2, 3])
  let seen = try await world.orders.events(brand: brand.id, order: order).data
  #expect(seen.map(\.kind) == ["order.placed", "job.accept"])
  let later = try await world.orders.events(brand: brand.id, order: order, after: 1).data
  #expect(later.map(\.version) == [3])
}
