import Database
public import Domain
public import Ledger

extension Vault {
  /// What a brand's own name for a design may have.
  static let referenceBytesMax = 64

  /// Creates a design with an empty draft, revision 1, and grants the licence for it: all in one
  /// commit.
  ///
  /// - Parameter isPostQuantumOnly: whether only post-quantum keys may receive it. That classical keys may
  ///   is audited.
  /// - Parameter reference: the brand's own name for it, which no other of its designs has.
  /// - Throws: `design.name`, `design.reference`, `design.reference_taken`, `licence.terms`, what profiles are refused with; `not_found` for an unknown brand;
  ///   `RepeatedRequest` for a request that has created one.
  public func createDesign(
    brand: BrandID, name: String, profiles: [NamedProfile], terms: LicenceTerms,
    isPostQuantumOnly: Bool = true, reference: String? = nil,
    once request: IdempotentRequest? = nil
  ) async throws -> DesignView {
    try Self.check(name: name)
    try profiles.check()
    try terms.check()
    guard reference?.isPlainText(maximumBytes: Self.referenceBytesMax) ?? true else {
      throw Problem(
        .invalid, "design.reference",
        "A design's reference has 1 to \(Self.referenceBytesMax) bytes and no control characters.")
    }
    let now = ambient.now()
    let design = ambient.identifier(DesignID.self, at: now)
    let revision = ambient.identifier(RevisionID.self, at: now)
    let licence = ambient.identifier(LicenceID.self, at: now)
    return try await database.write { [self] transaction in
      try request?.claim(transaction, for: design, at: now)
      do {
        try transaction.run(
          DesignStore.insert, design, brand, name, now, isPostQuantumOnly,
          reference)
      } catch DatabaseError.foreignKeyViolation {
        throw Problem.absent("brand")
      } catch let error as DatabaseError where error.isUniqueViolation(of: "design") {
        throw Problem(
          .conflict, "design.reference_taken",
          "Another design of this brand has the reference \(reference ?? "").")
      }
      try transaction.run(
        RevisionStore.insert, revision, brand, design, 1, RevisionState.draft.rawValue,
        now)
      try store(profiles, of: revision, design, brand, transaction, at: now)
      try ledger.audit(
        transaction, .designCreated, brand: brand,
        about: AuditSubject(design: design, revision: revision), detail: name, at: now)
      if !isPostQuantumOnly {
        try auditKeyTypes(
          transaction, of: design, brand: brand, isPostQuantumOnly: isPostQuantumOnly, at: now)
      }
      try ledger.grantLicence(
        transaction, id: licence, brand: brand, design: design, terms: terms, at: now)
      return try view(transaction, design, brand: brand)
    }
  }
}
