import Database
import Domain

/// A row of `design` with everything that belongs to it: a document of the archive.
struct ArchivedDesign: Codable, Hashable, Sendable {
  let id: DesignID
  let name: String
  let createdAt: Instant
  let version: Int
  /// In the order of their numbers.
  var revisions: [ArchivedRevision]
  /// Oldest first.
  var licences: [ArchivedLicence]
  /// Oldest first.
  var parts: [ArchivedPart]

  private enum CodingKeys: String, CodingKey {
    case id, name, version, revisions, licences, parts
    case createdAt = "created_at"
  }
}

extension ArchivedDesign {
  init(row: Row) throws {
    id = try row.identifier("id")
    name = try row.text("name")
    createdAt = try row.instant("created_at")
    version = try row.integer("version")
    (revisions, licences, parts) = ([], [], [])
  }

  /// Whether a classical header of one of its payloads would break a promise.
  var isPostQuantumOnly: Bool { licences.contains { $0.terms.postQuantumOnly } }

  func insert(_ transaction: Transaction, brand: BrandID) throws {
    try transaction.run(ArchiveStore.insertDesign, id, brand, name, createdAt, version)
  }

  /// Refuses what no installation could have written: values out of their limits, states that do not
  /// follow from each other, and what refers to another design.
  func check(filesMax: Int) throws {
    func require(_ isRight: Bool, _ detail: String) throws(Problem) {
      guard isRight else { throw ArchiveFormat.content("\(id)", detail) }
    }
    try Vault.check(name: name)
    try require(version >= 1, "its version is out of its limits.")
    try require((1...10_000).contains(revisions.count), "it has no revision, or too many.")
    try require((1...10_000).contains(licences.count), "it has no licence, or too many.")
    try require(parts.count <= 100_000, "it has too many parts.")
    for (index, revision) in revisions.enumerated() {
      try require(revision.number == index + 1, "its revisions are not numbered from 1.")
      try revision.check(filesMax: filesMax)
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
            $0.state == .draft || ($0.state == .withdrawn && $0.releasedAt == nil)
          },
          "it has a released revision after one that is sold.")
      case .superseded:
        try require(
          later.contains { $0.releasedAt != nil }, "a revision is superseded by none.")
      case .withdrawn: break
      }
    }
    let isReleased = revisions.contains { $0.releasedAt != nil }
    for licence in licences {
      try licence.check()
      try require(
        isReleased || licence.used == 0, "a licence is used, and no revision was ever released.")
    }
    for part in parts {
      try require(part.version >= 1, "a part's version is out of its limits.")
      try require(
        revisions.contains { $0.id == part.revision && $0.releasedAt != nil },
        "a part is of a revision that was never released.")
      try require(licences.contains { $0.id == part.licence }, "a part is of no licence of it.")
    }
  }
}
