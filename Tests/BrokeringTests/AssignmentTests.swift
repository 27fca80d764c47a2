import Brokering
import Database
import Domain
import Ledger
import Matching
import TestSupport
import Testing

private func next(_ world: World, _ job: JobRecord) async throws -> Candidate? {
  let now = world.clock.now
  return try await world.database.write { try world.assignment.next($0, job: job, at: now) }
}

private func recheck(
  _ world: World, _ job: JobRecord, _ bureau: BureauID, _ machine: MachineID
) async -> String? {
  let now = world.clock.now
  return await world.code {
    try await world.database.read {
      try world.assignment.recheck($0, job: job, bureau: bureau, machine: machine, at: now)
    }
  }
}

@Test("a bureau that declined or let the deadline pass is not asked again; then nobody is left")
func nobodyIsAskedTwice() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  let near = try await world.bureau("Near", latitude: 52.4)
  let far = try await world.bureau("Far", latitude: 48.1)
  let order = try await world.place(part.id, by: brand.storefront, key: "k").id
  var job = try await world.answer(order, brand.id, with: .decline, state: "declined")
  let second = try #require(try await next(world, job))
  #expect(second.bureau == far.id)
  let now = world.clock.now
  let ambient = world.clock.ambient
  let queued = job
  try await world.database.write { tx in
    try tx.run(
      World.insertOffer, ambient.identifier(OfferID.self, at: now), queued.brand, queued.id,
      second.bureau, second.site, second.machine, now)
    _ = try world.ledger.advance(tx, queued, by: .offer, at: now)
  }
  job = try await world.answer(order, brand.id, with: .expire, state: "expired")
  #expect(try await next(world, job) == nil)
  let decisions = try await world.orders.decisions(brand: brand.id, order: order)
  let reasons = decisions.map { $0.outcome.exclusions.flatMap { $0.reasons.map(\.code) } }
  #expect(reasons.contains([]))
  #expect(reasons.contains(["match.already_declined"]))
  #expect(reasons.contains { Set($0) == ["match.already_declined", "match.already_expired"] })
  #expect(decisions.contains { $0.inputs.priorAnswers == [near.id.text: .declined] })
}

@Test("a certification that lapses before the production day excludes its bureau")
func lapsingCertification() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id, certifications: ["EN 45545-2"])
  let today = world.clock.now.day
  let lapsing = try await world.bureau("Lapsing")
  let valid = try await world.bureau("Valid", latitude: 40)
  for (bureau, until) in [(lapsing.id, today), (valid.id, today + 1)] {
    _ = try await world.bureaus.certify(
      bureau,
      NewCertification(
        scheme: "EN 45545-2", issuer: "TÜV", validFrom: today + -100, validUntil: until,
        documentSHA256: String(repeating: "0", count: 64)))
  }
  let order = try await world.place(part.id, by: brand.storefront, key: "k")
  let seen = try await world.orders.order(brand: brand.id, order.id, viewer: .brand)
  #expect(seen.job?.bureau == valid.id)
  let decision = try #require(
    try await world.orders.decisions(brand: brand.id, order: order.id).first)
  #expect(decision.outcome.exclusions.map(\.bureau) == [lapsing.id])
  #expect(
    decision.outcome.exclusions.first?.reasons.map(\.code) == ["match.certification_expired"])
}

@Test("what lapsed between offer and acceptance is noticed at acceptance")
func recheckNotices() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id, certifications: ["ISO 9001"])
  let bureau = try await world.bureau()
  let other = try await world.bureau("Other", latitude: 10)
  _ = try await world.bureaus.certify(
    bureau.id,
    NewCertification(
      scheme: "ISO 9001", issuer: "TÜV", validFrom: world.clock.now.day,
      validUntil: world.clock.now.day + 2, documentSHA256: String(repeating: "0", count: 64)))
  let order = try await world.place(part.id, by: brand.storefront, key: "k").id
  let job = try #require(
    try await world.database.read { try world.ledger.jobOfOrder($0, order, brand: brand.id) })
  #expect(await recheck(world, job, bureau.id, bureau.machine) == nil)
  #expect(await recheck(world, job, other.id, other.machine) == "match.no_longer_qualified")
  #expect(await recheck(world, job, bureau.id, other.machine) == "match.no_longer_qualified")
  #expect(await recheck(world, job, other.id, bureau.machine) == "match.no_longer_qualified")
  world.clock.advance(by: .seconds(3 * 86_400))
  #expect(await recheck(world, job, bureau.id, bureau.machine) == "match.no_longer_qualified")
}

@Test("what was not measured is offered to nobody, and accepted by nobody")
func unmeasured() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let bureau = try await world.bureau()
  let placed = try await world.part(brand.id, sku: "A")
  let order = try await world.place(placed.id, by: brand.storefront, key: "a").id
  let job = try #require(
    try await world.database.read { try world.ledger.jobOfOrder($0, order, brand: brand.id) })
  #expect(await recheck(world, job, bureau.id, bureau.machine) == nil)

  let noFile = try await world.part(brand.id, sku: "B")
  try await world.database.write { tx in
    try tx.run(Statement("DELETE FROM design_file WHERE design_id = $1"), noFile.design)
  }
  let unmakeable = try await world.place(noFile.id, by: brand.storefront, key: "b")
  #expect(unmakeable.state == .unmakeable)
  #expect(unmakeable.reasons?.map(\.code) == ["match.not_measured"])

  for (number, measurement) in [#"{"size":[1,1,1]}"#, #"{"triangles":12}"#].enumerated() {
    let part = try await world.part(brand.id, sku: "C\(number)")
    try await world.database.write { tx in
      try tx.run(Statement("UPDATE design_file SET measurement = $1"), measurement)
    }
    let code = await world.code {
      try await world.place(part.id, by: brand.storefront, key: "c\(number)")
    }
    #expect(code?.contains("column_mismatch: measurement") == true)
    // As a process reads it that starts now.
    let later = World.assignment(world.database, world.clock)
    let now = world.clock.now
    await #expect(throws: DatabaseError.self) {
      try await world.database.read {
        try later.recheck($0, job: job, bureau: bureau.id, machine: bureau.machine, at: now)
      }
    }
  }
}

@Test("a part whose mesh is not measured yet cannot be ordered, and can be once it is")
func notMeasuredYet() async throws {
  let world = try await World()
  let brand = try await world.brand()
  _ = try await world.bureau()
  let part = try await world.part(brand.id)
  let measure = { (measurement: String?) in
    try await world.database.write { tx in
      _ = try tx.run(Statement("UPDATE design_file SET measurement = $1"), measurement)
    }
  }
  try await measure(nil)
  await #expect(throws: Problem.self) {
    try await world.place(part.id, by: brand.storefront, key: "a")
  }
  #expect(
    await world.code { try await world.place(part.id, by: brand.storefront, key: "a") }
      == "part.not_measured")
  try await measure(try StoredJSON.text(SampleMesh.measurement(100, 80, 300)))
  #expect(try await world.place(part.id, by: brand.storefront, key: "a").state != .unmakeable)
}

@Test("a bureau that comes later is seen by the next order, whatever was cached before")
func cacheFollowsTheNetwork() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  #expect(try await world.place(part.id, by: brand.storefront, key: "a").state == .unmakeable)
  let far = try await world.bureau("Far", latitude: 48.1)
  func chosen(_ key: String) async throws -> BureauID? {
    let order = try await world.place(part.id, by: brand.storefront, key: key).id
    return try await world.orders.order(brand: brand.id, order, viewer: .brand).job?.bureau
  }
  #expect(try await chosen("b") == far.id)
  let near = try await world.bureau("Near", latitude: 52.5)
  #expect(try await chosen("c") == near.id)
}

@Test("a network that was read beside a change that was undone is not kept")
func cacheForgetsWhatWasUndone() async throws {
  struct Undone: Error {}
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  let bureau = try await world.bureau()
  let order = try await world.place(part.id, by: brand.storefront, key: "a").id
  let job = try #require(
    try await world.database.read { try world.ledger.jobOfOrder($0, order, brand: brand.id) })
  let now = world.clock.now
  await #expect(throws: Undone.self) {
    try await world.database.write { tx in
      try tx.run(Statement("DELETE FROM machine_material"))
      try tx.run(Statement("UPDATE network SET version = version + 1"))
      #expect(throws: Problem.self) {
        try world.assignment.recheck(
          tx, job: job, bureau: bureau.id, machine: bureau.machine, at: now)
      }
      throw Undone()
    }
  }
  // Gives the version that was undone to another change.
  _ = try await world.tenants.createBureau(name: "Another")
  #expect(await recheck(world, job, bureau.id, bureau.machine) == nil)
}

@Test("a large network's decision keeps ten bureaus and counts all of them")
func decisionsAreBounded() async throws {
  let world = try await World()
  let brand = try await world.brand()
  let part = try await world.part(brand.id)
  for number in 0..<12 { _ = try await world.bureau("B\(number)", enrol: false) }
  let order = try await world.place(part.id, by: brand.storefront, key: "k")
  #expect(order.state == .unmakeable)
  #expect(order.reasons == [])
  let outcome = try #require(
    try await world.orders.decisions(brand: brand.id, order: order.id).first?.outcome)
  #expect(outcome.exclusions.count == 10)
  #expect(outcome.exclusionCount == 12)
  #expect(outcome.reasons.map(\.count) == [12])
}
