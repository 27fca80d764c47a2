import Database
public import Domain
import Ledger
public import MeshFiles

extension Vault {
  /// Takes a brand's word for how large the part in a STEP file is, which nothing here measures: what a release,
  /// matching and offers go by then. Said again, it replaces what was said of a draft, and approvals given
  /// before do not count any more; of what is released it is taken once, where no sizes came along, because
  /// nothing changes those that something may have been sold by.
  ///
  /// - Throws: `geometry.sizes` for what no part can have; `geometry.is_measured` for a mesh, and for a file that
  ///   a converter was used on; `mesh.measuring` while that may still be; `design.no_draft`,
  ///   `design.no_geometry`, `not_found`.
  public func declareSizes(
    brand: BrandID, design: DesignID, _ sizes: DeclaredSizes
  ) async throws -> DesignView {
    if let reason = sizes.impossibility {
      throw Problem(.invalid, "geometry.sizes", "No part has these sizes: \(reason).")
    }
    let now = ambient.now()
    let view = try await database.write { [self] transaction in
      let (revision, mesh) = try newestMesh(transaction, of: design, brand: brand)
      let state: RevisionState = try transaction.row(RevisionStore.select, revision, design, brand)
        .orAbsent("revision").named("state")
      try Self.requireDeclarable(mesh, in: state)
      let declared = try StoredJSON.text(MeshSummary(declared: sizes))
      guard
        try transaction.run(MeasuringStore.declare, mesh.id, brand, design, revision, now) == 1
      else {
        throw Problem(
          .locked, "mesh.measuring", "The file is still being looked at. Try again in a moment.")
      }
      try transaction.run(DesignStore.declare, declared, mesh.id, brand)
      try transaction.run(DesignStore.touch, design, brand)
      try ledger.audit(
        transaction, .sizesDeclared, brand: brand,
        about: AuditSubject(design: design, revision: revision, file: mesh.id),
        detail: "\(sizes.size.x) × \(sizes.size.y) × \(sizes.size.z) mm, "
          + "\(sizes.volumeCubicMillimetres) mm³, \(sizes.areaSquareMillimetres) mm²",
        at: now)
      return try self.view(transaction, design, brand: brand)
    }
    measuringSignals.notify(design)
    return view
  }

  /// The same, for who knows no meshes.
  ///
  /// - Parameter box: the part's, in millimetres.
  public func declareSizes(
    brand: BrandID, design: DesignID, box: BoxSize, volumeCubicMillimetres: Double,
    areaSquareMillimetres: Double
  ) async throws -> DesignView {
    try await declareSizes(
      brand: brand, design: design,
      DeclaredSizes(
        size: SIMD3(box.x, box.y, box.z), volumeCubicMillimetres: volumeCubicMillimetres,
        areaSquareMillimetres: areaSquareMillimetres))
  }

  private static func requireDeclarable(
    _ mesh: StoredFile, in state: RevisionState
  ) throws(Problem) {
    guard mesh.family == .step, mesh.measurement?.measuredBy != .converter else {
      throw Problem(
        .conflict, "geometry.is_measured",
        "Sizes are taken on a brand's word only of a STEP file that is not measured here.")
    }
    guard state == .draft || (state == .released && mesh.measurement == nil) else {
      throw Problem(
        .conflict, "design.no_draft",
        "The newest revision is \(state.rawValue) and does not change any more: open the next one.")
    }
  }

  /// What a brand is told of a STEP file without sizes.
  static func unmeasured(because reason: String) -> String {
    "\(reason) Missing are its size (the edges of its box, in mm), its volume (mm³) and its area (mm²). Say "
      + "them (everpart brand measure DESIGN --size 60x40x10 --volume 9000 --area 7600; or PUT to "
      + "…/measurement), and the revision can be released and sold by them."
  }
}
