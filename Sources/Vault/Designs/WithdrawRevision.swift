public import Database
public import Domain
import Ledger

extension Vault {
  /// Withdraws a revision for ever. From this commit on nothing is ordered from it and none of its keys
  /// is released, also not to a bureau that was given one before; what that bureau has fetched cannot be
  /// taken away. The ledger says so. A draft that is withdrawn is given up, and the next can be opened.
  ///
  /// Withdrawing again changes nothing, and the first reason stays.
  ///
  /// - Parameters:
  ///   - reason: for the brand; 1 to 500 bytes of plain text.
  ///   - suspending: stops the revision's jobs that are not printed yet, in this commit.
  /// - Throws: `not_found`, `revision.reason`, `revision.shredded`, and what `suspending` throws.
  public func withdrawRevision(
    brand: BrandID, design: DesignID, _ id: RevisionID, reason: String,
    suspending: @escaping @Sendable (Transaction, RevisionID, Instant) throws -> Void
  ) async throws -> RevisionDetails {
    guard reason.isPlainText(maximumBytes: 500) else {
      throw Problem(
        .invalid, "revision.reason",
        "A reason is 1 to 500 bytes of text without control characters.")
    }
    let now = ambient.now()
    return try await database.write { [self] transaction in
      let before = try details(transaction, id, of: design, brand: brand)
      let state = before.revision.state
      guard state != .withdrawn else { return before }
      guard state != .shredded else { throw Problem.shredded }
      try transaction.run(
        RevisionStore.withdraw, try state.after(.withdraw).rawValue, now, reason, id, brand,
        state.rawValue)
      try transaction.run(DesignStore.touch, design, brand)
      // Without the reason, which is in the revision.
      try ledger.audit(
        transaction, .revisionWithdrawn, brand: brand,
        about: AuditSubject(design: design, revision: id), detail: "was \(state.rawValue)", at: now)
      if state != .draft {
        let licence = try view(transaction, design, brand: brand).licence.id
        try ledger.append(
          transaction, kind: .revisionWithdrawn, brand: brand, licence: licence,
          body: Withdrawal(design: design, revision: id), at: now)
        try suspending(transaction, id, now)
      }
      return try details(transaction, id, of: design, brand: brand)
    }
  }

  private struct Withdrawal: Encodable {
    let design: DesignID
    let revision: RevisionID
  }
}
