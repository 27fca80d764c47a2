import Database
import Domain
import Ledger
import Sealing
import Synchronization

/// A row whose secret does not unwrap: it was changed, or its key is gone. It may go to a log.
public struct UnreadableSecret: Sendable, Hashable, Codable {
  /// What kind of secret: `design_file`.
  public let kind: String
  /// The row.
  public let id: String
  /// The version that it names.
  public let version: Int
  /// Why: a stable code.
  public let code: String

  enum CodingKeys: String, CodingKey { case kind, id, version, code }
}

extension KeyRotation {
  /// Wraps everything anew that is under another version than the newest, and destroys the keys of
  /// versions that are retired. Other requests go on meanwhile. It can be ended at any moment, by a crash
  /// too, and called again: each commit takes some rows from one version to the newest.
  ///
  /// The key holder is asked outside transactions. A row that was changed meanwhile is left as it is. One
  /// that does not unwrap does not stop the others. What is under a version that came during the round is
  /// only looked at. `Vault.md` says why nothing is lost, however this and other requests interleave.
  ///
  /// - Returns: the rows that do not unwrap, when they are others than the round before found.
  /// - Throws: what the holder or the database throws; what was done before stays done.
  @discardableResult
  public func rewrap() async throws -> [UnreadableSecret]? {
    try await finishRetirements()
    let newest = try await keys.newestVersion()
    var unreadable: [UnreadableSecret] = []
    for source in sources {
      // A version above the newest is being added, or was not written by us and is found unreadable.
      for (lowest, highest) in [(Int.min, newest - 1), (newest + 1, Int.max)] {
        var place = WrappedRow.Place(version: lowest, id: "")
        while true {
          let rows = try await database.read { [place] in
            try source.batch($0, after: place, through: highest, limit: Self.batchMax)
          }
          guard let last = rows.last else { break }
          let refused = try await rewrap(rows, of: source, below: newest)
          if !refused.isEmpty {
            // One that is gone or was changed since needs its key no more: that may be destroyed by now.
            let still = try await database.read { [place] in
              Set(try source.batch($0, after: place, through: highest, limit: Self.batchMax))
            }
            unreadable += refused.filter { still.contains($0.row) }.map(\.found)
          }
          place = last.place
        }
      }
    }
    try await markUnused(below: newest)
    return lastRound.end(unreadable, at: ambient.now())
  }

  /// One commit's worth. When the holder fails, what it has wrapped until then is stored.
  ///
  /// - Returns: the rows that did not unwrap.
  private func rewrap(
    _ rows: [WrappedRow], of source: any WrappedSecrets, below newest: Int
  ) async throws -> [(row: WrappedRow, found: UnreadableSecret)] {
    var wrapped: [(row: WrappedRow, secret: WrappedSecret)] = []
    var unreadable: [(row: WrappedRow, found: UnreadableSecret)] = []
    var failure: (any Error)?
    for row in rows {
      do {
        try Task.checkCancellation()
        if let secret = try await rewrap(row, below: newest) { wrapped.append((row, secret)) }
      } catch let error as KeyHolderError {
        let found = UnreadableSecret(
          kind: source.name, id: row.id, version: row.secret.version, code: error.code)
        unreadable.append((row, found))
      } catch {
        failure = error
        break
      }
    }
    if !wrapped.isEmpty {
      try await database.write { [wrapped] transaction in
        for version in Set(wrapped.map(\.secret.version)) {
          try KeyVersions.use(transaction, version)
        }
        for (row, secret) in wrapped { _ = try source.replace(transaction, row, with: secret) }
      }
    }
    if let failure { throw failure }
    return unreadable
  }

  /// - Returns: nil for one that opens and is under `newest` or a later version. Nothing is ever wrapped
  ///   under an older version than it was.
  private func rewrap(_ row: WrappedRow, below newest: Int) async throws -> WrappedSecret? {
    guard let context = row.context else { throw KeyHolderError.notAuthentic }
    var secret = try await keys.unwrap(row.secret, context: context)
    defer { secret.wipe() }
    return row.secret.version < newest ? try await keys.wrap(secret, context: context) : nil
  }

  /// The key of a retired version is destroyed after the commit that retired it.
  private func finishRetirements() async throws {
    let present = Set(ring.current.wrapping.map(\.number))
    let retired = try await database.read { try KeyVersions.all($0) }.filter {
      $0.retiredAt != nil && present.contains($0.number)
    }
    for version in retired { try await ring.remove(version.number) }
  }

  /// Notes when the last use of a version ended: a database backup of a later time does not need it.
  private func markUnused(below newest: Int) async throws {
    let ended = try await database.read { [sources] transaction in
      try KeyVersions.all(transaction).filter { version in
        try version.number < newest && version.unusedSince == nil
          && !sources.contains { try $0.isUsing(version.number, transaction) }
      }
    }
    guard !ended.isEmpty else { return }
    try await database.write { [sources, ambient] transaction in
      for version in ended
      where try !sources.contains(where: { try $0.isUsing(version.number, transaction) }) {
        // The clock is read when no use was seen.
        try KeyVersions.markUnused(transaction, version.number, at: ambient.now())
      }
    }
  }
}

/// What the last whole round has found.
final class LastRound: Sendable {
  struct Found: Sendable {
    let unreadable: [UnreadableSecret]
    let endedAt: Instant
  }

  private let kept = Mutex<Found?>(nil)

  var found: Found? { kept.withLock { $0 } }

  /// - Returns: what was found, if it is something else than before.
  func end(_ unreadable: [UnreadableSecret], at now: Instant) -> [UnreadableSecret]? {
    kept.withLock { kept in
      defer { kept = Found(unreadable: unreadable, endedAt: now) }
      return kept?.unreadable ?? [] == unreadable ? nil : unreadable
    }
  }
}
