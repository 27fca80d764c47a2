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
    // A check may be looking whether somebody holds it (`isHeld`): that is over in an instant.
    var tries = 1
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let reason = errno
      if reason == EINTR || (reason == EWOULDBLOCK && tries < 4) {
        tries += 1
        usleep(20_000)
        continue
      }
      close(descriptor)
      throw reason == EWOULDBLOCK
        ? .directoryInUse(path: directory)
        : .directory(path: path, reason: String(cString: strerror(reason)))
    }
  }

  deinit {
    // A worker that is being started at this moment may still have the descriptor, and the lock with it.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Whether a process works in a directory now.
  static func isHeld(directory: String) -> Bool {
    let probe = open(directory + "/everpart.lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    return flock(probe, LOCK_SH | LOCK_NB) != 0
  }
}

enum Directories {
  /// Makes a directory and those above it, mode 0700, where they are missing. When this returns their
  /// names are durable: what is stored in a directory is lost with its name.
  static func make(_ directory: String) throws(ServerError) {
    var path = directory.hasPrefix("/") ? "" : "."
    for part in directory.split(separator: "/") {
      path += "/" + part
      let isMade = mkdir(path, 0o700) == 0
      guard isMade || errno == EEXIST else { throw failure(path) }
      let parent = path + "/.."
      // A directory that is there may be of a start that was killed before its name was durable, if
      // it is one that we could have made.
      if isMade || access(parent, R_OK | W_OK) == 0 { try sync(parent) }
    }
  }

  private static func sync(_ directory: String) throws(ServerError) {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(directory) }
  }

  private static func failure(_ path: String) -> ServerError {
    .directory(path: path, reason: String(cString: strerror(errno)))
  }

  /// The directory that a file is in.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
