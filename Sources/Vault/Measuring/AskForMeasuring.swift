import Database
public import Domain
import Ledger

extension Vault {
  /// What is measured of the mesh of a design's newest revision. Waits until that is settled, for a while.
  ///
  /// - Throws: `not_found`; `design.no_geometry`; `mesh.not_asked` where the mesh is older than workers
  ///   and nobody has asked, or its revision was withdrawn first.
  public func measurement(
    brand: BrandID, design: DesignID, wait: Duration = .zero
  ) async throws -> MeasurementView {
    let read = { [self] in
      try await database.read { try self.newestMeasurement($0, of: design, brand: brand) }
    }
    let settled = try await measuringSignals.poll(design, wait: wait) {
      let view = try await read()
      return view.state.isSettled ? [view] : []
    }
    if let view = settled.first { return view }
    return try await read()
  }

  /// Waits, for a while, until the mesh of a design's draft is measured, if it is to be.
  public func awaitMeasured(
    brand: BrandID, design: DesignID, wait: Duration
  ) async throws {
    do {
      _ = try await measurement(brand: brand, design: design, wait: wait)
    } catch is Problem {
      // What is wrong, who wanted to know about it finds out better.
    }
  }

  /// Has the mesh of a design's newest revision measured if it is not: one that was refused or is in
  /// quarantine, or is older than workers. Anything else is left as it is.
  ///
  /// - Throws: `not_found`, `design.no_geometry`, `measuring.queue_full`.
  public func measureAgain(brand: BrandID, design: DesignID) async throws -> MeasurementView {
    let now = ambient.now()
    let view = try await database.write { [self] transaction in
      let (revision, mesh) = try newestMesh(transaction, of: design, brand: brand)
      let state: MeasuringState? =
        try transaction.row(MeasuringStore.select, mesh.id, brand)?.named("state")
      if state.map({ $0 == .refused || $0 == .quarantined }) ?? true {
        try checkMeasuringQueue(transaction, of: brand, at: now)
        try transaction.run(MeasuringStore.ask, mesh.id, brand, design, revision, now)
        try ledger.audit(
          transaction, .measuringAsked, brand: brand,
          about: AuditSubject(design: design, revision: revision, file: mesh.id),
          detail: mesh.name, at: now)
      }
      return try newestMeasurement(transaction, of: design, brand: brand)
    }
    measuringBell.ring()
    return view
  }

  private func newestMeasurement(
    _ transaction: Transaction, of design: DesignID, brand: BrandID
  ) throws -> MeasurementView {
    let (_, mesh) = try newestMesh(transaction, of: design, brand: brand)
    guard let view = try measurement(transaction, of: mesh) else {
      throw Problem(
        .absent, "mesh.not_asked",
        "This mesh is not measured: it was uploaded before workers did that, and has to be asked for, or its "
          + "revision was withdrawn first.")
    }
    return view
  }

  func newestMesh(
    _ transaction: Transaction, of design: DesignID, brand: BrandID
  ) throws -> (RevisionID, StoredFile) {
    let row = try transaction.row(DesignStore.select, design, brand).orAbsent("design")
    let revision: RevisionID = try row.identifier("revision_id")
    let files = try transaction.rows(DesignStore.files, revision, brand).map(StoredFile.init(row:))
    guard let mesh = files.first(where: { $0.purpose == .geometry }) else {
      throw Problem(
        .conflict, "design.no_geometry", "The newest revision has no mesh: upload one first.")
    }
    return (revision, mesh)
  }

  /// How far the measuring of a mesh is; nil for one that nobody has asked for.
  func measurement(_ transaction: Transaction, of mesh: StoredFile) throws -> MeasurementView? {
    try transaction.row(MeasuringStore.select, mesh.id, mesh.brand).map {
      try MeasurementView(row: $0, summary: mesh.measurement)
    }
  }

  /// A mesh that was stored is to be measured. In the commit that stores it.
  func askForMeasuring(
    _ transaction: Transaction, of file: StoredFile, at now: Instant
  ) throws {
    guard worker != nil, file.purpose == .geometry else { return }
    try transaction.run(
      MeasuringStore.ask, file.id, file.brand, file.design, file.revision, now)
  }

  /// Refuses what could not be measured soon, before there is a byte of it (`measuring.queue_full`). Uploads
  /// in one request that are under way are not counted: they may be that many more.
  func checkMeasuringQueue(
    _ transaction: Transaction, of brand: BrandID, at now: Instant
  ) throws {
    guard worker != nil else { return }
    guard let row = try transaction.row(MeasuringStore.waiting, brand) else { return }
    let meshes = try row.integer("meshes", as: Int.self)
    let uploads = try row.integer("uploads", as: Int.self)
    guard meshes + uploads >= limits.measuring.queueMax else { return }
    let isUsedUp = try MeasuringUse(transaction, of: brand, at: now).isUsedUp(limits.measuring)
    throw Problem(
      .tooMany, "measuring.queue_full",
      "\(meshes) of the brand's meshes wait to be measured and \(uploads) are being uploaded, of "
        + "\(limits.measuring.queueMax) in all. " + Self.pace(isUsedUp, limits.measuring))
  }

  /// Refuses the release of a draft whose mesh is not measured yet, or cannot be. One whose sizes are known
  /// is let through where there are no workers.
  func requireMeasured(
    _ mesh: StoredFile, _ measurement: MeasurementView?, _ transaction: Transaction, at now: Instant
  ) throws {
    let brand = mesh.brand
    guard let measurement else {
      guard mesh.measurement != nil else {
        throw Problem(
          .conflict, "mesh.not_measured",
          "The mesh's sizes are not known, and nobody has asked for them: ask (everpart brand measure "
            + "DESIGN --again).")
      }
      return
    }
    switch measurement.state {
    case .done: return
    case .pending, .running:
      let isUsedUp = try MeasuringUse(transaction, of: brand, at: now).isUsedUp(limits.measuring)
      throw Problem(
        .locked, "mesh.measuring",
        "The mesh is still being measured. " + Self.pace(isUsedUp, limits.measuring))
    case .refused, .quarantined:
      throw Problem(
        .conflict, measurement.code ?? "mesh.quarantined",
        measurement.detail ?? Self.quarantined(after: "it ended"))
    }
  }

  private static func pace(_ isUsedUp: Bool, _ limits: MeasuringLimits) -> String {
    isUsedUp
      ? "They took the \(limits.cpuSecondsPerHour) s of processor time that a brand has in an hour; it "
        + "goes on as the hour moves on."
      : "Try again in a moment."
  }

  static func quarantined(after death: String) -> String {
    "Measuring this mesh has ended every worker that tried; of the last one, \(death). The revision cannot "
      + "be released with it. Ask for another try (everpart brand measure DESIGN --again), or withdraw the "
      + "revision, open the next one and upload the part as a simpler mesh."
  }
}
