import Database
public import Domain
import Ledger

extension Vault {
  /// Approves the release of a design's draft, and releases it once enough of the brand's keys have
  /// approved what it holds now: from then on it is immutable, the revision before is superseded, and the
  /// design's parts are sold from this one, in its profiles of the same names, all in one commit. Orders that were placed keep theirs.
  ///
  /// The same key counts once, and an approval counts for the content that it was given for: a file that
  /// comes in later makes it void. Approving a released revision changes nothing.
  ///
  /// - Parameters:
  ///   - key: the brand's key that asks.
  ///   - condition: what the caller has seen of the design.
  /// - Throws: `design.no_geometry` for a draft without the file that is printed, `mesh.measuring` for one
  ///   whose mesh is not measured yet, `mesh.quarantined` and others for one whose mesh cannot be,
  ///   `design.profile_sold` for one without a profile that a part sells, `design.no_draft`,
  ///   `precondition.failed`, `not_found`.
  public func releaseRevision(
    brand: BrandID, design: DesignID, by key: APIKeyID, if condition: VersionCondition = .any
  ) async throws -> DesignView {
    let now = ambient.now()
    return try await database.write { [self] transaction in
      let row = try transaction.row(DesignStore.select, design, brand).orAbsent("design")
      try condition.check(try row.integer("version"))
      let (draft, files) = try revisionView(transaction, row: row, brand: brand)
      guard draft.state != .released else { return try view(transaction, design, brand: brand) }
      guard draft.state == .draft else {
        throw Problem(
          .conflict, "design.no_draft",
          "The newest revision is \(draft.state.rawValue): open the next one, and release that.")
      }
      guard let mesh = files.first(where: { $0.purpose == .geometry }) else {
        throw Problem(
          .conflict, "design.no_geometry",
          "Upload the file that is printed (purpose geometry) before you release the revision.")
      }
      try requireMeasured(mesh, draft.measurement, transaction, at: now)
      try requireSoldProfiles(transaction, in: draft.id, of: design, brand: brand)
      try transaction.run(DesignStore.touch, design, brand)
      try transaction.run(
        RevisionStore.approve, draft.id, key, brand,
        try Self.contentDigest(draft.id, profiles: draft.profiles, files: files), now)
      let subject = AuditSubject(design: design, revision: draft.id)
      if !draft.approvals.contains(where: { $0.key == key }) {
        try ledger.audit(
          transaction, .revisionApproved, brand: brand, about: subject,
          detail: "revision \(draft.number)", at: now)
      }
      let approved = try view(transaction, design, brand: brand)
      guard
        try approved.revision.approvals.count >= approvalsRequired(transaction, of: brand)
      else { return approved }
      try transaction.run(
        RevisionStore.supersede, try RevisionState.released.after(.supersede).rawValue, design,
        brand, RevisionState.released.rawValue)
      try transaction.run(
        RevisionStore.release, try draft.state.after(.release).rawValue, now, draft.id, brand,
        draft.state.rawValue)
      try transaction.run(RevisionStore.sell, draft.id, design, brand)
      try ledger.audit(
        transaction, .revisionReleased, brand: brand, about: subject,
        detail: "revision \(draft.number)", at: now)
      return try view(transaction, design, brand: brand)
    }
  }
}
