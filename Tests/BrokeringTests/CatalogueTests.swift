import Brokering
import Domain
import FoundationEssentials
import TestSupport
import Testing

@Test("a part reads back as it was created; a storefront does not see payout and terms")
func partRoundTrip() async throws {
  let world = try await World()
  let brand = try await world.brand().id
  let part = try await world.part(brand)
  #expect(try await world.catalogue.part(brand: brand, part.id) == part)
  #expect(try await world.catalogue.parts(brand: brand).data == [part])
  let json = String(decoding: try JSONEncoder().encode(part.storefront), as: UTF8.self)
  #expect(!json.contains("payout") && !json.contains("lic_") && !json.contains("dsn_"))
}

@Test("another brand's part and design are not there, just as invented ones are not")
func cataloguesAreApart() async throws {
  let world = try await World()
  let (one, two) = (try await world.brand("One").id, try await world.brand("Two").id)
  let part = try await world.part(one)
  let invented: PartID = world.clock.ambient.identifier(at: world.clock.now)
  for id in [part.id, invented] {
    let problem = await #expect(throws: Problem.self) {
      try await world.catalogue.part(brand: two, id)
    }
    #expect(problem == Problem.absent("part"))
  }
  #expect(try await world.catalogue.parts(brand: two).data.isEmpty)
  let stolen = NewPart(
    sku: "S", name: "N", design: part.design, price: part.price, payout: part.payout, leadDays: 3)
  #expect(
    await world.code { try await world.catalogue.createPart(brand: two, stolen) } == "not_found")
}

@Test("a brand's SKU names one part, another brand may use the same")
func skusAreUnique() async throws {
  let world = try await World()
  let (one, two) = (try await world.brand("One").id, try await world.brand("Two").id)
  _ = try await world.part(one, sku: "CAP")
  #expect(await world.code { try await world.part(one, sku: "CAP") } == "part.sku_taken")
  _ = try await world.part(two, sku: "CAP")
}

@Test("a design without a released revision is not for sale")
func draftsAreNotForSale() async throws {
  let world = try await World()
  let brand = try await world.brand().id
  let draft = try await world.design(brand, released: false)
  let money = Money(minorUnits: 1, currency: Currency("EUR")!)
  let new = NewPart(
    sku: "S", name: "N", design: draft, price: money, payout: money, leadDays: 1)
  #expect(
    await world.code { try await world.catalogue.createPart(brand: brand, new) }
      == "part.not_released")
}

@Test("what is out of its limits is refused with its code")
func partLimits() async throws {
  let world = try await World()
  let brand = try await world.brand().id
  let design = try await world.design(brand)
  let euro = Currency("EUR")!
  let good = NewPart(
    sku: "S", name: "N", design: design, price: Money(minorUnits: 1, currency: euro),
    payout: Money(minorUnits: 1, currency: euro), leadDays: 1)
  let faults: [(String, (inout NewPart) -> Void)] = [
    ("part.sku", { $0.sku = "" }), ("part.sku", { $0.sku = "a\u{0}" }),
    ("part.sku", { $0.sku = String(repeating: "s", count: 65) }),
    ("part.name", { $0.name = "a\u{1B}b" }),
    ("part.description", { $0.description = "a\u{0}" }),
    ("part.description", { $0.description = String(repeating: "s", count: 4001) }),
    ("part.fits", { $0.fits = [""] }),
    ("part.fits", { $0.fits = Array(repeating: "m", count: 201) }),
    ("part.price", { $0.price = Money(minorUnits: -1, currency: euro) }),
    ("part.price", { $0.price = Money(minorUnits: .max, currency: euro) }),
    ("part.price", { $0.payout = Money(minorUnits: 1, currency: Currency("USD")!) }),
    ("part.lead_days", { $0.leadDays = 0 }), ("part.lead_days", { $0.leadDays = 366 }),
    ("part.lead_days", { $0.leadDays = .max }),
  ]
  for (code, fault) in faults {
    var part = good
    fault(&part)
    let part2 = part
    #expect(
      await world.code { try await world.catalogue.createPart(brand: brand, part2) } == code)
  }
}
