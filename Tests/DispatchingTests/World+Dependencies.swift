import Database
import Domain
import Ledger
import PrintPackage
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import Dispatching

extension World {
  var dependencies: DispatchDependencies {
    DispatchDependencies(
      assignNext: { [self] tx, job, _ in try next(tx, job) },
      recheck: { [self] _, _, bureau, _, _ in
        guard !faults.withLock({ $0.disqualified.contains(bureau) }) else {
          throw Problem(.conflict, "match.no_longer_qualified", "A certificate has lapsed.")
        }
      },
      requirePayloads: { [self] _, _ in
        guard !faults.withLock({ $0.payloadsAreMissing }) else {
          throw Problem(.unavailable, "release.payload_missing", "A file is missing.")
        }
      },
      recordRelease: { [self] tx, job, bureau, recipient, now in
        try recordRelease(tx, job, bureau, recipient, now)
      },
      releasedFiles: { [self] job, bureau in try await releasedFiles(job, bureau) },
      shipTo: { [address] _ in address })
  }

  func next(_ tx: Transaction, _ job: JobRecord) throws -> Candidate? {
    let asked = try tx.rows(
      Statement("SELECT bureau_id FROM offer WHERE job_id = $1"), job.id
    ).map { try $0.identifier("bureau_id", as: BureauID.self) }
    return bureaus.first { !asked.contains($0.id) }.map {
      Candidate(bureau: $0.id, site: $0.site, machine: $0.machine, distanceKilometres: 10)
    }
  }

  private func recordRelease(
    _ tx: Transaction, _ job: JobRecord, _ bureau: BureauID, _ recipient: String, _ now: Instant
  ) throws {
    let entry = try ledger.consume(
      tx, licence: job.licence, brand: job.brand, units: job.quantity, job: job.id,
      bureau: bureau, at: now)
    try tx.run(
      Statement("INSERT INTO key_release VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"), job.id, bureau,
      job.brand, job.revision, job.licence, recipient, entry, now)
    if faults.withLock({ $0.releaseFails }) { throw Broken() }
  }

  private func releasedFiles(_ job: JobID, _ bureau: BureauID) async throws -> [SealedFile] {
    if faults.withLock({ $0.filesFail }) { throw Broken() }
    let recipient = try await database.read { tx in
      try tx.row(
        Statement("SELECT recipient FROM key_release WHERE job_id = $1 AND bureau_id = $2"), job,
        bureau)?.text("recipient")
    }
    let target = SealTarget.recipients([try Recipient(parsing: try #require(recipient))])
    var generator = clock.ambient.generator
    return try files.map { file in
      SealedFile(
        id: file.id, name: file.name, purpose: file.purpose, mediaType: file.mediaType,
        unit: file.purpose == .geometry ? .inch : nil,
        blob: file.blob,
        header: try AgeHeader.make(fileKey: file.key, for: target, using: &generator),
        payloadBytes: file.payload.count, payloadSHA256: ContentDigest(of: file.payload).bytes)
    }
  }

  /// What placing an order does: the licence's units reserved, the job offered to the first bureau.
  @discardableResult
  func place(_ dispatcher: Dispatcher, quantity: Int = 2) async throws -> JobRecord {
    let (ambient, now) = (clock.ambient, clock.now)
    let order: OrderID = ambient.identifier(at: now)
    let jobID = ambient.identifier(JobID.self, at: now)
    let job = NewJob(
      id: jobID, brand: brand, order: order, part: part, design: design,
      revision: revision, profile: profileID, licence: licence, quantity: quantity,
      productionDay: now.day + 1,
      dueDay: now.day + 5)
    return try await database.write { [self] tx in
      try tx.run(
        Statement(
          """
          INSERT INTO customer_order VALUES
            ($1, $2, $3, $4, 900, 'EUR', 'placed', 'DE', 525, 134, $5, $5, 1, 0, $6)
          """), order, brand, part, quantity, [UInt8](repeating: 0, count: 4), jobID)
      let record = try ledger.createJob(tx, job, at: now)
      try ledger.reserve(
        tx, licence: licence, brand: brand, units: quantity, job: record.id, at: now)
      let candidate = try #require(try next(tx, record))
      return try dispatcher.makeOffer(tx, record, to: candidate, at: now)
    }
  }

  /// What cancelling an order does.
  func cancel(_ dispatcher: Dispatcher, _ job: JobID) async throws {
    let now = clock.now
    try await database.write { [self] tx in
      let record = try #require(try ledger.job(tx, job))
      _ = try ledger.advance(tx, record, by: .cancel, at: now)
      try dispatcher.withdrawOffer(tx, of: record, at: now)
      try ledger.giveBack(
        tx, licence: licence, brand: brand, units: record.quantity, job: job, at: now)
    }
  }
}
