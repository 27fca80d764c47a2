import Foundation
import Glibc

/// Counts hand-overs: the kernel tells of every part that gets its final name in a hot folder.
final class HandOvers {
  private let descriptor: Int32
  private(set) var counts: [String: Int] = [:]

  init(watching folder: String) throws {
    descriptor = inotify_init1(Int32(O_NONBLOCK | O_CLOEXEC))
    guard descriptor >= 0,
      inotify_add_watch(descriptor, folder, UInt32(IN_MOVED_TO | IN_CREATE)) >= 0
    else { throw Child.Failure(description: "inotify: \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  /// Takes in what has happened since the last call.
  func update() throws {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      var offset = 0
      // struct inotify_event: wd, mask, cookie, len (four bytes each), then the name.
      while offset + 16 <= count {
        let word = { (at: Int) in
          buffer[(offset + at)..<(offset + at + 4)].reversed().reduce(UInt32(0)) {
            $0 << 8 | UInt32($1)
          }
        }
        let (mask, length) = (word(4), Int(word(12)))
        guard mask & UInt32(IN_Q_OVERFLOW) == 0 else {
          throw Child.Failure(description: "events of the hot folder were lost")
        }
        let name = buffer[(offset + 16)..<(offset + 16 + length)].prefix { $0 != 0 }
        note(String(decoding: name, as: UTF8.self))
        offset += 16 + length
      }
    }
  }

  private func note(_ name: String) {
    if name.hasPrefix("job_"), name.hasSuffix(".stl") { counts[name, default: 0] += 1 }
  }

  /// The hand-overs of a job, by attempt's part name.
  func counts(of job: String) -> [String: Int] { counts.filter { $0.key.hasPrefix(job + "-") } }
}
