public import Database
public import Domain
public import Ledger
public import Sealing

/// The versions of the wrapping key: adding one, wrapping anew what is under others, retiring those that
/// nothing is left under, and telling how it stands. `Vault.md` draws the way of a version.
///
/// Nothing here has a state of its own that a crash could lose: what there is to do follows from the key
/// ring, the table of versions, and the versions in the rows.
public struct KeyRotation: Sendable {
  /// How many secrets one commit wraps anew; other writers wait for no more than that.
  static let batchMax = 100

  let database: Database
  let ring: KeyRingKeeper
  let keys: any KeyHolder
  let sources: [any WrappedSecrets]
  let ambient: Ambient
  let lastRound = LastRound()

  /// The rotation of one server's keys.
  ///
  /// - Parameters:
  ///   - keys: what everything is wrapped with.
  ///   - sources: every kind of secret that is stored, of all use cases; without one of them a version
  ///     would be retired that it needs.
  public init(
    database: Database, ring: KeyRingKeeper, keys: any KeyHolder, sources: [any WrappedSecrets],
    ambient: Ambient
  ) {
    self.database = database
    self.ring = ring
    self.keys = keys
    self.sources = sources + [WrappedKeyRingCheck()]
    self.ambient = ambient
  }

  /// Makes sure that ring and database belong together, and settles what a crash has left between them.
  /// Call it after migrating and before anything else.
  ///
  /// - Throws: ``KeyRingError/other(path:)``; ``KeyRingError/versionMissing(path:version:)`` for data that
  ///   is older than the retirement of a version.
  public func start() async throws {
    let (ring, now, path) = (ring.current, ambient.now(), ring.path)
    try await ring.check(against: database, path: path)
    let present = Set(ring.wrapping.map(\.number))
    try await database.write { [sources] transaction in
      for version in try KeyVersions.all(transaction)
      where version.retiredAt == nil && !present.contains(version.number) {
        guard try !sources.contains(where: { try $0.isUsing(version.number, transaction) }) else {
          throw KeyRingError.versionMissing(path: path, version: version.number)
        }
        _ = try KeyVersions.retire(transaction, version.number, at: now)
      }
    }
  }

  /// Adds a version, by its number: what is wrapped from now on is wrapped under it, and ``rewrap()``
  /// does the rest. Asking again for a version that is there changes nothing.
  ///
  /// The key is durable in the ring before the database hears of it, and the database knows the version
  /// before anything is wrapped under it. A crash between these steps leaves a version without use, which
  /// the next start records.
  ///
  /// - Throws: `key_version.number` for one that is not the next; `key_ring.…` when the ring cannot be
  ///   written.
  public func add(_ number: Int) async throws -> KeyVersionsView {
    let changed = try await writing("No version was added") { try await ring.add(number) }
    guard number > 0, let changed else {
      throw Problem(
        .conflict, "key_version.number",
        "The next version is \(ring.current.newest + 1). Look at the versions again.")
    }
    try await changed.record(in: database)
    ring.use(changed.newest)
    return try await status()
  }

  /// Gives a version up for good, if nothing is wrapped under it any more, and destroys its key. Asking
  /// again changes nothing.
  ///
  /// First a commit that has seen no use, then the ring: a crash between the two leaves a key that nothing
  /// needs, and the next round destroys it. Whoever has wrapped something under the version by then does
  /// not get it stored (``KeyVersions/use(_:_:)``) and wraps it anew.
  ///
  /// - Throws: `not_found`, `key_version.newest`, `key_version.in_use`; `key_ring.…` when the ring cannot
  ///   be written, and then the version is retired all the same.
  public func retire(_ number: Int) async throws -> KeyVersionsView {
    let newest = try await keys.newestVersion()
    try await database.write { [self] transaction in
      let version = try KeyVersions.version(transaction, number)
        .orAbsent("version of the wrapping key")
      guard version.retiredAt == nil else { return }
      guard number < newest else {
        throw Problem(
          .conflict, "key_version.newest",
          "Version \(number) is the newest one. Add another, and retire this one when nothing is left "
            + "under it.")
      }
      let uses = try sources.filter { try $0.isUsing(number, transaction) }
      guard uses.isEmpty else {
        throw Self.inUse(number, try uses.map { ($0.name, try $0.counts(transaction)) })
      }
      // The clock is read when no use was seen: a backup that was made by then has none either.
      _ = try KeyVersions.retire(transaction, number, at: ambient.now())
    }
    try await writing("The version is retired, but its key is still there; that is tried again") {
      try await ring.remove(number)
    }
    return try await status()
  }

  /// How it stands.
  public func status() async throws -> KeyVersionsView {
    let (newest, ring, round) = (try await keys.newestVersion(), ring.current, lastRound.found)
    let (versions, counts) = try await database.read { [sources] transaction in
      (
        try KeyVersions.all(transaction),
        try sources.map { ($0.name, try $0.counts(transaction)) }
      )
    }
    return KeyVersionsView(
      versions: versions, inRing: Set(ring.wrapping.map(\.number)), newest: newest, counts: counts,
      round: round, isSealed: self.ring.isSealed)
  }

  private static func inUse(_ number: Int, _ uses: [(name: String, counts: [Int: Int])]) -> Problem
  {
    let kinds = uses.map { "\($0.counts[number] ?? 0) \($0.name)" }.joined(separator: ", ")
    return Problem(
      .conflict, "key_version.in_use",
      "Version \(number) is still needed for \(kinds). Wait until they are wrapped anew; the status "
        + "names those that cannot be.")
  }

  /// A ring that cannot be written is the operator's to mend: what they are told has no path in it, the
  /// log has.
  private func writing<Value>(
    _ consequence: String, _ body: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await body()
    } catch let error as KeyRingError {
      throw Problem(
        .unavailable, error.code,
        "The key ring cannot be written. \(consequence). The server's log says why.",
        privateDetail: error.description)
    }
  }
}
