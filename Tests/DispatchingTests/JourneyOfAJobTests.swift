import BureauProtocol
import Database
import Domain
import Ledger
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import Dispatching

@Suite("The journey of a job")
struct JourneyOfAJobTests {
  @Test("a job goes from its offer to the customer, and everything that proves it is there")
  func happyPath() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let bureau = world.bureaus[0]
    let placed = try await world.place(dispatcher)
    #expect(try await world.counts() == [2, 0, 0])

    let offer = try #require(try await dispatcher.offers(bureau: bureau.id).data.first)
    #expect(offer.payout.minorUnits == 1000 && offer.payout.currency.code == "EUR")
    #expect(offer.actions == ["accept", "decline"] && offer.profile == world.profile)
    #expect(offer.files.map(\.purpose) == [.geometry, .drawing])
    #expect(offer.files.map(\.size) == [BoxSize(x: 10, y: 20, z: 30.5), nil])
    #expect(abs((offer.files[0].volumeCubicMillimetres ?? 0) - 6100) < 1e-6)
    #expect(offer.files[1].volumeCubicMillimetres == nil)
    #expect(offer.files.map(\.bytes) == [300, 400_000])

    let accepted = try await dispatcher.accept(offer.id, bureau: bureau.id)
    #expect(accepted.state == .accepted && !accepted.leased && accepted.epoch == 0)
    #expect(try await world.counts() == [0, 2, 0])
    #expect(try await dispatcher.offer(offer.id, bureau: bureau.id).state == .accepted)
    #expect(try await dispatcher.offers(bureau: bureau.id).data.isEmpty)

    let lease = try await world.lease(dispatcher, accepted.id)
    #expect(lease.epoch == 1 && lease.termSeconds == 60)
    let package = try await world.opened(dispatcher, accepted.id)
    #expect(package.files.map(\.content) == world.files.map(\.plaintext))
    #expect(package.ticket.shipTo == world.address && package.ticket.profile == world.profile)
    #expect(package.manifest.quantity == 2 && package.manifest.order == placed.order)
    let grant = try LeaseGrant.verified(
      try Envelope(json: try lease.grant.json()),
      trust: PackageTrust(brokers: [world.broker.verificationKey]), job: accepted.id,
      bureau: bureau.id, epoch: 1, attempt: 1)
    #expect(grant.manifestSHA256 == package.statement.digest)

    #expect(try await world.report(dispatcher, lease, .started).state == .printing)
    let printed = try await world.report(dispatcher, lease, try world.completion(lease))
    #expect(printed.state == .printed && printed.leased)
    #expect(try await world.report(dispatcher, lease, World.passing).state == .inspected)
    let shipment = Report.shipped(Shipment(carrier: "DHL", tracking: "00340434"))
    #expect(try await world.report(dispatcher, lease, shipment).actions == ["delivered", "lost"])
    #expect(try await world.orderState(placed.order) == "shipped")
    try await dispatcher.delivered(order: placed.order, brand: world.brand)
    try await dispatcher.delivered(order: placed.order, brand: world.brand)
    #expect(try await dispatcher.job(accepted.id, bureau: bureau.id).state == .delivered)
    #expect(try await world.orderState(placed.order) == "delivered")
    #expect(try await dispatcher.jobs(bureau: bureau.id).data.isEmpty)
    try await expectRecords(world, dispatcher, placed)
  }

  private func expectRecords(
    _ world: World, _ dispatcher: Dispatcher, _ job: JobRecord
  ) async throws {
    let (events, entries) = try await world.database.read { [ledger = world.ledger] tx in
      (
        try ledger.events(tx, order: job.order, brand: world.brand),
        try ledger.entries(tx, licence: world.licence, brand: world.brand)
      )
    }
    #expect(
      events.map(\.kind) == [
        "order.placed", "job.offer", "job.accept", "job.start", "job.complete", "job.pass",
        "job.ship", "job.deliver",
      ])
    #expect(events.map(\.version) == Array(1...8))
    #expect(events[6].data == ["carrier": "DHL", "tracking": "00340434"])
    #expect(
      entries.map(\.kind) == [.licenceGranted, .licenceReserved, .keyReleased, .completed])
    let reports = try await dispatcher.reports(order: job.order, brand: world.brand)
    #expect(Set(reports.map(\.report.kind)) == [.started, .completed, .inspected, .shipped])
  }

  @Test("a job is delivered once it was shipped, by its brand or its bureau, and no one else")
  func delivery() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let lease = try await world.printed(dispatcher)
    let order = try await world.record(lease.job).order
    let (mine, other) = (world.bureaus[0].id, world.bureaus[1].id)
    #expect(
      await code { try await dispatcher.delivered(order: order, brand: world.brand) }
        == "job.state")
    try await world.report(dispatcher, lease, World.passing)
    try await world.report(
      dispatcher, lease, .shipped(Shipment(carrier: "DHL", tracking: "1")))
    let stranger: BrandID = world.clock.ambient.identifier(at: world.clock.now)
    #expect(
      await code { try await dispatcher.delivered(order: order, brand: stranger) } == "not_found")
    #expect(
      await code { _ = try await dispatcher.carrierDelivered(lease.job, bureau: other) }
        == "not_found")
    #expect(try await dispatcher.carrierDelivered(lease.job, bureau: mine).state == .delivered)
    #expect(try await dispatcher.carrierDelivered(lease.job, bureau: mine).state == .delivered)
  }

  @Test("another bureau's offers and jobs are not there, and neither is a job that is only offered")
  func tenants() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let (mine, other) = (world.bureaus[0].id, world.bureaus[1].id)
    let job = try await world.place(dispatcher).id
    let offer = try #require(try await dispatcher.offers(bureau: mine).data.first).id
    #expect(await code { _ = try await dispatcher.job(job, bureau: mine) } == "not_found")
    #expect(
      await code { _ = try await dispatcher.lease(job, bureau: mine, holder: "a") } == "not_found")
    #expect(
      await code { _ = try await dispatcher.package(of: job, bureau: mine) } == "not_found")
    #expect(await code { _ = try await dispatcher.offer(offer, bureau: other) } == "not_found")
    #expect(await code { _ = try await dispatcher.accept(offer, bureau: other) } == "not_found")
    #expect(
      await code { _ = try await dispatcher.decline(offer, bureau: other, reason: "no") }
        == "not_found")
    _ = try await dispatcher.accept(offer, bureau: mine)
    let lease = try await world.lease(dispatcher, job)
    let started = ReportRequest(epoch: lease.epoch, attempt: 1, report: .started)
    let completed = ReportRequest(
      epoch: lease.epoch, attempt: 1, report: try world.completion(lease))
    for action in [
      { _ = try await dispatcher.job(job, bureau: other) },
      { _ = try await dispatcher.lease(job, bureau: other, holder: "a") },
      { _ = try await dispatcher.heartbeat(job, bureau: other, epoch: lease.epoch) },
      { _ = try await dispatcher.package(of: job, bureau: other) },
      { _ = try await dispatcher.report(job, bureau: other, started) },
      { _ = try await dispatcher.report(job, bureau: other, completed) },
      { _ = try await dispatcher.carrierDelivered(job, bureau: other) },
    ] as [@Sendable () async throws -> Void] {
      #expect(await code(action) == "not_found")
    }
    #expect(try await dispatcher.jobs(bureau: other).data.isEmpty)
    let stranger: BrandID = world.clock.ambient.identifier(at: world.clock.now)
    let order = try await world.record(job).order
    #expect(
      await code { _ = try await dispatcher.reports(order: order, brand: stranger) }
        == "not_found")
  }
}
