import Domain
import FoundationEssentials
import PrintPackage

/// How an archive of a brand's vault is laid out: a tar of JSON documents and age files, in this order. See
/// `Vault.md`.
enum ArchiveFormat {
  /// The version; raised when an older reader would not understand what a newer writer says.
  static let name = "everpart-archive-1"

  static let head = "archive.json"
  static let readme = "README.txt"
  static let brand = "brand.json"
  static let index = "index.json"
  static let sums = "SHA256SUMS"
  static func design(_ id: DesignID) -> String { "designs/\(id).json" }
  static func file(_ id: FileID) -> String { "files/\(id).age" }

  /// What an archive may have before it is refused. What it may have of bytes in files, the disk says.
  static let designsMax = 200_000
  static let filesMax = 1_000_000
  /// A design with some 6,000 parts: one takes about 650 bytes.
  static let documentBytesMax = 4 << 20
  /// What a document may have of values, each of which costs a decoder microseconds and a hundred bytes,
  /// however short it is written. A part has twenty.
  static let valuesMax = 200_000
  static let documentsBytesMax = 1 << 30
  /// What a member takes in the index.
  static let indexEntryBytesMax = 400
  static let indexEntryValuesMax = 8
  static let totalBytesMax = 1 << 60
  static let depthMax = 16
  /// Counts only grow: every reader has numbers up to here exactly, and there is room above.
  static let countMax = 1 << 53

  /// JSON that a person can read, with sorted members, so that equal values are equal texts.
  static func json(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }

  static func sumsText(_ members: [ArchiveIndex.Member]) -> [UInt8] {
    members.flatMap { Array("\($0.sha256)  \($0.name)\n".utf8) }
  }

  /// Refuses moments before 1970 and after the export, or after now: nothing was written then.
  static func check(_ moments: [Instant], until latest: Instant, _ what: String) throws(Problem) {
    guard moments.allSatisfy({ $0.milliseconds >= 0 && $0 <= latest }) else {
      throw content(
        what,
        "it has a moment before 1970, after the export, or that has not been yet by this machine's clock."
      )
    }
  }

  static func refusal(_ detail: String) -> Problem {
    Problem(.invalid, "archive.layout", "This is no whole archive of a brand's vault. \(detail)")
  }

  /// - Parameter what: a member's name or an identifier that was checked, and never other text from outside.
  static func content(_ what: String, _ detail: String) -> Problem {
    Problem(.invalid, "archive.content", "\(what) cannot be imported: \(detail)")
  }
}

/// The first member: what this is, and how much.
struct ArchiveHead: Codable, Hashable, Sendable {
  let format: String
  let brand: BrandID
  let exportedAt: Instant
  let designs: Int
  let files: Int

  private enum CodingKeys: String, CodingKey {
    case format, brand, designs, files
    case exportedAt = "exported_at"
  }
}

/// The member before the last: every other one but the last with its size and SHA-256, in their order.
struct ArchiveIndex: Codable, Hashable, Sendable {
  struct Member: Codable, Hashable, Sendable {
    let name: String
    let bytes: Int
    let sha256: ContentDigest
  }

  let format: String
  let members: [Member]

  init(_ members: [Member]) { (format, self.members) = (ArchiveFormat.name, members) }
}

extension ArchiveFormat {
  /// For the person who finds the archive in twenty years.
  static func readmeText(_ head: ArchiveHead) -> [UInt8] {
    Array(
      """
      This is the vault of the brand \(head.brand), as the Everpart broker that kept it had it on
      \(head.exportedAt): \(head.designs) designs with \(head.files) files.

      Check that everything is here and unchanged:    sha256sum -c SHA256SUMS
      Open a file with the brand's identity:          age -d -i key.txt files/fil_….age > original
      (age 1.3 or newer for a post-quantum identity, AGE-SECRET-KEY-PQ-1…)
      Bring it to another broker:                     everpart vault import FILE.tar -i key.txt

      archive.json    which format this is
      brand.json      the brand, its settings, and the keys whose approvals released its revisions
      designs/        a JSON document for each design: its revisions with state, print profile,
                      measurements and files, its licences with what was used of them, its parts
      files/          each file that was uploaded, an age file sealed to the brand's own recipient
      index.json      every member with its size and SHA-256

      A file whose "content" is "destroyed" or "lost" in its design's document is not in files/: its revision
      was shredded, or its bytes were lost. A design with "shredded" is over as a whole.

      Not in here: orders, customers and their addresses, jobs and what bureaus reported; the ledger's
      entries and the audit trail (the brand's owner exports that with: everpart brand audit --export);
      API keys and their hashes; uploads that were not finished; approvals of drafts; quotas.
      Nothing in here is signed: keep it where nobody else can write.

      """.utf8)
  }
}
