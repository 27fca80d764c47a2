import Brokering
import Database
import Domain
import Ledger
import TestSupport
import Testing

private let euro = Currency("EUR")!

private func part(
  _ world: World, _ brand: BrandID, _ design: DesignID, sku: String, profile: ProfileID? = nil
) async throws -> PartView {
  try await world.catalogue.createPart(
    brand: brand,
    NewPart(
      sku: sku, name: "Leg cap", design: design, profile: profile,
      price: Money(minorUnits: 100, currency: euro), payout: Money(minorUnits: 50, currency: euro),
      leadDays: 5))
}

private func profiles(_ world: World, _ design: DesignID) async throws -> [ProfileID] {
  try await world.database.read {
    try $0.rows(
      Statement("SELECT id FROM print_profile WHERE design_id = $1 ORDER BY place"), design
    )
    .map { try $0.identifier("id") }
  }
}

@Test("of one design, two parts in two materials go to two bureaus, and an order keeps its profile")
func twoMaterials() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let design = try await world.design(brand.id, materials: ["PA12", "PETG"])
  let ids = try await profiles(world, design)
  let nylon = try await part(world, brand.id, design, sku: "N")
  let glycol = try await part(world, brand.id, design, sku: "G", profile: ids[1])
  #expect(nylon.profile == ids[0] && nylon.profileName == "pa12")
  #expect(try await world.catalogue.part(brand: brand.id, glycol.id) == glycol)
  #expect(glycol.profile == ids[1] && glycol.profileName == "petg")

  let sls = try await world.bureau("SLS", latitude: 48)
  let order = try await world.place(nylon.id, by: brand.storefront, key: "n").id
  let seen = try await world.orders.order(brand: brand.id, order, viewer: .brand)
  #expect(seen.job?.bureau == sls.id && seen.job?.profile == ids[0])
  #expect(seen.job?.profileName == "pa12")
  let unmakeable = try await world.place(glycol.id, by: brand.storefront, key: "g")
  #expect(unmakeable.reasons?.map(\.code) == ["match.material"])
  let decisions = try await world.orders.decisions(brand: brand.id, order: order)
  #expect(decisions.first?.inputs.profile == ids[0])

  // The part is made in the other profile from now on; the order keeps its own, also at acceptance.
  let changed = try await world.catalogue.changePart(
    brand: brand.id, nylon.id, PartChange(profile: ids[1]), if: .oneOf([1]))
  #expect(changed.profile == ids[1] && changed.version == 2)
  #expect(
    try await world.orders.order(brand: brand.id, order, viewer: .brand).job?.profile == ids[0])
  let job = try #require(
    try await world.database.read { try world.ledger.jobOfOrder($0, order, brand: brand.id) })
  let now = world.clock.now
  try await world.database.read {
    try world.assignment.recheck($0, job: job, bureau: sls.id, machine: sls.machine, at: now)
  }
  let next = try await world.place(nylon.id, by: brand.storefront, key: "n2")
  #expect(next.state == .unmakeable)
}

@Test("a profile of another revision or brand, or of nobody, is refused, each with its code")
func foreignProfiles() async throws {
  let world = try await World()
  let (brand, other) = (try await world.brand().id, try await world.brand("Other").id)
  let design = try await world.design(brand)
  let elsewhere = try await profiles(world, try await world.design(brand))[0]
  let theirs = try await profiles(world, try await world.design(other))[0]
  let invented: ProfileID = world.clock.ambient.identifier(at: world.clock.now)
  let own = try await part(world, brand, design, sku: "P")
  for (profile, code) in [
    (elsewhere, "part.profile"), (theirs, "not_found"), (invented, "not_found"),
  ] {
    #expect(
      await world.code { try await part(world, brand, design, sku: "S", profile: profile) } == code)
    #expect(
      await world.code {
        try await world.catalogue.changePart(
          brand: brand, own.id, PartChange(profile: profile), if: .any)
      } == code)
  }
  #expect(try await world.catalogue.part(brand: brand, own.id) == own)
  #expect(try await world.count("part") == 1)
}

@Test("a part's texts, models, price, payout and currency can be changed")
func changes() async throws {
  let world = try await World()
  let brand = try await world.brand().id
  let before = try await world.part(brand)
  let krona = Currency("SEK")!
  let changed = try await world.catalogue.changePart(
    brand: brand, before.id,
    PartChange(
      description: "Fits.", fits: ["A", "B"], price: Money(minorUnits: 9, currency: krona),
      payout: Money(minorUnits: 4, currency: krona)), if: .any)
  #expect(changed.description == "Fits." && changed.fits == ["A", "B"])
  #expect(changed.price == Money(minorUnits: 9, currency: krona))
  #expect(changed.payout == Money(minorUnits: 4, currency: krona))
  #expect(changed.name == before.name && changed.leadDays == before.leadDays)
  #expect(try await world.catalogue.part(brand: brand, before.id) == changed)
  #expect(
    await world.code {
      try await world.catalogue.changePart(
        brand: brand, before.id, PartChange(payout: before.payout), if: .any)
    } == "part.price")
}
