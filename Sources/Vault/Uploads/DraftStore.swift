public import Database
import Domain

/// The SQL that finds the draft that a file may come into.
public enum DraftStore: StatementCatalogue {
  static let newest = Statement(
    """
    SELECT revision.id, revision.state,
      (SELECT COUNT(*) FROM design_file WHERE design_file.revision_id = revision.id) AS files,
      (SELECT COUNT(*) FROM design_file
        WHERE design_file.revision_id = revision.id AND purpose = 'geometry') AS geometries
    FROM design
    JOIN revision ON revision.design_id = design.id AND revision.brand_id = design.brand_id
      AND revision.number = (SELECT MAX(number) FROM revision WHERE design_id = design.id)
    WHERE design.id = $1 AND design.brand_id = $2
    """)
  static let revisionState = Statement(
    "SELECT state FROM revision WHERE id = $1 AND brand_id = $2")
  static let fileNamed = Statement(
    "SELECT id FROM design_file WHERE revision_id = $1 AND brand_id = $2 AND name = $3")

  /// All of them.
  public static let statements = [newest, revisionState, fileNamed]

  /// The newest revision of a brand's design, if it is a draft with room for this file. A taken name is
  /// told first: it is what a file meets that is sent again because its answer was lost.
  static func draft(
    _ transaction: Transaction, _ design: DesignID, brand: BrandID, name: String,
    purpose: FilePurpose, filesMax: Int
  ) throws -> RevisionID {
    let row = try transaction.row(newest, design, brand).orAbsent("design")
    let state: RevisionState = try row.named("state")
    guard state == .draft else {
      throw Problem(
        .conflict, "design.no_draft",
        "The newest revision is \(state.rawValue) and does not change any more: open the next one.")
    }
    let revision: RevisionID = try row.identifier("id")
    guard try transaction.row(fileNamed, revision, brand, name) == nil else { throw nameTaken }
    guard try row.integer("files", as: Int.self) < filesMax else {
      throw Problem(
        .conflict, "design.too_many_files",
        "A revision has at most \(filesMax) files: its geometry, drawings and inspection plans.")
    }
    guard try purpose != .geometry || row.integer("geometries", as: Int.self) == 0 else {
      throw Problem(
        .conflict, "design.geometry_taken",
        "The revision has its geometry already, and takes one: make a design for each part.")
    }
    return revision
  }

  /// Refuses what was begun for a revision that takes no file any more.
  static func requireDraft(
    _ transaction: Transaction, _ revision: RevisionID, brand: BrandID
  ) throws {
    let state: RevisionState = try transaction.row(revisionState, revision, brand)
      .orAbsent("revision").named("state")
    guard state == .draft else {
      throw Problem(
        .conflict, "design.no_draft",
        "The revision that this upload was begun for is \(state.rawValue): no file can be added to it."
      )
    }
  }

  static var nameTaken: Problem {
    Problem(.conflict, "file.name_taken", "The revision has a file of this name already.")
  }
}
