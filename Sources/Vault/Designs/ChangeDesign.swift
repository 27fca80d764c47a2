public import Database
public import Domain
import Ledger

/// What of a design is to be another; what is left out stays as it is.
public struct DesignChange: Hashable, Sendable, Codable {
  /// What people call it.
  public var name: String?
  /// Whether only post-quantum keys may receive it.
  public var isPostQuantumOnly: Bool?
  /// Whether bureaus see the picture of a revision with the offer to make it: a disclosure that the brand
  /// chooses. What a bureau has fetched cannot be taken away.
  public var isPreviewInOffers: Bool?

  /// A change.
  public init(
    name: String? = nil, isPostQuantumOnly: Bool? = nil, isPreviewInOffers: Bool? = nil
  ) {
    self.name = name
    self.isPreviewInOffers = isPreviewInOffers
    self.isPostQuantumOnly = isPostQuantumOnly
  }

  private enum CodingKeys: String, CodingKey {
    case name
    case isPostQuantumOnly = "pq_only"
    case isPreviewInOffers = "preview_in_offers"
  }
}

extension Vault {
  /// Gives a design another name, or says which kinds of key it may be sealed to, or whether bureaus see its
  /// picture with an offer. Its revisions stay as they are.
  ///
  /// From the commit on that takes classical keys away, no key and no package goes to one, also not to a
  /// bureau that was given one before; what such a bureau has fetched cannot be taken away, and
  /// ``DesignView/classicalReleases`` says how often that was. Either way is audited.
  ///
  /// - Parameter holding: stops the design's jobs whose package a classical key would still need, in the
  ///   commit that takes classical keys away.
  /// - Throws: `design.name`, `not_found`, `precondition.failed`, and what `holding` throws.
  public func changeDesign(
    brand: BrandID, _ id: DesignID, _ change: DesignChange, if condition: VersionCondition,
    holding: @escaping @Sendable (Transaction, DesignID, Instant) throws -> Void
  ) async throws -> DesignView {
    if let name = change.name { try Self.check(name: name) }
    let now = ambient.now()
    return try await database.write { [self] transaction in
      let before = try view(transaction, id, brand: brand)
      try condition.check(before.version)
      if let name = change.name { try transaction.run(DesignStore.rename, name, id, brand) }
      if let wanted = change.isPostQuantumOnly, wanted != before.isPostQuantumOnly {
        try transaction.run(DesignStore.setKeyTypes, wanted, id, brand)
        try auditKeyTypes(transaction, of: id, brand: brand, isPostQuantumOnly: wanted, at: now)
        if wanted { try holding(transaction, id, now) }
      }
      if let wanted = change.isPreviewInOffers, wanted != before.isPreviewInOffers {
        try transaction.run(DesignStore.setPreviewInOffers, wanted, id, brand)
        try ledger.audit(
          transaction, .designPreviewSet, brand: brand, about: AuditSubject(design: id),
          detail: wanted ? "shown with offers" : "not shown with offers", at: now)
      }
      try transaction.run(DesignStore.touch, id, brand)
      return try view(transaction, id, brand: brand)
    }
  }

  func auditKeyTypes(
    _ transaction: Transaction, of design: DesignID, brand: BrandID, isPostQuantumOnly: Bool,
    at now: Instant
  ) throws {
    try ledger.audit(
      transaction, .designKeyTypesSet, brand: brand, about: AuditSubject(design: design),
      detail: isPostQuantumOnly ? "post-quantum keys only" : "classical keys too", at: now)
  }

  static func check(name: String) throws(Problem) {
    guard name.isPlainText(maximumBytes: 200) else {
      throw Problem(
        .invalid, "design.name",
        "A design's name has 1 to 200 bytes and no control characters.")
    }
  }
}
