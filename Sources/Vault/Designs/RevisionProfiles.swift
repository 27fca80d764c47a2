public import Database
public import Domain
import Ledger

/// A print profile of a revision.
public struct ProfileView: Sendable, Hashable, Codable {
  /// Its identifier; that of the next revision's is another one.
  public let id: ProfileID
  /// Its name, unique in the revision, by which the next revision's takes its place.
  public let name: String
  /// How the revision is made.
  public let profile: PrintProfile

  init(row: Row) throws {
    id = try row.identifier("id")
    name = try row.text("name")
    profile = try row.json("profile")
  }
}

extension Vault {
  /// Exchanges all print profiles of a design's draft for others. Approvals of what it held before do not
  /// count any more.
  ///
  /// - Throws: `not_found`, `precondition.failed`, `design.no_draft`, and what profiles are refused with.
  public func setProfiles(
    brand: BrandID, design: DesignID, _ profiles: [NamedProfile], if condition: VersionCondition
  ) async throws -> DesignView {
    try profiles.check()
    let now = ambient.now()
    return try await database.write { [self] transaction in
      let before = try view(transaction, design, brand: brand)
      try condition.check(before.version)
      guard before.revision.state == .draft else {
        throw Problem(
          .conflict, "design.no_draft",
          "The design has no draft: open the next revision, with other print profiles.")
      }
      try transaction.run(ProfileStore.clear, before.revision.id, brand)
      try store(profiles, of: before.revision.id, design, brand, transaction, at: now)
      try transaction.run(DesignStore.touch, design, brand)
      return try view(transaction, design, brand: brand)
    }
  }

  /// Stores the profiles of a draft that has none, in their order.
  func store(
    _ profiles: [NamedProfile], of revision: RevisionID, _ design: DesignID, _ brand: BrandID,
    _ transaction: Transaction, at now: Instant
  ) throws {
    for (index, named) in profiles.enumerated() {
      try transaction.run(
        ProfileStore.insert, ambient.identifier(ProfileID.self, at: now), brand, design, revision,
        index + 1, named.name, try StoredJSON.text(named.profile), now)
    }
  }

  /// Refuses a draft in which a profile is missing that a part of the design sells (`design.profile_sold`):
  /// nobody but the brand can say in which other one it should be sold.
  func requireSoldProfiles(
    _ transaction: Transaction, in draft: RevisionID, of design: DesignID, brand: BrandID
  ) throws {
    let missing = try transaction.rows(ProfileStore.missing, design, brand, draft)
      .map { "“\(try $0.text("name"))”" }
    guard !missing.isEmpty else { return }
    throw Problem(
      .conflict, "design.profile_sold",
      "Parts are sold in print profiles that the draft does not have: \(missing.joined(separator: ", ")). "
        + "Give the profile that takes the place of each the same name.")
  }
}

/// The SQL of print profiles. Every statement names the brand.
public enum ProfileStore: StatementCatalogue {
  static let insert = Statement(
    """
    INSERT INTO print_profile (
      id, brand_id, design_id, revision_id, place, name, profile, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)
  static let clear = Statement(
    "DELETE FROM print_profile WHERE revision_id = $1 AND brand_id = $2")
  static let ofRevision = Statement(
    """
    SELECT id, name, profile FROM print_profile WHERE revision_id = $1 AND brand_id = $2
    ORDER BY place
    """)
  /// The names of profiles that parts sell and another revision has none of.
  static let missing = Statement(
    """
    SELECT DISTINCT sold.name FROM part
    JOIN print_profile AS sold ON sold.id = part.profile_id AND sold.brand_id = part.brand_id
    WHERE part.design_id = $1 AND part.brand_id = $2
      AND NOT EXISTS (
        SELECT 1 FROM print_profile AS next
        WHERE next.revision_id = $3 AND next.brand_id = $2 AND next.name = sold.name)
    ORDER BY sold.name LIMIT 20
    """)

  /// All of them.
  public static let statements = [insert, clear, ofRevision, missing]
}
