import Glibc

/// The key ring's file on disk: where it may be, who may read it, and how it comes to be there
/// whole or not at all.
struct KeyRingFile {
  let path: String

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Refuses a path inside the data directory, also through links and before either exists.
  func checkPlace(outside dataDirectory: String) throws(KeyRingError) {
    let (ring, data) = (Self.resolved(path), Self.resolved(dataDirectory))
    if ring == data || ring.starts(with: data) { throw .insideDataDirectory(path: path) }
  }

  /// The bytes, or nil when there is no file. What is read is what was checked: one descriptor.
  func read() throws(KeyRingError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("open")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
      throw .owner(path: path)
    }
    let mode = status.st_mode & 0o7777
    guard mode & ~0o600 == 0 else { throw .mode(path: path, mode: String(mode, radix: 8)) }
    try checkFolder()
    guard status.st_size <= KeyRingFormat.bytesMax else { throw .format(path: path) }
    return try contents(of: descriptor)
  }

  /// Makes the file with mode 0600; false if it exists by now. When it returns true, the file is
  /// whole and durable. `unique` is a random text. A crash leaves `.<name>.new-…` at most, with the
  /// same mode.
  func create(_ bytes: [UInt8], unique: String) throws(KeyRingError) -> Bool {
    try checkFolder()
    let unfinished = try writeUnfinished(bytes, unique)
    // Linked, not renamed: a rename would replace a ring that another process has just made.
    let linked = link(unfinished, path)
    let error = errno
    unlink(unfinished)
    if linked != 0 {
      if error == EEXIST { return false }
      throw failure("link", error)
    }
    try syncFolder()
    return true
  }

  private func writeUnfinished(_ bytes: [UInt8], _ unique: String) throws(KeyRingError) -> String {
    let unfinished = "\(folder)/.\(name).new-\(unique)"
    let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("create") }
    var failed: (String, Int32)?
    var written = 0
    while failed == nil, written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { written += count } else if errno != EINTR { failed = ("write", errno) }
    }
    if failed == nil, fchmod(descriptor, 0o600) != 0 { failed = ("fchmod", errno) }
    if failed == nil, fsync(descriptor) != 0 { failed = ("fsync", errno) }
    close(descriptor)
    if let (call, error) = failed {
      unlink(unfinished)
      throw failure(call, error)
    }
    return unfinished
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
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open of the folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("fsync of the folder") }
  }

  private func failure(_ call: String, _ number: Int32 = errno) -> KeyRingError {
    .storage(path: path, reason: "\(call): \(String(cString: strerror(number)))")
  }

  private var name: Substring { path.split(separator: "/").last ?? "" }

  private var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
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
