public import BureauProtocol
import Database
public import Domain
import Ledger
import PrintPackage
import Sealing

extension Dispatcher {
  /// Gives one holder the job for a term, under the next epoch. The holder that asks again gets it
  /// again, and its earlier epoch is stale; another one waits until the term is over.
  ///
  /// The package is made before, if it was not, and signed anew if it is about to expire before it
  /// is printed, because the grant names its manifest. A crash between the commit and the answer costs an epoch: the
  /// holder asks again.
  ///
  /// - Parameter holder: a name that an agent keeps, 1 to 100 bytes of plain text (`lease.holder`).
  /// - Throws: `not_found`, `job.state`, `lease.held`.
  public func lease(_ id: JobID, bureau: BureauID, holder: String) async throws -> LeaseView {
    guard holder.isPlainText(maximumBytes: 100) else {
      throw Problem(
        .invalid, "lease.holder", "A holder is 1 to 100 bytes of text without control characters.")
    }
    let now = ambient.now()
    let package = try await preparedPackage(of: id, bureau: bureau, at: now)
    let renewal = try renewal(of: package, at: now)
    let (job, manifest) = try await database.write { transaction in
      let held = try self.heldJob(transaction, id, bureau)
      try held.requireLeasable()
      try self.take(transaction, held.record, bureau: bureau, holder: holder)
      // Once it prints, the completion will name the manifest that it was printed from.
      if let renewal, held.record.state == .accepted {
        try self.store(transaction, renewal, of: package)
      }
      return (
        try self.heldJob(transaction, id, bureau).record,
        try self.manifest(transaction, of: id, bureau: bureau)
      )
    }
    let grant = LeaseGrant(
      job: id, bureau: bureau, epoch: job.epoch, attempt: job.attempt,
      manifestSHA256: try verified(manifest).digest, issuedAt: now,
      termSeconds: policy.leaseSeconds)
    return LeaseView(
      job: id, epoch: job.epoch, attempt: job.attempt, termSeconds: policy.leaseSeconds,
      grant: try SignedStatement(json: try grant.signed(by: signingKey).json()))
  }

  /// Keeps a lease for another term from now; `lease.stale_epoch` when it is not the newest one.
  public func heartbeat(_ id: JobID, bureau: BureauID, epoch: Int) async throws -> LeaseTerm {
    try await database.write { [self] transaction in
      let held = try heldJob(transaction, id, bureau)
      try held.requireLeasable()
      try requireEpoch(epoch, of: held.record)
      // Inside the transaction, so that it is in order with those that take leases. It is not undone
      // with it, which may make another holder wait, and nothing else.
      leases.hold(id, epoch: epoch, at: ambient.uptime())
      return LeaseTerm(epoch: epoch, termSeconds: policy.leaseSeconds)
    }
  }

  /// The fence in the transaction of every effect: only the newest lease, and only while it was not
  /// ended.
  func requireEpoch(_ epoch: Int, of job: JobRecord) throws(Problem) {
    guard job.leaseHolder != nil, job.epoch == epoch else {
      throw Problem(
        .conflict, "lease.stale_epoch",
        "Epoch \(epoch) is not the job's lease any more: lease it again and look where it stands.")
    }
  }

  /// Gives the job to a holder under the next epoch, or refuses with `lease.held`.
  func take(
    _ transaction: Transaction, _ job: JobRecord, bureau: BureauID, holder: String
  ) throws {
    let uptime = ambient.uptime()
    guard job.leaseHolder == holder || !leases.isHeld(job, at: uptime) else {
      throw Problem(
        .conflict, "lease.held",
        "Another holder has the job. Its lease ends \(policy.leaseSeconds) seconds after its last "
          + "heartbeat.")
    }
    guard try transaction.run(LeaseStore.take, holder, job.id, bureau, job.epoch) == 1 else {
      throw Problem(.conflict, "lease.held", "Another holder has just taken the job.")
    }
    transaction.afterCommit { [leases] in
      leases.hold(job.id, epoch: job.epoch + 1, at: uptime)
    }
    // Another agent of the bureau sees that it is not alone.
    ledger.announce(transaction, to: bureau)
  }
}
