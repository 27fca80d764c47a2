import Brokering
import Database
import Domain
import FoundationEssentials
import Ledger
import Matching
import TestSupport
import Testing

@Test("a placed order is offered to the nearest bureau, with its units reserved")
func placing() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  _ = try await world.bureau("Far", latitude: 48.1)
  let near = try await world.bureau("Near", latitude: 52.4)
  let order = try await world.place(part.id, quantity: 3, by: brand.storefront, key: "k")
  #expect(order.state == .placed)
  #expect(order.total.minorUnits == 5997)
  #expect(order.actions == ["cancel"])
  #expect(order.dueDay == world.clock.now.day + 5)
  #expect(order.job == nil)
  let seen = try await world.orders.order(brand: brand.id, order.id, viewer: .brand)
  #expect(seen.job?.state == .offered)
  #expect(seen.job?.bureau == near.id)
  #expect(try await world.orders.order(brand: brand.id, order.id) == order)
  #expect(try await world.orders.orders(brand: brand.id).data == [order])
  #expect(try await world.licence(part, brand.id).reserved == 3)
}

@Test("32 places at once with one key are one order")
func idempotency() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  _ = try await world.bureau()
  let request = PlaceOrder(part: part.id, quantity: 2, shipTo: World.address())
  let answers = try await withThrowingTaskGroup(of: (OrderID, Bool).self) { group in
    for _ in 0..<32 {
      group.addTask {
        let (order, replayed) = try await world.orders.place(
          request, principal: brand.storefront, idempotencyKey: "same")
        return (order.id, replayed)
      }
    }
    return try await group.reduce(into: []) { $0.append($1) }
  }
  #expect(Set(answers.map(\.0)).count == 1)
  #expect(answers.count { !$0.1 } == 1)
  for table in ["customer_order", "job", "offer", "decision", "idempotency"] {
    #expect(try await world.count(table) == 1, "\(table)")
  }
  #expect(try await world.licence(part, brand.id).reserved == 2)
}

@Test("a used key with another request is refused; it is the storefront's, not its API key's")
func idempotencyMismatch() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  let order = try await world.place(part.id, by: brand.storefront, key: "k")
  var moved = World.address()
  moved.lines = ["Geheime Gasse 18"]
  #expect(
    await world.code {
      try await world.place(part.id, quantity: 2, by: brand.storefront, key: "k")
    } == "idempotency.mismatch")
  #expect(
    await world.code {
      try await world.place(part.id, by: brand.storefront, key: "k", address: moved)
    } == "idempotency.mismatch")
  let second = try await world.tenants.issue(.storefront(brand.id), label: "second shop")
  let rotated = try await world.place(
    part.id, by: Principal(.storefront(brand.id), key: second.id), key: "k")
  #expect(rotated.id == order.id)
  let other = try await world.brand()
  let theirs = try await world.place(
    try await world.part(other.id).id, by: other.storefront, key: "k")
  #expect(theirs.id != order.id)
  #expect(try await world.count("customer_order") == 2)
}

@Test("a replay shows the order as it is now")
func replayIsCurrent() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  _ = try await world.bureau()
  let order = try await world.place(part.id, by: brand.storefront, key: "k")
  _ = try await world.orders.cancel(brand: brand.id, order.id)
  let (again, replayed) = try await world.orders.place(
    PlaceOrder(part: part.id, quantity: 1, shipTo: World.address()),
    principal: brand.storefront, idempotencyKey: "k")
  #expect(replayed)
  #expect(again.id == order.id)
  #expect(again.state == .cancelled)
}

@Test("of 32 orders at once exactly as many succeed as the licence has units")
func licenceIsTheLimit() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id, terms: LicenceTerms(authorisedUnits: 11))
  _ = try await world.bureau()
  let codes = await withTaskGroup(of: String?.self) { group in
    for number in 0..<32 {
      group.addTask {
        await world.code {
          try await world.place(part.id, by: brand.storefront, key: "k\(number)")
        }
      }
    }
    return await group.reduce(into: []) { $0.append($1) }
  }
  #expect(codes.count { $0 == nil } == 11)
  #expect(codes.count { $0 == "licence.count_exhausted" } == 21)
  #expect(try await world.licence(part, brand.id).reserved == 11)
  #expect(try await world.count("customer_order") == 11)
}

@Test("a refused order leaves nothing, so that its key can be used when there are units again")
func refusalLeavesNothing() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id, terms: LicenceTerms(authorisedUnits: 1))
  _ = try await world.bureau()
  let first = try await world.place(part.id, by: brand.storefront, key: "a")
  #expect(
    await world.code { try await world.place(part.id, by: brand.storefront, key: "b") }
      == "licence.count_exhausted")
  #expect(try await world.count("idempotency") == 1)
  #expect(try await world.count("event") == 2)
  _ = try await world.orders.cancel(brand: brand.id, first.id)
  _ = try await world.place(part.id, by: brand.storefront, key: "b")
}

@Test("an order that no bureau can make is kept as unmakeable, its units given back")
func unmakeable() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(
    brand.id, terms: LicenceTerms(authorisedUnits: 1, territories: [Country("FR")!]))
  _ = try await world.bureau("Germany")
  _ = try await world.bureau("Small", country: "FR", buildVolume: BoxSize(x: 50, y: 50, z: 50)!)
  _ = try await world.bureau("New", country: "FR", enrol: false)
  let order = try await world.place(part.id, by: brand.storefront, key: "k")
  #expect(order.state == .unmakeable)
  #expect(order.actions.isEmpty)
  #expect(order.reasons?.map(\.code) == ["match.build_volume"])
  #expect(try await world.licence(part, brand.id).reserved == 0)
  let seen = try await world.orders.order(brand: brand.id, order.id, viewer: .brand)
  #expect(
    seen.reasons?.map(\.code) == ["licence.territory", "match.build_volume", "match.not_enrolled"])
  let decision = try #require(
    try await world.orders.decisions(brand: brand.id, order: order.id).first)
  #expect(decision.outcome.exclusionCount == 3)
  #expect(decision.outcome.exclusions.allSatisfy { !$0.reasons.isEmpty })
  #expect(try await world.count("offer") == 0)
}

@Test("requests out of their limits are refused with a code and leave nothing")
func requestLimits() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id, price: 1_000_000_000_000)
  for quantity in [0, -1, 10_001, Int.max, Int.min] {
    #expect(
      await world.code {
        try await world.place(part.id, quantity: quantity, by: brand.storefront, key: "k")
      } == "order.quantity")
  }
  for key in ["", "a b", "a\u{0}", "ü", "a\n", String(repeating: "k", count: 256)] {
    #expect(
      await world.code { try await world.place(part.id, by: brand.storefront, key: key) }
        == "idempotency.key")
  }
  var address = World.address()
  address.name = "Ada\u{0}"
  let bad = address
  #expect(
    await world.code {
      try await world.place(part.id, by: brand.storefront, key: "k", address: bad)
    } == "order.ship_to")
  #expect(try await world.count("customer_order") == 0)
  #expect(try await world.count("idempotency") == 0)
}

@Test("a total that does not fit is refused, though its price is in the database")
func totalOverflow() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  _ = try await world.database.write {
    try $0.run(Statement("UPDATE part SET price_minor = $1"), Int64.max / 2)
  }
  #expect(
    await world.code {
      try await world.place(part.id, quantity: 3, by: brand.storefront, key: "k")
    } == "order.total")
}

@Test("only a brand's principals place orders, and only for their own parts")
func placingIsTheirOwn() async throws {
  let world = try await World()
  let (one, two) = (try await world.brand("One"), try await world.brand("Two"))
  let part = try await world.part(one.id)
  let bureau = try await world.bureau()
  let key = one.storefront.key
  #expect(
    await world.code {
      try await world.place(part.id, by: Principal(.operator, key: key), key: "k")
    }
      == "forbidden")
  #expect(
    await world.code {
      try await world.place(part.id, by: Principal(.bureau(bureau.id), key: key), key: "k")
    }
      == "forbidden")
  let invented: PartID = world.clock.ambient.identifier(at: world.clock.now)
  for id in [part.id, invented] {
    #expect(
      await world.code { try await world.place(id, by: two.storefront, key: "k") } == "not_found")
  }
}

@Test("another brand's order is not there, whatever is asked about it")
func ordersAreApart() async throws {
  let world = try await World()
  let (one, two) = (try await world.brand("One"), try await world.brand("Two"))
  let part = try await world.part(one.id)
  _ = try await world.bureau()
  let order = try await world.place(part.id, by: one.storefront, key: "k").id
  let orders = world.orders
  #expect(await world.code { try await orders.order(brand: two.id, order) } == "not_found")
  #expect(await world.code { try await orders.cancel(brand: two.id, order) } == "not_found")
  #expect(await world.code { try await orders.events(brand: two.id, order: order) } == "not_found")
  #expect(
    await world.code { try await orders.decisions(brand: two.id, order: order) } == "not_found")
  #expect(
    await world.code { try await world.assignment.destination(of: order, brand: two.id) }
      == "not_found")
  #expect(try await orders.orders(brand: two.id).data.isEmpty)
}

@Test("an address opens for its order and is nowhere in the database's files")
func addressesAreSealed() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  _ = try await world.bureau()
  let order = try await world.place(part.id, by: brand.storefront, key: "k")
  #expect(
    try await world.assignment.destination(of: order.id, brand: brand.id) == World.address())
  try await world.database.checkpoint()
  for file in try world.directory.files() {
    let bytes = try world.directory.read(file)
    for secret in ["Lovelace", "Geheime", "10115", "1234567"] {
      #expect(!contains(bytes, Array(secret.utf8)), "\(secret) in \(file)")
    }
  }
}

@Test("an address that is moved to another order does not open")
func addressesAreBound() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  let one = try await world.place(part.id, by: brand.storefront, key: "a").id
  let two = try await world.place(part.id, by: brand.storefront, key: "b").id
  _ = try await world.database.write {
    try $0.run(
      Statement(
        """
        UPDATE customer_order SET
          ship_to = (SELECT ship_to FROM customer_order WHERE id = $1),
          ship_to_key = (SELECT ship_to_key FROM customer_order WHERE id = $1)
        WHERE id = $2
        """), one, two)
  }
  #expect(
    await world.code { try await world.assignment.destination(of: two, brand: brand.id) } != nil)
  #expect(
    try await world.assignment.destination(of: one, brand: brand.id) == World.address())
}
