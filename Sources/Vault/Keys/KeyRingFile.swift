import BlobStore
import Glibc
import Synchronization

/// The key ring's file on disk: where it may be, who may read it, who works with it, and how it comes to
/// be there, or is replaced, whole or not at all.
///
/// The file that has the ring's name is locked by the process that works with the ring (`flock`). The lock
/// is the kernel's, so a crash leaves nothing to clean up, and it needs no other file. A replacement is
/// locked before it gets the name: at every moment the name belongs to a locked file.
final class KeyRingFile: Sendable {
  let path: String
  /// The descriptor with the lock, or -1.
  private let held = Mutex<Int32>(-1)

  init(path: String) { self.path = path }

  deinit { release() }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Refuses a path inside the data directory, also through links and before either exists.
  func checkPlace(outside dataDirectory: String) throws(KeyRingError) {
    let (ring, data) = (Self.resolved(path), Self.resolved(dataDirectory))
    if ring == data || ring.starts(with: data) { throw .insideDataDirectory(path: path) }
  }

  /// The bytes, or nil when there is no file.
  func read() throws(KeyRingError) -> [UInt8]? {
    guard let descriptor = try openChecked() else { return nil }
    defer { close(descriptor) }
    return try contents(of: descriptor)
  }

  /// Locks the file for this process and reads it; nil when there is no file. Removes what a crash left
  /// of a replacement: it holds keys.
  ///
  /// - Throws: ``KeyRingError/inUse(path:)`` while another process works with the ring.
  func hold() throws(KeyRingError) -> [UInt8]? {
    while let descriptor = try openChecked() {
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let error = errno
        close(descriptor)
        throw error == EWOULDBLOCK ? .inUse(path: path) : failure("flock", error)
      }
      // It may have been replaced since it was opened; then the lock is that of a file without a name.
      guard isNamed(descriptor) else {
        close(descriptor)
        continue
      }
      keep(descriptor)
      removeUnfinished()
      return try contents(of: descriptor)
    }
    return nil
  }

  /// Lets others work with the ring.
  func release() { keep(-1) }

  /// Makes the file with mode 0600 and holds it; false if it exists by now. When it returns true, the
  /// file is whole and durable. `unique` is a random text. A crash leaves `.<name>.new-…` at most, with
  /// the same mode.
  func create(_ bytes: [UInt8], unique: String) throws(KeyRingError) -> Bool {
    let (unfinished, descriptor) = try writeUnfinished(bytes, unique)
    // Linked, not renamed: a rename would replace a ring that another process has just made.
    let linked = link(unfinished, path)
    let error = errno
    unlink(unfinished)
    if linked != 0 {
      close(descriptor)
      if error == EEXIST { return false }
      throw failure("link", error)
    }
    keep(descriptor)
    try syncFolder()
    return true
  }

  /// Replaces the file, which this process holds. When it returns, the new bytes are durable. When it
  /// throws, the old or the new ones are there, whole. A crash leaves the same, and `.<name>.new-…` at
  /// most.
  func replace(_ bytes: [UInt8], unique: String) throws(KeyRingError) {
    let (unfinished, descriptor) = try writeUnfinished(bytes, unique)
    guard rename(unfinished, target) == 0 else {
      let error = errno
      close(descriptor)
      unlink(unfinished)
      throw failure("rename", error)
    }
    keep(descriptor)
    try syncFolder()
  }

  /// A locked, durable file beside the ring's place; its path and its descriptor.
  private func writeUnfinished(
    _ bytes: [UInt8], _ unique: String
  ) throws(KeyRingError) -> (String, Int32) {
    try checkFolder()
    let unfinished = "\(folder)/\(unfinishedPrefix)\(unique)"
    let descriptor = open(unfinished, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("create") }
    var failed = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? nil : failure("flock")
    if failed == nil {
      do throws(FileFailure) {
        try DurableFile.fill(descriptor, with: bytes)
      } catch {
        failed = failure(error.call, error.number)
      }
    }
    if let failed {
      close(descriptor)
      unlink(unfinished)
      throw failed
    }
    return (unfinished, descriptor)
  }

  private func keep(_ descriptor: Int32) {
    let before = held.withLock { held in
      defer { held = descriptor }
      return held
    }
    guard before >= 0 else { return }
    // A worker that is being started at this moment may still have the descriptor, and the lock with it.
    flock(before, LOCK_UN)
    close(before)
  }

  /// A descriptor of the file, checked; nil when there is no file. What is read is what was checked.
  private func openChecked() throws(KeyRingError) -> Int32? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("open")
    }
    do {
      try check(descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private func check(_ descriptor: Int32) throws(KeyRingError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
      throw .owner(path: path)
    }
    let mode = status.st_mode & 0o7777
    guard mode & ~0o600 == 0 else { throw .mode(path: path, mode: String(mode, radix: 8)) }
    try checkFolder()
    guard status.st_size <= KeyRingFormat.bytesMax else { throw .format(path: path) }
  }

  /// Whether the file of a descriptor is the one that has the ring's name.
  private func isNamed(_ descriptor: Int32) -> Bool {
    var (mine, named) = (stat(), stat())
    return fstat(descriptor, &mine) == 0 && stat(path, &named) == 0
      && mine.st_dev == named.st_dev && mine.st_ino == named.st_ino
  }

  private func removeUnfinished() {
    guard let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(unfinishedPrefix) { unlink("\(folder)/\(name)") }
    }
  }

  private func contents(of descriptor: Int32) throws(KeyRingError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    defer { buffer.wipe() }
    while true {
      let count = buffer.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("read")
      }
      guard bytes.count + count <= KeyRingFormat.bytesMax else { throw .format(path: path) }
      bytes += buffer[..<count]
    }
  }

  /// In a folder that everybody can write to, the file could be exchanged for another one; the
  /// sticky bit prevents that.
  private func checkFolder() throws(KeyRingError) {
    var status = stat()
    guard stat(folder, &status) == 0 else { throw failure("stat of the folder") }
    if status.st_mode & 0o002 != 0, status.st_mode & S_ISVTX == 0 { throw .folder(path: folder) }
  }

  private func syncFolder() throws(KeyRingError) {
    do throws(FileFailure) {
      try DurableFile.syncFolder(folder)
    } catch {
      throw failure("\(error.call) of the folder", error.number)
    }
  }

  private func failure(_ call: String, _ number: Int32 = errno) -> KeyRingError {
    .storage(path: path, reason: "\(call): \(String(cString: strerror(number)))")
  }

  /// The ring's path without links: a link to the ring stays one when the ring is replaced.
  private var target: String { "/" + Self.resolved(path).joined(separator: "/") }

  private var unfinishedPrefix: String {
    ".\(target.split(separator: "/").last ?? "").new-"
  }

  private var folder: String {
    let parts = Self.resolved(path)
    return "/" + parts.dropLast().joined(separator: "/")
  }

  /// The parts of a path without links, `.` and `..`; the part that does not exist yet is taken as
  /// written.
  static func resolved(_ path: String) -> [Substring] {
    var existing = path.isEmpty ? "." : path
    if !existing.hasPrefix("/") { existing = currentDirectory + "/" + existing }
    var missing: [Substring] = []
    while true {
      if let real = realpath(existing, nil) {
        defer { free(real) }
        var parts = String(cString: real).split(separator: "/")
        for part in missing.reversed() {
          if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        return parts
      }
      var parts = existing.split(separator: "/")
      guard let last = parts.popLast() else { return missing.reversed() }
      missing.append(last)
      existing = "/" + parts.joined(separator: "/")
    }
  }

  private static var currentDirectory: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }
}
