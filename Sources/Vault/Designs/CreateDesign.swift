import Database
public import Domain
public import Ledger

extension Vault {
  /// Creates a design with an empty draft, revision 1, and grants the licence for it: all in one
  /// commit.
  ///
  /// - Throws: `design.name`, `design.profile`, `licence.terms`; `not_found` for an unknown brand;
  ///   `RepeatedRequest` for a request that has created one.
  public func createDesign(
    brand: BrandID, name: String, profile: PrintProfile, terms: LicenceTerms,
    once request: IdempotentRequest? = nil
  ) async throws -> DesignView {
    try Self.check(name: name)
    try profile.check()
    try terms.check()
    let now = ambient.now()
    let design = ambient.identifier(DesignID.self, at: now)
    let revision = ambient.identifier(RevisionID.self, at: now)
    let licence = ambient.identifier(LicenceID.self, at: now)
    let profileText = try StoredJSON.text(profile)
    return try await database.write { [self] transaction in
      try request?.claim(transaction, for: design, at: now)
      do {
        try transaction.run(DesignStore.insert, design, brand, name, now)
      } catch DatabaseError.foreignKeyViolation {
        throw Problem.absent("brand")
      }
      try transaction.run(
        RevisionStore.insert, revision, brand, design, 1, RevisionState.draft.rawValue,
        profileText, now)
      try ledger.audit(
        transaction, .designCreated, brand: brand,
        about: AuditSubject(design: design, revision: revision), detail: name, at: now)
      try ledger.grantLicence(
        transaction, id: licence, brand: brand, design: design, terms: terms, at: now)
      return try view(transaction, design, brand: brand)
    }
  }
}
