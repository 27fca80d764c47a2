import Domain
import Glibc

/// Small files, whole: read within a limit, written durably.
enum SmallFile {
  /// A file's bytes; nil when it is not there.
  ///
  /// - Throws: `agent.not_a_file` for a link, a pipe, a directory and the like; `agent.file_too_large`;
  ///   `agent.directory` when it cannot be opened or read.
  static func read(_ path: String, bytesMax: Int) throws -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: return nil
      // What O_NOFOLLOW says of a link, and what a socket cannot do.
      case ELOOP, ENXIO: throw notAFile(path)
      default: throw AgentDirectory.problem(path)
      }
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw AgentDirectory.problem(path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw notAFile(path) }
    guard status.st_size <= bytesMax else {
      throw Problem(.tooLarge, "agent.file_too_large", "\(path) is larger than \(bytesMax) bytes.")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= bytesMax {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw AgentDirectory.problem(path) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  private static func notAFile(_ path: String) -> Problem {
    Problem(
      .invalid, "agent.not_a_file", "\(path) is not a regular file: links are not followed.")
  }

  /// Writes a file, mode 0600, through a temporary one: write, fsync, rename, fsync the directory.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let temporary = path + ".new"
    try writeDurably(bytes, to: temporary)
    guard rename(temporary, path) == 0 else { throw AgentDirectory.problem(path) }
    try synchronizeDirectory(of: path)
  }

  /// Writes a file under its own name and makes its content durable; replaces what was there.
  static func writeDurably(_ bytes: [UInt8], to path: String) throws {
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw AgentDirectory.problem(path) }
    defer { close(descriptor) }
    try write(bytes, to: descriptor, path)
    guard fsync(descriptor) == 0 else { throw AgentDirectory.problem(path) }
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws {
    try bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(
          descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw AgentDirectory.problem(path) }
        done += count
      }
    }
  }

  /// Makes a directory, mode 0700, if it is missing. When this returns its name is durable: what is
  /// stored in a directory is lost with its name.
  static func makeDirectory(_ path: String) throws {
    let isMade = mkdir(path, 0o700) == 0
    guard isMade || errno == EEXIST else { throw AgentDirectory.problem(path) }
    let parent = path + "/.."
    // One that is there may be of a start that was killed before its name was durable, if it is one
    // that we could have made.
    if isMade || access(parent, R_OK | W_OK) == 0 { try synchronize(directory: parent) }
  }

  static func synchronizeDirectory(of path: String) throws {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    try synchronize(directory: parent.isEmpty ? "/" : parent)
  }

  private static func synchronize(directory: String) throws {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw AgentDirectory.problem(directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw AgentDirectory.problem(directory) }
  }
}
