public import Database
public import Domain
public import Ledger
import Licensing
import Sealing

extension Vault {
  /// Records, in the caller's transaction, that a bureau may have the keys of a job's revision:
  /// asks the licence again, consumes its units, appends the ledger entry, the release row and the
  /// audit entry. Once for a job and a bureau. Nothing is unwrapped here; ``releasedFiles(job:bureau:)`` refuses
  /// until this has been committed.
  ///
  /// - Parameters:
  ///   - job: as this transaction read it, with the bureau and the machine that it is assigned to.
  ///   - recipient: the bureau's age recipient; the release is for this key and no later one.
  /// - Throws: `licence.units`, `licence.territory`, `licence.dates`, `design.key_type`,
  ///   `release.assignment`, `release.recipient`, `release.recorded`, `release.revision`,
  ///   `revision.withdrawn`, `release.payload_lost`.
  public func recordRelease(
    _ transaction: Transaction, job: JobRecord, bureau: BureauID, recipient: String, at now: Instant
  ) throws {
    guard job.bureau == bureau, let machine = job.machine,
      let site = try transaction.row(ReleaseStore.siteOfMachine, machine, bureau)
    else {
      throw Problem(.conflict, "release.assignment", "The job is not assigned to this bureau.")
    }
    guard let key = try? Recipient(parsing: recipient) else {
      throw Problem(.conflict, "release.recipient", "The bureau has no usable recipient key.")
    }
    // A superseded one too: the order was placed on it.
    guard
      let row = try transaction.row(
        ReleaseStore.revisionState, job.revision, job.design, job.brand)
    else {
      throw Problem(.conflict, "release.revision", "The job's revision is not of its design.")
    }
    try row.named("state", as: RevisionState.self).requireReleasesKeys()
    try DesignKeyPolicy(isPostQuantumOnly: row.bool("pq_only"))
      .require(postQuantum: key.isPostQuantum)
    // Before the licence is consumed: no package could be made.
    guard try transaction.row(ReleaseStore.lostFile, job.revision, job.brand) == nil else {
      throw Problem(
        .conflict, "release.payload_lost", "A file of the job's revision is lost; ask the operator."
      )
    }
    guard try transaction.row(ReleaseStore.select, job.id, bureau) == nil else {
      throw Problem(
        .conflict, "release.recorded", "The keys were released to this bureau for this job before.")
    }
    let licence = try ledger.licence(transaction, job.licence, brand: job.brand)
    guard licence.design == job.design else {
      throw Problem.failed("licence \(job.licence) is not for design \(job.design)")
    }
    // An acceptance may come after the planned day; it is printed no earlier than today.
    let permit = try licence.terms.decide(
      LicenceRequest(
        units: job.quantity, country: try site.country("country"),
        day: max(job.productionDay, now.day))
    ).get()
    let entry = try ledger.consume(
      transaction, licence: job.licence, brand: job.brand, units: permit.request.units, job: job.id,
      bureau: bureau, at: now)
    try transaction.run(
      ReleaseStore.insert, job.id, bureau, job.brand, job.revision, job.licence, key.description,
      entry, now)
    if !key.isPostQuantum {
      try transaction.run(ReleaseStore.countClassical, job.design, job.brand)
    }
    try ledger.audit(
      transaction, .keyReleased, brand: job.brand, by: .bureau(bureau),
      about: AuditSubject(of: job, bureau: bureau), detail: "\(permit.request.units) units",
      at: now)
  }
}
