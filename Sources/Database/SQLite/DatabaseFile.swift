import Glibc

/// Makes the files that SQLite opens, with the modes that they must have from the first byte.
enum DatabaseFile {
  /// Creates the directory (0700) and an empty database file (0600) where they are missing. SQLite gives
  /// the log and the shared memory beside it the file's mode. A crash here leaves an empty file, which
  /// SQLite takes for a new database.
  static func prepare(_ path: String) throws {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    try makeDirectory(directory)
    try checkNobodyElseWrites(directory)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw failure(path) }
    try sync(directory)
  }

  /// Refuses to look at what is not there, or no file.
  static func requireRegular(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw DatabaseError.storage(path: path, reason: "not a file")
    }
  }

  private static func makeDirectory(_ path: String) throws {
    var status = stat()
    if stat(path, &status) != 0 {
      guard errno == ENOENT else { throw failure(path) }
      if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        try makeDirectory(String(path[..<slash]))
      }
      guard mkdir(path, 0o700) == 0 || errno == EEXIST, stat(path, &status) == 0 else {
        throw failure(path)
      }
      try sync(path + "/..")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw DatabaseError.storage(path: path, reason: "not a directory")
    }
  }

  /// Whoever can write the directory can plant a log that SQLite would replay.
  private static func checkNobodyElseWrites(_ directory: String) throws {
    var status = stat()
    guard stat(directory, &status) == 0 else { throw failure(directory) }
    guard status.st_mode & 0o022 == 0 else {
      throw DatabaseError.storage(path: directory, reason: "the group or others may write to it")
    }
  }

  /// Makes the names in a directory durable: a commit is none if its file's name is lost.
  private static func sync(_ directory: String) throws {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(directory) }
  }

  private static func failure(_ path: String) -> DatabaseError {
    .storage(path: path, reason: String(cString: strerror(errno)))
  }
}
