import Glibc

/// A small file that is there whole or not at all, and survives a power cut: what a key ring and the state
/// beside it are written with.
public enum DurableFile {
  /// Writes bytes to a new file and waits until they are on the disk; its name is not yet. The file has
  /// mode 0600, whatever the process's mask.
  public static func fill(
    _ descriptor: Int32, with bytes: [UInt8]
  ) throws(FileFailure) {
    try FileCalls.writeAll(descriptor, bytes[...])
    try FileCalls.check("fchmod", fchmod(descriptor, 0o600))
    try FileCalls.sync(descriptor)
  }

  /// Makes the names in a folder durable.
  public static func syncFolder(_ path: String) throws(FileFailure) {
    try FileCalls.syncDirectory(path)
  }

  /// Puts a file in the place of the one at a path, or where there is none. When this returns, the new
  /// bytes are durable. When it throws, the old or the new ones are there, whole; so after a crash, which
  /// leaves `.<name>.new` at most. The next call replaces that.
  ///
  /// One process at a time may write a path.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(FileFailure) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    let unfinished = "\(folder)/.\(name).new"
    unlink(unfinished)
    let descriptor = try FileCalls.open(unfinished, O_WRONLY | O_CREAT | O_EXCL)
    do throws(FileFailure) {
      defer { close(descriptor) }
      try fill(descriptor, with: bytes)
      try FileCalls.check("rename", rename(unfinished, path))
    } catch {
      unlink(unfinished)
      throw error
    }
    try syncFolder(folder)
  }

  /// The bytes of a regular file of this user that nobody else may write; nil when there is none.
  ///
  /// - Throws: also for a file that is longer than `bytesMax`.
  public static func read(_ path: String, bytesMax: Int) throws(FileFailure) -> [UInt8]? {
    let descriptor: Int32
    do throws(FileFailure) {
      descriptor = try FileCalls.open(path, O_RDONLY | O_NONBLOCK)
    } catch {
      if error.number == ENOENT { return nil }
      throw error
    }
    defer { close(descriptor) }
    var status = stat()
    try FileCalls.check("fstat", fstat(descriptor, &status))
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      status.st_mode & 0o022 == 0
    else { throw FileFailure("the check of owner and mode", EPERM) }
    var bytes: [UInt8] = []
    while true {
      let more = try FileCalls.read(descriptor, from: bytes.count, maxLength: 4096)
      if more.isEmpty { return bytes }
      bytes += more
      guard bytes.count <= bytesMax else { throw FileFailure("read", EFBIG) }
    }
  }
}
