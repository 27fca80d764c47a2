import Domain
import Glibc

/// An exclusive lock on a file or directory, held until the last reference goes or the process ends,
/// however it ends.
final class FileLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock, making the file if it is missing.
  ///
  /// - Throws: `agent.directory` if there can be no such file, `held` if somebody has the lock.
  convenience init(path: String, held: Problem) throws {
    try self.init(open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600), path, held)
  }

  /// Takes the lock of a directory itself: one on a file in it would be gone with the file, which
  /// whoever tidies the directory may remove.
  ///
  /// - Throws: `agent.directory` if it is none, `held` if somebody has the lock.
  convenience init(directory: String, held: Problem) throws {
    try self.init(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), directory, held)
  }

  private init(_ opened: Int32, _ path: String, _ held: Problem) throws {
    descriptor = opened
    guard descriptor >= 0 else { throw AgentDirectory.problem(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK ? held : AgentDirectory.problem(path)
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // A program that is being started at this moment may still have the descriptor, and the lock with it.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
