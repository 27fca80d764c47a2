import Crypto
import Dispatch
import FoundationEssentials
import Synchronization

/// Shares the chunks of one call among the machine's cores.
///
/// Few chunks stay on the caller's thread: a server takes bodies in small pieces and has other requests
/// for its other cores. With many, the caller works beside at most `widthMax` - 1 threads of Dispatch's
/// own and returns when all have ended, so nothing runs on behind anybody's back. Where no other thread is
/// to be had, the caller's does all the work.
struct ChunkWorkers: Sendable {
  /// Below twice this many chunks (512 KiB) waking another thread gains nothing worth its cost.
  static let chunksEachMin = 4
  static let widthMax = max(1, min(8, ProcessInfo.processInfo.activeProcessorCount))

  private var contexts: [ChunkContext] = []

  static func width(for chunks: Int) -> Int { max(1, min(widthMax, chunks / chunksEachMin)) }

  /// Makes the contexts that are still missing.
  mutating func prepare(for chunks: Int, key: SymmetricKey) throws {
    while contexts.count < Self.width(for: chunks) { contexts.append(try ChunkContext(key: key)) }
  }

  /// Calls `work` for the numbers below `chunks`, and returns the first for which it was false, or `chunks`.
  /// For every number below the result it was called, and was true.
  func run(_ chunks: Int, _ work: @Sendable (ChunkContext, Int) -> Bool) -> Int {
    let width = Self.width(for: chunks)
    guard width > 1 else { return (0..<chunks).first { !work(contexts[0], $0) } ?? chunks }
    // Numbers are given out in order, so each below the first failure has been given out before it.
    let next = Atomic(0)
    let end = Atomic(chunks)
    DispatchQueue.concurrentPerform(iterations: width) { worker in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < end.load(ordering: .relaxed) else { return }
        if !work(contexts[worker], index) { end.min(index, ordering: .relaxed) }
      }
    }
    return end.load(ordering: .relaxed)
  }
}

/// Whether OpenSSL failed for any chunk, which says nothing about whether one is authentic.
final class ChunkFailures: Sendable {
  private let noted = Atomic(false)
  var any: Bool { noted.load(ordering: .relaxed) }
  func note() { noted.store(true, ordering: .relaxed) }
}
