import BureauProtocol
import Database
import Domain
import FoundationEssentials
import Ledger
import PrintPackage
import Sealing
import TestSupport
import Testing

@testable import Dispatching

/// The code of the problem that a closure throws, or nil.
func code(_ body: () async throws -> Void) async -> String? {
  do {
    try await body()
    return nil
  } catch { return (error as? Problem)?.code ?? "\(error)" }
}

extension World {
  /// Reserved, consumed and scrapped units. What the ledger's entries add up to is the same, and no
  /// more than was authorised.
  func counts() async throws -> [Int] {
    let (record, entries) = try await database.read { [ledger, licence, brand] in
      (
        try ledger.licence($0, licence, brand: brand),
        try ledger.entries($0, licence: licence, brand: brand)
      )
    }
    var (free, reserved, consumed, scrapped) = (0, 0, 0, 0)
    for entry in entries {
      let units = (try? JSONDecoder().decode(Units.self, from: Data(entry.body.utf8)))?.units ?? 0
      switch entry.kind {
      case .licenceGranted: free += record.authorised
      case .licenceReserved: (free, reserved) = (free - units, reserved + units)
      case .licenceReturned: (free, reserved) = (free + units, reserved - units)
      case .keyReleased, .licencePresumed:
        (reserved, consumed) = (reserved - units, consumed + units)
      case .scrapUsed: scrapped += units
      case .completed, .bureauEnrolled, .revisionWithdrawn, .shredded, .recovered,
        .licenceImported:
        break
      }
    }
    #expect([reserved, consumed, scrapped] == [record.reserved, record.consumed, record.scrapped])
    #expect(record.authorised == reserved + consumed + free && free >= 0)
    return [record.reserved, record.consumed, record.scrapped]
  }

  private struct Units: Decodable { let units: Int }

  func number(_ sql: String) async throws -> Int {
    try await database.read { try #require(try $0.row(Statement(sql))).integer("n") }
  }

  func record(_ job: JobID) async throws -> JobRecord {
    try await database.read { [ledger] in try #require(try ledger.job($0, job)) }
  }

  func orderState(_ order: OrderID) async throws -> String {
    try await database.read {
      try #require(
        try $0.row(Statement("SELECT state FROM customer_order WHERE id = $1"), order)
      ).text("state")
    }
  }

  /// The open offer of a bureau, accepted.
  func accepted(_ dispatcher: Dispatcher, quantity: Int = 2) async throws -> JobView {
    let job = try await place(dispatcher, quantity: quantity)
    let offer = try #require(
      try await dispatcher.offers(bureau: bureaus[0].id).data.first { $0.job == job.id })
    return try await dispatcher.accept(offer.id, bureau: bureaus[0].id)
  }

  /// The bytes of a package.
  func bytes(_ stream: PackageStream) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await chunk in stream { bytes += chunk }
    #expect(bytes.count == stream.totalBytes)
    return bytes
  }

  func opened(
    _ dispatcher: Dispatcher, _ job: JobID, bureau index: Int = 0
  ) async throws -> OpenedPackage {
    let bureau = bureaus[index]
    return try PackageOpener.open(
      try await bytes(try await dispatcher.package(of: job, bureau: bureau.id)),
      identity: bureau.identity,
      trust: try PackageTrust(texts: dispatcher.trust().keys(for: .broker)),
      expecting: PackageExpectation(
        now: clock.now, bureau: bureau.id, recipient: bureau.identity.recipient.description,
        job: job))
  }

  /// The digest of the manifest that a lease's grant names.
  func manifest(_ lease: LeaseView) throws -> ContentDigest {
    try LeaseGrant.verified(
      try Envelope(json: try lease.grant.json()), trusted: [broker.verificationKey]
    ).predicate.manifestSHA256
  }

  /// A completion of a lease's attempt, honest unless told otherwise.
  func completion(
    _ lease: LeaseView, job: JobID? = nil, bureau: BureauID? = nil, attempt: Int? = nil,
    epoch: Int? = nil, manifest: ContentDigest? = nil, quantity: Int = 2, lot: String? = "L-7",
    by signer: SigningKey? = nil
  ) throws -> Report {
    let completion = Completion(
      job: job ?? lease.job, bureau: bureau ?? bureaus[0].id, attempt: attempt ?? lease.attempt,
      epoch: epoch ?? lease.epoch, manifestSHA256: try manifest ?? self.manifest(lease),
      quantity: quantity, machine: "P1", materialLot: lot, completedAt: clock.now)
    let envelope = try completion.signed(by: signer ?? bureaus[0].signingKey)
    return .completed(try SignedStatement(json: try envelope.json()))
  }

  static let passing = Report.inspected(
    InspectionResult(
      passed: true, measurements: [Measurement(feature: "bore", millimetres: 12.3)],
      materialLot: "L-7"))
  static let failing = Report.inspected(
    InspectionResult(
      passed: false, measurements: [Measurement(feature: "bore", millimetres: 13)],
      materialLot: nil))

  @discardableResult
  func report(
    _ dispatcher: Dispatcher, _ lease: LeaseView, _ report: Report, epoch: Int? = nil,
    attempt: Int? = nil, bureau: Int = 0
  ) async throws -> JobView {
    try await dispatcher.report(
      lease.job, bureau: bureaus[bureau].id,
      ReportRequest(
        epoch: epoch ?? lease.epoch, attempt: attempt ?? lease.attempt, report: report))
  }

  func lease(_ dispatcher: Dispatcher, _ job: JobID, _ holder: String = "a") async throws
    -> LeaseView
  {
    try await dispatcher.lease(job, bureau: bureaus[0].id, holder: holder)
  }

  /// A job that is printed, under a lease.
  func printed(_ dispatcher: Dispatcher) async throws -> LeaseView {
    let job = try await accepted(dispatcher)
    let lease = try await lease(dispatcher, job.id)
    try await report(dispatcher, lease, .started)
    try await report(dispatcher, lease, try completion(lease))
    return lease
  }
}
