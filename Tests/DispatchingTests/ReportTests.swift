import BureauProtocol
import Database
import Domain
import Ledger
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import Dispatching

@Suite("Reports")
struct ReportTests {
  @Test(
    "a completion that lies is refused: another key, job, bureau, attempt, epoch, package, count")
  func lies() async throws {
    let world = try await World()
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let lease = try await world.lease(dispatcher, job)
    try await world.report(dispatcher, lease, .started)
    let other = world.bureaus[1]
    let stranger: JobID = world.clock.ambient.identifier(at: world.clock.now)
    for (report, expected) in [
      (try world.completion(lease, by: other.signingKey), "completion.untrusted"),
      (try world.completion(lease, by: world.broker), "completion.untrusted"),
      (.completed(lease.grant), "completion.untrusted"),
      (
        .completed(SignedStatement(payloadType: "x", payload: "!", signatures: [])),
        "completion.signature"
      ),
      (try world.completion(lease, job: stranger), "completion.mismatch"),
      (try world.completion(lease, bureau: other.id), "completion.mismatch"),
      (try world.completion(lease, attempt: 2), "completion.mismatch"),
      (try world.completion(lease, epoch: 2), "completion.mismatch"),
      (try world.completion(lease, manifest: ContentDigest(of: [])), "completion.mismatch"),
      (try world.completion(lease, quantity: 1), "completion.mismatch"),
      (try world.completion(lease, lot: "a\u{1B}b"), "completion.mismatch"),
    ] as [(Report, String)] {
      #expect(await code { try await world.report(dispatcher, lease, report) } == expected)
    }
    #expect(try await world.record(job).state == .printing)
    #expect(try await world.number("SELECT COUNT(*) AS n FROM report") == 1)
  }

  @Test("a bureau's statement of another kind is no completion")
  func otherStatement() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let lease = try await world.lease(dispatcher, job)
    try await world.report(dispatcher, lease, .started)
    let grant = LeaseGrant(
      job: job, bureau: world.bureaus[0].id, epoch: 1, attempt: 1,
      manifestSHA256: try world.manifest(lease), issuedAt: world.clock.now, termSeconds: 60)
    let statement = try SignedStatement(
      json: try grant.signed(by: world.bureaus[0].signingKey).json())
    #expect(
      await code { try await world.report(dispatcher, lease, .completed(statement)) }
        == "completion.statement")
  }

  @Test("completing 32 times at once is one completion; saying something else is a conflict")
  func completingOften() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let lease = try await world.lease(dispatcher, job)
    try await world.report(dispatcher, lease, .started)
    let report = try world.completion(lease)
    let views = try await withThrowingTaskGroup(of: JobView.self) { group in
      for _ in 0..<32 { group.addTask { try await world.report(dispatcher, lease, report) } }
      return try await group.reduce(into: Set<JobView>()) { $0.insert($1) }
    }
    #expect(views.map(\.state) == [.printed])
    #expect(
      try await world.number("SELECT COUNT(*) AS n FROM ledger_entry WHERE kind = 'job.completed'")
        == 1)
    // Another agent took over and repeats, signed again under its epoch.
    let later = try await world.lease(dispatcher, job)
    #expect(
      try await world.report(dispatcher, later, try world.completion(later)).state == .printed)
    #expect(
      await code {
        try await world.report(dispatcher, later, try world.completion(later, lot: "other"))
      } == "report.conflict")
  }

  @Test(
    "every report repeated is answered as before, also under an old epoch, and a changed one refused"
  )
  func repeats() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let lease = try await world.printed(dispatcher)
    try await world.report(dispatcher, lease, World.passing)
    let later = try await world.lease(dispatcher, lease.job)
    #expect(try await world.report(dispatcher, lease, .started).state == .inspected)
    #expect(try await world.report(dispatcher, lease, World.passing).state == .inspected)
    #expect(
      await code { try await world.report(dispatcher, later, World.failing) } == "report.conflict")
    #expect(try await world.record(lease.job).version == 6)
  }

  @Test("reports come in order")
  func order() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let lease = try await world.lease(dispatcher, job)
    let shipped = Report.shipped(Shipment(carrier: "DHL", tracking: "1"))
    for report in [try world.completion(lease), World.passing, World.failing, shipped] {
      #expect(await code { try await world.report(dispatcher, lease, report) } == "job.state")
    }
    #expect(
      await code { try await world.report(dispatcher, lease, .started, attempt: 2) }
        == "report.stale_attempt")
    #expect(try await world.number("SELECT COUNT(*) AS n FROM report") == 0)
  }

  @Test("a pass needs everything planned measured, and within tolerance")
  func inspectionPlan() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let lease = try await world.printed(dispatcher)
    func result(_ measurements: [Measurement]) -> Report {
      .inspected(
        InspectionResult(passed: true, measurements: measurements, materialLot: nil))
    }
    for measurements in [
      [], [Measurement(feature: "rim", millimetres: 12.1)],
      [Measurement(feature: "bore", millimetres: 12.301)],
      [
        Measurement(feature: "bore", millimetres: 12.1),
        Measurement(feature: "bore", millimetres: 11.8),
      ],
    ] {
      #expect(
        await code { try await world.report(dispatcher, lease, result(measurements)) }
          == "report.inspection")
    }
    let good = result([Measurement(feature: "bore", millimetres: 11.9)])
    #expect(try await world.report(dispatcher, lease, good).state == .inspected)
  }

  @Test(
    "a failed inspection opens the next attempt while the scrap allowance lasts, then a person decides"
  )
  func scrap() async throws {
    let world = try await World(scrap: 3, bureaus: 1)
    let dispatcher = world.start()
    let lease = try await world.printed(dispatcher)
    let order = try await world.record(lease.job).order
    let failed = try await world.report(dispatcher, lease, World.failing)
    #expect(failed.state == .accepted && failed.attempt == 2 && !failed.leased)
    #expect(try await world.counts() == [0, 2, 2])
    #expect(try await world.report(dispatcher, lease, World.failing).attempt == 2)

    let second = try await world.lease(dispatcher, lease.job, "b")
    try await world.report(dispatcher, second, .started)
    try await world.report(dispatcher, second, try world.completion(second))
    #expect(try await world.report(dispatcher, second, World.failing).state == .held)
    #expect(try await world.counts() == [0, 2, 2])
    #expect(
      await code { try await dispatcher.retryHeld(order: order, brand: world.brand) }
        == "licence.scrap_exhausted")
    #expect(try await world.record(lease.job).state == .held)
  }

  @Test("a held job is printed again when its brand says so, and only then")
  func retry() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher)
    let lease = try await world.lease(dispatcher, job.id)
    #expect(
      await code { try await dispatcher.retryHeld(order: job.order, brand: world.brand) }
        == "job.state")
    // Held before anything was printed: no scrap.
    try await world.report(dispatcher, lease, .held(reason: "no powder"))
    let stranger: BrandID = world.clock.ambient.identifier(at: world.clock.now)
    #expect(
      await code { try await dispatcher.retryHeld(order: job.order, brand: stranger) }
        == "not_found")
    try await dispatcher.retryHeld(order: job.order, brand: world.brand)
    #expect(try await world.counts() == [0, 2, 0])
    #expect(
      await code { try await world.report(dispatcher, lease, .started) } == "lease.stale_epoch")

    let second = try await world.lease(dispatcher, job.id, "b")
    #expect(second.attempt == 2)
    try await world.report(dispatcher, second, .started)
    try await world.report(dispatcher, second, .held(reason: "power cut"))
    #expect(
      await code { try await world.report(dispatcher, second, try world.completion(second)) }
        == "job.state")
    try await dispatcher.retryHeld(order: job.order, brand: world.brand)
    #expect(try await world.counts() == [0, 2, 2])
    #expect(try await dispatcher.job(job.id, bureau: world.bureaus[0].id).attempt == 3)
    let events = try await world.database.read { [ledger = world.ledger] in
      try ledger.events($0, order: job.order, brand: world.brand)
    }
    #expect(events.allSatisfy { $0.data.isEmpty }, "a reason is the brand's, not the customer's")
    let reasons = try await dispatcher.reports(order: job.order, brand: world.brand)
    #expect(reasons.contains { $0.report == .held(reason: "power cut") })
  }

  @Test("what a report says has limits")
  func limits() async throws {
    let world = try await World(bureaus: 1)
    let dispatcher = world.start()
    let job = try await world.accepted(dispatcher).id
    let lease = try await world.lease(dispatcher, job)
    let long = String(repeating: "x", count: 201)
    for report in [
      .held(reason: ""), .held(reason: "a\u{202E}b"),
      .shipped(Shipment(carrier: "DHL", tracking: "1\n2")),
      .shipped(Shipment(carrier: long, tracking: "1")),
      .inspected(
        InspectionResult(
          passed: true, measurements: [Measurement(feature: "x", millimetres: .nan)],
          materialLot: nil)),
      .inspected(
        InspectionResult(
          passed: true,
          measurements: Array(repeating: Measurement(feature: "x", millimetres: 1), count: 101),
          materialLot: nil)),
    ] as [Report] {
      #expect(await code { try await world.report(dispatcher, lease, report) } == "report.content")
    }
  }
}
