import Database
public import Domain

extension Vault {
  /// Releases the draft: from now on it is immutable, and parts can be sold from it. Releasing a
  /// released revision again changes nothing.
  ///
  /// - Throws: `design.no_geometry` for a draft without the file that is printed, `not_found`.
  public func releaseRevision(brand: BrandID, design: DesignID) async throws -> DesignView {
    let now = ambient.now()
    return try await database.write { [self] transaction in
      let before = try view(transaction, design, brand: brand)
      guard before.revision.state == .draft else { return before }
      guard before.files.contains(where: { $0.purpose == .geometry }) else {
        throw Problem(
          .conflict, "design.no_geometry",
          "Upload the file that is printed (purpose geometry) before you release the revision.")
      }
      try transaction.run(
        DesignStore.release, RevisionState.released.rawValue, now, before.revision.id, brand,
        RevisionState.draft.rawValue)
      return try view(transaction, design, brand: brand)
    }
  }
}
