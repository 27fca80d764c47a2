public import Database
public import Domain
import Ledger
import Sealing

extension Dispatcher {
  /// Holds the jobs of a design that is for post-quantum keys only from this commit on, where a bureau with
  /// a classical key has accepted and not begun to print: it gets no package any more. The brand takes
  /// them back. What is being printed goes on with what its bureau has fetched.
  public func holdClassicalJobs(
    _ transaction: Transaction, of design: DesignID, brand: BrandID, at now: Instant
  ) throws {
    for row in try transaction.rows(PackageStore.classicalJobs, design, brand) {
      guard let job = try ledger.job(transaction, try row.identifier("id")) else { continue }
      var data = ["reason": DesignKeyPolicy.message]
      data["bureau"] = job.bureau?.text
      _ = try ledger.advance(transaction, job, by: .hold, data: data, at: now)
      try endAttempt(transaction, job)
    }
  }

  /// Refuses with `design.key_type` what would let a bureau with a classical key have, or print again from,
  /// a design that its brand has taken from such keys since the release.
  func requireKeyType(_ transaction: Transaction, _ job: JobRecord) throws {
    guard try hasPermittedKey(transaction, job) else {
      throw Problem(.conflict, DesignKeyPolicy.code, DesignKeyPolicy.message)
    }
  }

  /// Whether the key that a job was released to may still receive its design; also where none was.
  func hasPermittedKey(_ transaction: Transaction, _ job: JobRecord) throws -> Bool {
    guard let bureau = job.bureau,
      let row = try transaction.row(
        PackageStore.keyType, job.id, bureau, job.design, job.brand)
    else { return true }
    let recipient = try Recipient(parsing: try row.text("recipient"))
    return DesignKeyPolicy(isPostQuantumOnly: try row.bool("pq_only"))
      .permits(postQuantum: recipient.isPostQuantum)
  }
}
