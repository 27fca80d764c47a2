import Database
public import Domain

extension Vault {
  /// Gives a design another name. Its revisions stay as they are.
  ///
  /// - Throws: `design.name`, `not_found`, `precondition.failed`.
  public func renameDesign(
    brand: BrandID, _ id: DesignID, to name: String, if condition: VersionCondition
  ) async throws -> DesignView {
    try Self.check(name: name)
    return try await database.write { [self] transaction in
      try condition.check(try view(transaction, id, brand: brand).version)
      try transaction.run(DesignStore.rename, name, id, brand)
      try transaction.run(DesignStore.touch, id, brand)
      return try view(transaction, id, brand: brand)
    }
  }

  static func check(name: String) throws(Problem) {
    guard name.isPlainText(maximumBytes: 200) else {
      throw Problem(
        .invalid, "design.name",
        "A design's name has 1 to 200 bytes and no control characters.")
    }
  }
}
