import Glibc

/// Holds a data directory for one process. The lock is the kernel's: it goes with the process, however
/// that ends, so a crash leaves nothing to clean up; the empty file stays.
final class DirectoryLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock, and makes the directory (mode 0700) if it is missing.
  ///
  /// - Throws: ``ServerError/directoryInUse(path:)`` while another process holds it.
  init(directory: String) throws(ServerError) {
    try Directories.make(directory)
    let path = directory + "/everpart.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw .directory(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      throw reason == EWOULDBLOCK
        ? .directoryInUse(path: directory)
        : .directory(path: path, reason: String(cString: strerror(reason)))
    }
  }

  deinit { close(descriptor) }
}

enum Directories {
  /// Makes a directory and those above it, mode 0700, where they are missing.
  static func make(_ directory: String) throws(ServerError) {
    var path = directory.hasPrefix("/") ? "" : "."
    for part in directory.split(separator: "/") {
      path += "/" + part
      guard mkdir(path, 0o700) != 0, errno != EEXIST else { continue }
      throw .directory(path: path, reason: String(cString: strerror(errno)))
    }
  }

  /// The directory that a file is in.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
