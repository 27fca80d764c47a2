import Database
public import Domain
public import Ledger

extension Bureaus {
  /// Adds a site. `site.name` for a name that is not plain text, `bureau.limit` for too many;
  /// `RepeatedRequest` for a request that has added one, here and below.
  public func addSite(
    _ bureau: BureauID, name: String, country: Country, coordinates: Coordinates,
    once request: IdempotentRequest? = nil
  ) async throws -> BureauDetails.Site {
    try check(name, "site.name", "name")
    let now = ambient.now()
    let site = BureauDetails.Site(
      id: ambient.identifier(at: now), name: name, country: country, coordinates: coordinates,
      machines: [])
    try await database.write { transaction in
      try request?.claim(transaction, for: site.id, at: now)
      _ = try transaction.row(BureauStore.select, bureau).orAbsent("bureau")
      try Self.checkCount(transaction, bureau, "sites", Self.countMax)
      try transaction.run(
        BureauStore.insertSite, site.id, bureau, name, country.code,
        Int64((coordinates.latitude * 1e6).rounded()),
        Int64((coordinates.longitude * 1e6).rounded()), now)
      try transaction.run(NetworkStore.bump)
    }
    return site
  }

  /// Adds a machine to a site of the bureau. `not_found` for another bureau's site, `machine.name`,
  /// `machine.materials` (1 to 50, each once), `machine.build_volume` (each side above 0 and at most
  /// 100 m), `bureau.limit`, `machine.name_taken`: completions name their machine, so that a site has
  /// no two of one name.
  public func addMachine(
    _ bureau: BureauID, site: SiteID, name: String, process: PrintProcess, materials: [Material],
    buildVolume: BoxSize, once request: IdempotentRequest? = nil
  ) async throws -> Machine {
    try check(name, "machine.name", "name")
    guard (1...50).contains(materials.count), Set(materials).count == materials.count else {
      throw Problem(
        .invalid, "machine.materials", "A machine has 1 to 50 materials, each named once.")
    }
    let sides = [buildVolume.x, buildVolume.y, buildVolume.z]
    guard sides.allSatisfy({ $0 >= 0.001 && $0 <= 100_000 }) else {
      throw Problem(
        .invalid, "machine.build_volume",
        "Each side of a build volume is 0.001 to 100,000 millimetres.")
    }
    // Rounded down: a part never counts as fitting because of the rounding.
    let micrometres = sides.map { Int64(($0 * 1000).rounded(.down)) }
    let now = ambient.now()
    let id = ambient.identifier(MachineID.self, at: now)
    return try await database.write { transaction in
      try request?.claim(transaction, for: id, at: now)
      _ = try transaction.row(BureauStore.site, site, bureau).orAbsent("site")
      try Self.checkCount(transaction, bureau, "machines", Self.countMax)
      do {
        try transaction.run(
          BureauStore.insertMachine, id, bureau, site, name, process.rawValue, micrometres[0],
          micrometres[1], micrometres[2], now)
      } catch let error as DatabaseError
        where error.isUniqueViolation(of: "machine", "site_id", "name")
      {
        throw Problem(
          .conflict, "machine.name_taken", "The site has a machine of this name already.")
      }
      for material in materials {
        try transaction.run(BureauStore.insertMaterial, id, material.name)
      }
      try transaction.run(NetworkStore.bump)
      return Machine(
        id: id, name: name, process: process, materials: materials.sorted(),
        buildVolume: BoxSize(
          x: Double(micrometres[0]) / 1000, y: Double(micrometres[1]) / 1000,
          z: Double(micrometres[2]) / 1000) ?? buildVolume)
    }
  }

  /// Records what the operator has seen that a bureau holds. `not_found` for a site or machine that
  /// is not this bureau's, `certification.invalid`, `bureau.limit`.
  public func certify(
    _ bureau: BureauID, _ new: NewCertification, once request: IdempotentRequest? = nil
  ) async throws -> Certification {
    try new.check()
    let now = ambient.now()
    let certification = Certification(
      id: ambient.identifier(at: now), scheme: new.scheme, site: new.site, process: new.process,
      material: new.material, machine: new.machine, issuer: new.issuer, validFrom: new.validFrom,
      validUntil: new.validUntil, documentSHA256: new.documentSHA256)
    try await database.write { transaction in
      try request?.claim(transaction, for: certification.id, at: now)
      _ = try transaction.row(BureauStore.select, bureau).orAbsent("bureau")
      if let site = new.site {
        _ = try transaction.row(BureauStore.site, site, bureau).orAbsent("site")
      }
      if let machine = new.machine {
        _ = try transaction.row(BureauStore.machine, machine, bureau).orAbsent("machine")
      }
      try Self.checkCount(transaction, bureau, "certifications", Self.certificationCountMax)
      try transaction.run(
        BureauStore.insertCertification, certification.id, bureau, new.site?.text,
        new.machine?.text, new.process?.rawValue, new.material?.name, new.scheme, new.issuer,
        new.validFrom, new.validUntil, new.documentSHA256, now)
      try transaction.run(NetworkStore.bump)
    }
    return certification
  }

  private static func checkCount(
    _ transaction: Transaction, _ bureau: BureauID, _ what: String, _ most: Int
  ) throws {
    let counts = try transaction.row(BureauStore.counts, bureau).orAbsent("bureau")
    let count: Int = try counts.integer(what)
    guard count < most else {
      throw Problem(.invalid, "bureau.limit", "A bureau has at most \(most) \(what).")
    }
  }
}
