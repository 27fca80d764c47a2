import Domain
import Glibc

/// An exclusive lock on a file, held until the last reference goes or the process ends, however it
/// ends.
final class FileLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock, making the file if it is missing.
  ///
  /// - Throws: `agent.directory` if there can be no such file, `held` if somebody has the lock.
  init(path: String, held: Problem) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw AgentDirectory.problem(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw held
    }
  }

  deinit { close(descriptor) }
}
