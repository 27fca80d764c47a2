import BureauProtocol
import Database
import Domain
import Ledger
import PrintPackage

extension Dispatcher {
  /// Reads a page of one of a bureau's lists; while the list is what was seen of it, waits for a change.
  ///
  /// What was seen is compared with the database, not with what happened in this process: a change before the
  /// read is seen by it, one after it wakes the reader (``Signals``), and one while nobody waited, or while
  /// the broker was down, is seen by the next read.
  func watch<Element>(
    _ bureau: BureauID, seen: String?, wait: Duration,
    _ read: @escaping @Sendable (Transaction) throws -> WatchedPage<Element>
  ) async throws -> WatchedPage<Element> {
    let seen = seen ?? WatchedPage<Element>.markOfNothing
    return try await signals.poll(bureau, wait: wait, until: { $0.seen != seen }) {
      try await database.read(read)
    }
  }
}

extension WatchedPage {
  /// What an empty list has.
  static var markOfNothing: String { mark(of: []) }

  /// A digest of lines, one for each element, that differ whenever the list does.
  static func mark(of lines: [String]) -> String {
    String(ContentDigest(of: lines.joined(separator: "\n").utf8).description.prefix(32))
  }

  static func checked(limit: Int) throws(Problem) -> Int {
    try Page<Element>.checked(limit: limit)
  }
}
