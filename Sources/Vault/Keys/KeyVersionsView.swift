public import Domain
import Ledger

/// How the versions of the wrapping key stand, for the operator.
public struct KeyVersionsView: Sendable, Hashable, Codable {
  /// One version.
  public struct Version: Sendable, Hashable, Codable {
    /// Counted from 1.
    public let number: Int
    /// When its key was made.
    public let createdAt: Instant
    /// When nothing was left under it; database backups of an earlier time need it.
    public let unusedSince: Instant?
    /// When it was given up for good.
    public let retiredAt: Instant?
    /// Whether its key is in the ring.
    public let isInRing: Bool
    /// How many secrets of each kind are wrapped under it.
    public let uses: [String: Int]

    enum CodingKeys: String, CodingKey {
      case number, uses
      case createdAt = "created_at"
      case unusedSince = "unused_since"
      case retiredAt = "retired_at"
      case isInRing = "in_ring"
    }
  }

  /// How many unreadable rows are named.
  static let namedMax = 100

  /// The version that everything is wrapped under from now on.
  public let newest: Int
  /// Whether the key ring's file is sealed with a passphrase.
  public let isSealed: Bool
  /// All versions that there ever were, oldest first.
  public let versions: [Version]
  /// How many secrets are not wrapped under the newest version.
  public let left: Int
  /// How many of them do not unwrap, as the last round has found.
  public let unreadableCount: Int
  /// The first hundred of these.
  public let unreadable: [UnreadableSecret]
  /// When the last round ended; nil before the first one.
  public let lookedAt: Instant?

  enum CodingKeys: String, CodingKey {
    case newest, versions, left, unreadable
    case isSealed = "passphrase"
    case unreadableCount = "unreadable_count"
    case lookedAt = "looked_at"
  }

  init(
    versions: [KeyVersion], inRing: Set<Int>, newest: Int, counts: [(String, [Int: Int])],
    round: LastRound.Found?, isSealed: Bool
  ) {
    self.newest = newest
    self.isSealed = isSealed
    self.versions = versions.map { version in
      Version(
        number: version.number, createdAt: version.createdAt, unusedSince: version.unusedSince,
        retiredAt: version.retiredAt, isInRing: inRing.contains(version.number),
        uses: counts.reduce(into: [:]) { $0[$1.0] = $1.1[version.number] ?? 0 })
    }
    left = counts.reduce(0) { sum, kind in
      sum + kind.1.reduce(0) { $0 + ($1.key == newest ? 0 : $1.value) }
    }
    unreadableCount = round?.unreadable.count ?? 0
    unreadable = Array(round?.unreadable.prefix(Self.namedMax) ?? [])
    lookedAt = round?.endedAt
  }
}
