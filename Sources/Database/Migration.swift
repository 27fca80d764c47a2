import Crypto
import Domain

/// One step of the schema. Forward only, and frozen once shipped: its digest is recorded when it is
/// applied and compared at every start.
public struct Migration: Sendable, Hashable {
  /// From 1, without gaps.
  public let number: Int
  /// The file's name without `.sql`: `m007_add_job_lease`.
  public let name: String
  /// The text as written, which is PostgreSQL's form (see `Database.md`).
  public let sql: String

  /// The migrations of this version, in order. Each file in `Migrations` has one line here; a test
  /// compares the two.
  public static let shipped = [
    Migration(1, "m001_initial", PackageResources.m001_initial_sql),
    Migration(2, "m002_revisions", PackageResources.m002_revisions_sql),
    Migration(3, "m003_key_versions", PackageResources.m003_key_versions_sql),
    Migration(4, "m004_revision_states", PackageResources.m004_revision_states_sql),
    Migration(5, "m005_uploads", PackageResources.m005_uploads_sql),
    Migration(6, "m006_access", PackageResources.m006_access_sql),
    Migration(7, "m007_installation", PackageResources.m007_installation_sql),
    Migration(8, "m008_shredding", PackageResources.m008_shredding_sql),
    Migration(9, "m009_archives", PackageResources.m009_archives_sql),
    Migration(10, "m010_profiles", PackageResources.m010_profiles_sql),
    Migration(11, "m011_measuring", PackageResources.m011_measuring_sql),
    Migration(12, "m012_upload_actor", PackageResources.m012_upload_actor_sql),
    Migration(13, "m013_shredded_designs", PackageResources.m013_shredded_designs_sql),
    Migration(14, "m014_mesh_formats", PackageResources.m014_mesh_formats_sql),
  ]

  init(_ number: Int, _ name: String, _ sql: [UInt8]) {
    self.number = number
    self.name = name
    self.sql = String(decoding: sql, as: UTF8.self)
  }

  /// SHA-256 of the text, in lower-case hexadecimal.
  var digest: String { SHA256.hash(data: Array(sql.utf8)).hexadecimal }

  /// SQLite's form: `BIGINT` → `INTEGER`, `BYTEA` → `BLOB`, `DOUBLE PRECISION` → `REAL`, and every
  /// `CREATE TABLE` becomes `STRICT`, or `STRICT, WITHOUT ROWID` where the comment `/* WITHOUT ROWID */`
  /// comes before its semicolon. Quoted text and other comments stay as they are.
  var sqliteSQL: String {
    var result = ""
    var words: [String] = []
    var options = " STRICT"
    for token in SQLToken.scan(sql) {
      switch (token.kind, token.text) {
      case (.symbol, ";"):
        result += (words.starts(with: ["CREATE", "TABLE"]) ? options : "") + ";"
        (words, options) = ([], " STRICT")
        continue
      case (.comment, "/* WITHOUT ROWID */"): options += ", WITHOUT ROWID"
      case (.word, "BIGINT"): result += "INTEGER"
      case (.word, "BYTEA"): result += "BLOB"
      case (.word, "DOUBLE"): result += "REAL"
      case (.word, "PRECISION") where words.last == "DOUBLE": break
      default: result += token.text
      }
      if token.kind == .word { words.append(String(token.text)) }
    }
    return result
  }
}
