import Domain
import Synchronization

/// Keeps who holds a secret, by its SHA-256, so that not every request waits for a reader of the
/// database. Only secrets that were found are kept.
///
/// A revoked key is refused from the moment that its revocation is answered: the commit empties the
/// cache, and what a read from before it still brings is not kept. That holds because one server works
/// in a data directory at a time; servers that share a database need another way to hear of it.
final class PrincipalCache: Sendable {
  /// When so many are kept, all are dropped: at some hundred bytes each that bounds the memory.
  private static let countMax = 10_000

  private struct State {
    var generation = 0
    var kept: [[UInt8]: Principal] = [:]
  }

  private let state = Mutex(State())

  /// Who holds a secret, where that is known; and the generation to give back with what is read.
  func look(up hash: [UInt8]) -> (principal: Principal?, generation: Int) {
    state.withLock { ($0.kept[hash], $0.generation) }
  }

  /// Keeps what was read, unless a key was revoked since `generation` was given out.
  func keep(_ principal: Principal, for hash: [UInt8], readIn generation: Int) {
    state.withLock { state in
      guard state.generation == generation else { return }
      if state.kept.count >= Self.countMax { state.kept = [:] }
      state.kept[hash] = principal
    }
  }

  /// Forgets everything: a key was revoked.
  func empty() {
    state.withLock { state in
      state.generation += 1
      state.kept = [:]
    }
  }
}
