import BureauProtocol
import Database
import Domain
import Ledger
import PrintPackage
import Sealing

/// A completion whose signatures hold, with what they were held against; the transaction that
/// accepts it checks that these are still so.
struct VerifiedCompletion: Sendable {
  let completion: Completion
  let bureauKey: String
  let manifestEnvelope: String
  let manifestSHA256: ContentDigest

  /// Refuses a completion that is not for exactly this job, attempt, epoch and package.
  func check(_ transaction: Transaction, against job: JobRecord) throws {
    guard let bureau = job.bureau,
      try transaction.row(ReportStore.bureauKey, bureau)?.textOrNil("verification_key")
        == bureauKey,
      try transaction.row(PackageStore.select, job.id, bureau)?.text("manifest")
        == manifestEnvelope
    else {
      throw Problem(
        .conflict, "job.changed", "The bureau's key or the package has just changed: retry.")
    }
    let differences = [
      ("job", completion.job == job.id), ("bureau", completion.bureau == bureau),
      ("attempt", completion.attempt == job.attempt), ("epoch", completion.epoch == job.epoch),
      ("manifest", completion.manifestSHA256 == manifestSHA256),
      ("quantity", completion.quantity == job.quantity),
    ].filter { !$0.1 }.map(\.0)
    guard differences.isEmpty, completion.isPlain else {
      throw Problem(
        .invalid, "completion.mismatch",
        "The completion is not for this print: "
          + (differences.isEmpty ? "its texts are not plain" : differences.joined(separator: ", "))
          + ".")
    }
  }
}

extension Dispatcher {
  /// The completion in a report, verified with the key that the bureau enrolled; nil for the other
  /// reports. Signatures are checked outside the write, which others wait for.
  func verifiedCompletion(
    _ report: Report, of id: JobID, bureau: BureauID
  ) async throws -> VerifiedCompletion? {
    guard case .completed(let statement) = report else { return nil }
    let (keyText, manifest) = try await database.read { transaction in
      _ = try heldJob(transaction, id, bureau)
      return (
        try transaction.row(ReportStore.bureauKey, bureau)?.textOrNil("verification_key"),
        try self.manifest(transaction, of: id, bureau: bureau)
      )
    }
    guard let keyText, let key = try? VerificationKey(parsing: keyText) else {
      throw Problem(.conflict, "bureau.not_enrolled", "The bureau has not enrolled its keys.")
    }
    let completion = try Completion.verified(
      try envelope(statement, problem: "completion.signature"), trusted: [key]
    ).predicate
    return VerifiedCompletion(
      completion: completion, bureauKey: keyText, manifestEnvelope: manifest,
      manifestSHA256: try verified(manifest).digest)
  }
}
