import Database
import Domain

/// A row of `design` with everything that belongs to it: a document of the archive.
struct ArchivedDesign: Codable, Hashable, Sendable {
  let id: DesignID
  let name: String
  /// The brand's own name for it.
  let reference: String?
  let createdAt: Instant
  let version: Int
  /// Whether a classical header of one of its payloads would break a promise.
  let isPostQuantumOnly: Bool
  /// How often keys of it went to classical recipients, with this archive for one.
  var classicalReleases: Int
  /// Whether the design is over; left out where it is not, as in archives of before there was this.
  let isShredded: Bool?
  /// In the order of their numbers.
  var revisions: [ArchivedRevision]
  /// Oldest first.
  var licences: [ArchivedLicence]
  /// Oldest first.
  var parts: [ArchivedPart]

  private enum CodingKeys: String, CodingKey {
    case id, name, reference, version, revisions, licences, parts
    case createdAt = "created_at"
    case isPostQuantumOnly = "pq_only"
    case classicalReleases = "classical_releases"
    case isShredded = "shredded"
  }
}

extension ArchivedDesign {
  init(row: Row, until latest: Instant) throws {
    id = try row.identifier("id")
    name = try row.text("name")
    reference = try row.textOrNil("reference")
    createdAt = try row.instant("created_at", until: latest)
    version = try row.integer("version")
    isPostQuantumOnly = try row.bool("pq_only")
    classicalReleases = try row.integer("classical_releases")
    isShredded = try row.bool("shredded") ? true : nil
    (revisions, licences, parts) = ([], [], [])
  }

  func insert(_ transaction: Transaction, brand: BrandID) throws {
    try transaction.run(
      ArchiveStore.insertDesign, id, brand, name, createdAt, version,
      isPostQuantumOnly, classicalReleases, reference, isShredded ?? false)
  }

  /// Refuses what no installation could have written: values out of their limits, states that do not
  /// follow from each other, and what refers to another design.
  func check(filesMax: Int, until latest: Instant) throws {
    func require(_ isRight: Bool, _ detail: String) throws(Problem) {
      guard isRight else { throw ArchiveFormat.content("\(id)", detail) }
    }
    try Vault.check(name: name)
    try require(
      reference?.isPlainText(maximumBytes: Vault.referenceBytesMax) ?? true,
      "its reference is empty, too long, or no plain text.")
    try require(
      (1...ArchiveFormat.countMax).contains(version)
        && (0...ArchiveFormat.countMax).contains(classicalReleases),
      "its version or count is out of its limits.")
    try ArchiveFormat.check(
      [createdAt] + licences.map(\.createdAt) + parts.map(\.createdAt), until: latest, "\(id)")
    try require((1...10_000).contains(revisions.count), "it has no revision, or too many.")
    try require((1...10_000).contains(licences.count), "it has no licence, or too many.")
    try require(parts.count <= 100_000, "it has too many parts.")
    for (index, revision) in revisions.enumerated() {
      try require(revision.number == index + 1, "its revisions are not numbered from 1.")
      try revision.check(filesMax: filesMax, until: latest)
    }
    // What a release does to the revisions before it, and a withdrawal to any.
    let last = revisions.count
    for revision in revisions {
      let later = revisions[revision.number...]
      switch revision.state {
      case .draft: try require(revision.number == last, "a draft is not its newest revision.")
      case .released:
        try require(
          later.allSatisfy {
            $0.state == .draft
              || ([.withdrawn, .shredded].contains($0.state) && $0.releasedAt == nil)
          },
          "it has a released revision after one that is sold.")
      case .superseded:
        try require(
          later.contains { $0.releasedAt != nil }, "a revision is superseded by none.")
      case .withdrawn, .shredded: break
      }
    }
    let isReleased = revisions.contains { $0.releasedAt != nil }
    try require(
      isShredded != true || revisions.allSatisfy { $0.state == .shredded },
      "it is shredded, and a revision of it is not.")
    for licence in licences {
      try licence.check()
      try require(
        isReleased || licence.used == 0, "a licence is used, and no revision was ever released.")
    }
    for part in parts {
      try require(
        (1...ArchiveFormat.countMax).contains(part.version),
        "a part's version is out of its limits.")
      try require(
        revisions.contains { revision in
          revision.id == part.revision && revision.releasedAt != nil
            && revision.profiles.contains { $0.id == part.profile }
        },
        "a part is of a revision that was never released, or of no profile of it.")
      try require(licences.contains { $0.id == part.licence }, "a part is of no licence of it.")
    }
  }
}
