import Database
public import Domain
import Ledger

extension Vault {
  /// The picture of a revision's mesh, a PNG file.
  ///
  /// - Throws: `not_found`; `design.no_geometry`; `revision.shredded`; `preview.none` where there is no picture,
  ///   yet or at all; `vault.record` where it is not what was stored.
  public func preview(
    brand: BrandID, design: DesignID, revision: RevisionID
  ) async throws -> [UInt8] {
    let file = try await database.read { transaction in
      _ = try transaction.row(RevisionStore.select, revision, design, brand).orAbsent("revision")
      let files = try transaction.rows(DesignStore.files, revision, brand).map(
        StoredFile.init(row:))
      guard let mesh = files.first(where: { $0.purpose == .geometry }) else {
        throw Problem(.conflict, "design.no_geometry", "The revision has no mesh.")
      }
      return mesh
    }
    let open = try await openable(file.id) {
      try Self.keptRow($0, file.id, design: design, brand: brand)
    }
    let (mesh, key) = try open.orAbsent("file")
    let row = try await database.read { try $0.row(PreviewStore.select, mesh.id, brand) }
    guard let sealed = try row?.blobOrNil("sealed") else {
      let isComing = try ["pending", "running"].contains(row?.text("state") ?? "")
      throw Problem(
        .absent, "preview.none",
        isComing
          ? "The picture is still being drawn: try again in a moment."
          : "There is no picture of this mesh: it is not measured, or could not be drawn.")
    }
    do {
      return try SealedPreview(of: mesh, key).opened(sealed)
    } catch {
      throw mesh.changed("its preview does not open: \(error)")
    }
  }
}
