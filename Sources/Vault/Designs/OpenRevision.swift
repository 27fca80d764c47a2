import Database
public import Domain
public import Ledger

extension Vault {
  /// Opens a design's next draft. What is sold stays as it is until the draft is released.
  ///
  /// - Parameter profiles: how it is made; those of the revision before if left out.
  /// - Throws: `not_found`, `design.draft_exists`, `design.shredded`, what profiles are refused with;
  ///   `RepeatedRequest` for a request
  ///   that has opened one.
  public func openRevision(
    brand: BrandID, design: DesignID, profiles: [NamedProfile]? = nil,
    once request: IdempotentRequest? = nil
  ) async throws -> RevisionDetails {
    try profiles?.check()
    let now = ambient.now()
    let id = ambient.identifier(RevisionID.self, at: now)
    return try await database.write { [self] transaction in
      try request?.claim(transaction, for: id, at: now)
      let before = try view(transaction, design, brand: brand)
      guard !before.isShredded else { throw Problem.shreddedDesign }
      guard before.revision.state != .draft else {
        throw Problem(
          .conflict, "design.draft_exists",
          "The design has a draft, revision \(before.revision.number): release or withdraw it first."
        )
      }
      try transaction.run(
        RevisionStore.insert, id, brand, design, before.revision.number + 1,
        RevisionState.draft.rawValue, now)
      try store(
        profiles
          ?? before.revision.profiles.map { NamedProfile(name: $0.name, profile: $0.profile) },
        of: id, design, brand, transaction, at: now)
      try transaction.run(DesignStore.touch, design, brand)
      return try details(transaction, id, of: design, brand: brand)
    }
  }
}
