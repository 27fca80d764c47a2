import Domain
import Synchronization

/// When keys were last used, until that is stored. There are no more of them than keys that work.
final class KeyUses: Sendable {
  private let last = Mutex<[APIKeyID: Instant]>([:])

  /// A key was used. A clock that went back changes nothing.
  func note(_ key: APIKeyID, at now: Instant) {
    last.withLock { $0[key] = max($0[key] ?? now, now) }
  }

  /// When a key was last used, where that is not stored yet.
  func last(of key: APIKeyID) -> Instant? { last.withLock { $0[key] } }

  /// All that is not stored yet.
  func noted() -> [APIKeyID: Instant] { last.withLock { $0 } }

  /// What was stored need not be kept, unless the key was used again since.
  func forget(_ stored: [APIKeyID: Instant]) {
    last.withLock { last in
      for (key, moment) in stored where last[key] == moment { last[key] = nil }
    }
  }
}
