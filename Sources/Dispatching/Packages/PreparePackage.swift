import Database
import Domain
import FoundationEssentials
import Ledger
import PrintPackage
import Sealing

extension Dispatcher {
  /// The job's package, made and stored now if it never was. Two who make it at once both get the
  /// one that was stored first. A crash at any point leaves none, or a whole one.
  ///
  /// - Parameter check: what else has to hold, in the transaction that reads the package.
  func preparedPackage(
    of id: JobID, bureau: BureauID, at now: Instant,
    if check: @escaping @Sendable (Transaction, JobRecord) throws -> Void = { _, _ in }
  ) async throws -> StoredPackage {
    let (held, stored) = try await database.read { transaction in
      let held = try heldJob(transaction, id, bureau)
      try held.requireLeasable()
      try check(transaction, held.record)
      return (held, try StoredPackage(transaction, of: id, bureau: bureau))
    }
    if let stored { return stored }
    let new = try await build(held, bureau: bureau, at: now)
    return try await database.write { transaction in
      let job = try self.heldJob(transaction, id, bureau).record
      // The brand may have withdrawn the revision, or taken the design from classical keys, since the
      // headers were made: then they go no further.
      try self.requireReleasable(transaction, job)
      try self.requireKeyType(transaction, job)
      try check(transaction, job)
      try self.store(transaction, new, of: job)
      guard let stored = try StoredPackage(transaction, of: id, bureau: bureau) else {
        throw Problem.failed("a package that was just stored is missing")
      }
      return stored
    }
  }

  private struct NewPackage {
    let manifest: Manifest
    let envelope: String
    let ticket: [UInt8]
    let files: [SealedFile]
    let bureau: BureauID
    let createdAt: Instant
  }

  private func build(
    _ held: HeldJob, bureau: BureauID, at now: Instant
  ) async throws -> NewPackage {
    let job = held.record
    let (recipient, entry) = try await database.read { transaction in
      guard let row = try transaction.row(PackageStore.release, job.id, bureau, job.brand),
        try row.identifier("revision_id") == job.revision,
        try row.identifier("licence_id") == job.licence
      else { throw Problem.failed("job \(job.id) was accepted without a key release") }
      let entry: LedgerEntryID = try row.identifier("ledger_id")
      return (try row.text("recipient"), entry)
    }
    let files = try await dependencies.releasedFiles(job.id, bureau)
    let address = try await dependencies.shipTo(job)
    var generator = ambient.generator
    let ticket = Ticket(
      order: job.order, job: job.id, partName: held.partName, quantity: job.quantity,
      profile: held.profile, shipTo: address, using: &generator)
    let contents = PackageContents(
      licence: job.licence, revision: job.revision, profile: job.profile, bureau: bureau,
      recipient: try Recipient(parsing: recipient), release: entry, ticket: ticket,
      files: try files.map { file in
        guard let digest = ContentDigest(bytes: file.payloadSHA256) else {
          throw Problem.failed("a payload digest is not 32 bytes")
        }
        return PackageContents.File(
          file: file.id, name: file.name, purpose: file.purpose, mediaType: file.mediaType,
          unit: file.unit, header: file.header, payloadBytes: file.payloadBytes,
          payloadSHA256: digest)
      })
    let (manifest, sealed) = try contents.build(
      issuedAt: now, expiresAt: expiry(from: now), using: &generator)
    return NewPackage(
      manifest: manifest, envelope: try signedText(manifest), ticket: sealed, files: files,
      bureau: bureau, createdAt: now)
  }

  private func store(_ transaction: Transaction, _ new: NewPackage, of job: JobRecord) throws {
    let id = ambient.identifier(PackageID.self, at: new.createdAt)
    guard
      try transaction.run(
        PackageStore.insert, id, job.brand, job.id, new.bureau, new.envelope, new.ticket,
        new.manifest.expiresAt, new.createdAt) == 1
    else { return }
    for file in new.files {
      try transaction.run(PackageStore.insertFile, id, file.id, file.header)
    }
    try ledger.audit(
      transaction, .packageMade, brand: job.brand, by: .bureau(new.bureau),
      about: AuditSubject(of: job, bureau: new.bureau),
      detail: "\(new.files.count) file\(new.files.count == 1 ? "" : "s")", at: new.createdAt)
  }

  /// The same package under a new period, when the old one ends too soon for another lease.
  func renewal(of package: StoredPackage, at now: Instant) throws -> Manifest? {
    let needed = now + .seconds(max(policy.leaseSeconds, 3600))
    guard package.expiresAt <= needed else { return nil }
    return try verified(package.envelope).predicate.renewed(
      issuedAt: now, expiresAt: expiry(from: now))
  }

  /// Stores a renewal in the commit of the lease whose grant will name it; until then the grant of
  /// the lease before, and the completion that names it, stay good. Of two at once the first stays.
  func store(
    _ transaction: Transaction, _ renewal: Manifest, of package: StoredPackage
  ) throws {
    try transaction.run(
      PackageStore.renew, try signedText(renewal), renewal.expiresAt, package.id, package.job,
      package.bureau, package.expiresAt)
  }

  private func expiry(from now: Instant) -> Instant {
    now + .seconds(policy.packageDays * 86_400)
  }

  private func signedText(_ manifest: Manifest) throws -> String {
    String(decoding: try manifest.signed(by: signingKey).json(), as: UTF8.self)
  }
}
