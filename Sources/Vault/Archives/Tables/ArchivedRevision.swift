import Database
import Domain

/// A row of `revision`, with its print profiles and the approvals that it was released by.
struct ArchivedRevision: Codable, Hashable, Sendable {
  let id: RevisionID
  let number: Int
  let state: RevisionState
  /// In their order.
  var profiles: [ProfileView]
  let createdAt: Instant
  let releasedAt: Instant?
  let withdrawnAt: Instant?
  let withdrawalReason: String?
  /// None of a draft: they are its keys' wishes, and the keys do not come along.
  var approvals: [RevisionView.Approval]
  /// In the order of their names.
  var files: [ArchivedFile]

  private enum CodingKeys: String, CodingKey {
    case id, number, state, profiles, approvals, files
    case createdAt = "created_at"
    case releasedAt = "released_at"
    case withdrawnAt = "withdrawn_at"
    case withdrawalReason = "withdrawal_reason"
  }
}

extension ArchivedRevision {
  init(row: Row, until latest: Instant) throws {
    id = try row.identifier("id")
    number = try row.integer("number")
    state = try row.named("state")
    createdAt = try row.instant("created_at", until: latest)
    releasedAt = try row.instantOrNil("released_at").map { min($0, latest) }
    withdrawnAt = try row.instantOrNil("withdrawn_at").map { min($0, latest) }
    withdrawalReason = try row.textOrNil("withdrawal_reason")
    (profiles, approvals, files) = ([], [], [])
  }

  func check(filesMax: Int, until latest: Instant) throws {
    func require(_ isRight: Bool, _ detail: String) throws(Problem) {
      guard isRight else { throw ArchiveFormat.content("\(id)", detail) }
    }
    try profiles.map { NamedProfile(name: $0.name, profile: $0.profile) }.check()
    try require(files.count <= filesMax, "it has more than \(filesMax) files.")
    try ArchiveFormat.check(
      [createdAt, releasedAt, withdrawnAt].compactMap(\.self) + approvals.map(\.at)
        + files.map(\.createdAt), until: latest, "\(id)")
    // What is shredded was withdrawn before, or never sold.
    let isWithdrawn = state == .withdrawn || (state == .shredded && withdrawnAt != nil)
    try require(
      (withdrawnAt != nil) == isWithdrawn
        && (withdrawalReason?.isPlainText(maximumBytes: 500) ?? false) == isWithdrawn
        && (withdrawalReason != nil) == isWithdrawn,
      "when and why it was withdrawn does not fit its state.")
    switch state {
    case .draft: try require(releasedAt == nil, "a draft was released.")
    case .released, .superseded: try require(releasedAt != nil, "it was never released.")
    case .withdrawn, .shredded: break
    }
    let geometries = files.count { $0.purpose == .geometry }
    try require(
      releasedAt == nil ? geometries <= 1 : geometries == 1,
      "a revision has one geometry, and this one has \(geometries).")
    try require(
      Set(files.map(\.name)).count == files.count, "two of its files have the same name.")
    try require(
      (releasedAt != nil || approvals.isEmpty) && approvals.count <= 100
        && Set(approvals.map(\.key)).count == approvals.count, "its approvals do not fit its state."
    )
    // Once an export said of a file that was shredded that it is lost, where that had come with an import.
    try require(
      files.allSatisfy { $0.content != (state == .shredded ? .archived : .destroyed) },
      "it is shredded and has the content of a file, or a file of it is and it is not.")
    for file in files { try file.check() }
  }

  func insert(
    _ transaction: Transaction, brand: BrandID, design: DesignID, content: [UInt8]
  ) throws {
    try transaction.run(
      ArchiveStore.insertRevision, id, brand, design, number, state.rawValue,
      createdAt, releasedAt, withdrawnAt, withdrawalReason)
    for (place, profile) in zip(1..., profiles) {
      try transaction.run(
        ProfileStore.insert, profile.id, brand, design, id, place, profile.name,
        try StoredJSON.text(profile.profile), createdAt)
    }
    for approval in approvals {
      try transaction.run(RevisionStore.approve, id, approval.key, brand, content, approval.at)
    }
  }
}
