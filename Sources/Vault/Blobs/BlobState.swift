import BlobStore
public import Database
import Domain

/// Where a blob stands, as its row says; `Vault.md` draws the way.
enum BlobState: String {
  /// Its bytes are coming, or a crash has ended that.
  case receiving
  /// It is whole, and a file or a piece of an upload has it.
  case live
  /// A file has it, and the operator knows that it is not there.
  case lost
  /// It is to be deleted: the one way to that.
  case abandoned
  /// It is deleted, and a shredded file's row still names it.
  case erased
}

extension Row {
  /// A blob's state; nil where there is no row of it, or one with a word that is none.
  func blobState(_ column: String = "state") throws -> BlobState? {
    try textOrNil(column).flatMap(BlobState.init)
  }
}

/// The SQL of blobs' rows, of all brands. Every step is conditional on the state before it.
public enum BlobStateStore: StatementCatalogue {
  static let intend = Statement(
    "INSERT INTO blob (name, state, created_at) VALUES ($1, 'receiving', $2)")
  /// The blob of a file whose content is nowhere.
  static let insertLost = Statement(
    "INSERT INTO blob (name, state, created_at) VALUES ($1, 'lost', $2)")
  private static let makeLive = Statement(
    "UPDATE blob SET state = 'live' WHERE name = $1 AND state = 'receiving'")
  static let lose = Statement("UPDATE blob SET state = 'lost' WHERE name = $1 AND state = 'live'")
  static let find = Statement("UPDATE blob SET state = 'live' WHERE name = $1 AND state = 'lost'")
  static let abandonUnfinished = Statement(
    "UPDATE blob SET state = 'abandoned' WHERE name = $1 AND state IN ('receiving', 'abandoned')")
  /// The one way from `live` to deletion: in the commit that takes a segment's row, or destroys a file's
  /// key. Recoveries of earlier versions gave up segments too.
  static let abandonKept = Statement(
    "UPDATE blob SET state = 'abandoned' WHERE name = $1 AND state IN ('live', 'lost')")
  static let markErased = Statement(
    """
    UPDATE blob SET state = 'erased' WHERE name = $1 AND state = 'abandoned'
      AND EXISTS (SELECT 1 FROM design_file WHERE design_file.blob_name = $1)
    """)
  static let forget = Statement("DELETE FROM blob WHERE name = $1 AND state = 'abandoned'")
  // In the words of the index that it reads.
  static let unfinished = Statement(
    """
    SELECT name FROM blob WHERE (state = 'receiving' OR state = 'abandoned') AND name > $1
    ORDER BY name LIMIT 200
    """)
  static let page = Statement(
    "SELECT name, state FROM blob WHERE name > $1 ORDER BY name LIMIT 2000")
  static let select = Statement("SELECT state FROM blob WHERE name = $1")

  /// All of them.
  public static let statements = [
    intend, insertLost, makeLive, lose, find, abandonUnfinished, abandonKept, markErased, forget,
    unfinished, page, select,
  ]

  /// In the commit that stores whose blob it is.
  static func makeLive(_ transaction: Transaction, _ blob: BlobName) throws {
    guard try transaction.run(makeLive, blob.text) == 1 else {
      throw Problem.failed("the blob \(blob) was abandoned before it was live")
    }
  }
}
