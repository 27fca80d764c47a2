import Glibc

/// System calls on files, repeated when a signal interrupts them, with errors thrown as ``BlobError``.
enum FileCalls {
  static func open(_ path: String, _ flags: Int32) throws(FileFailure) -> Int32 {
    try retrying("open") { Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600) }
  }

  /// Writes all the bytes; `write` may take fewer than it was given.
  static func writeAll(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(FileFailure) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileFailure("write")
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Up to `maxLength` bytes from the offset; none at the end.
  static func read(
    _ descriptor: Int32,
    from offset: Int,
    maxLength: Int
  ) throws(FileFailure) -> [UInt8] {
    var failure: FileFailure?
    let bytes = [UInt8](unsafeUninitializedCapacity: maxLength) { buffer, count in
      repeat {
        let result = Glibc.pread(descriptor, buffer.baseAddress, maxLength, off_t(offset))
        if result >= 0 {
          count = result
          return
        }
      } while errno == EINTR
      failure = FileFailure("pread")
    }
    if let failure { throw failure }
    return bytes
  }

  static func sync(_ descriptor: Int32) throws(FileFailure) {
    // fsync is not repeated after an error: the kernel may have dropped the pages and would say yes.
    guard Glibc.fsync(descriptor) == 0 else { throw FileFailure("fsync") }
  }

  /// Makes the names in a directory durable.
  static func syncDirectory(_ path: String) throws(FileFailure) {
    let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    try sync(descriptor)
  }

  static func check(_ call: String, _ result: Int32) throws(FileFailure) {
    guard result == 0 else { throw FileFailure(call) }
  }

  /// The names in a directory, without those of directories above it.
  static func names(in path: String) throws(FileFailure) -> [String] {
    guard let directory = opendir(path) else { throw FileFailure("opendir") }
    defer { closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw FileFailure("readdir") }
    return names
  }

  private static func retrying(
    _ call: String,
    _ body: () -> Int32
  ) throws(FileFailure) -> Int32 {
    while true {
      let result = body()
      if result >= 0 { return result }
      if errno != EINTR { throw FileFailure(call) }
    }
  }
}

/// A system call that failed, and its `errno`.
public struct FileFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// Which call.
  public let call: String
  /// Its `errno`.
  public let number: Int32

  init(_ call: String, _ number: Int32 = errno) {
    self.call = call
    self.number = number
  }

  /// `fsync: No space left on device`.
  public var description: String { "\(call): \(String(cString: strerror(number)))" }

  /// As the store's callers see it.
  func blobError(_ name: BlobName? = nil) -> BlobError {
    switch (number, name) {
    case (ENOENT, let name?): .absent(name)
    case (EEXIST, let name?): .exists(name)
    case (ENOSPC, _), (EDQUOT, _), (EFBIG, _): .full
    default: .storage("\(call): \(String(cString: strerror(number)))")
    }
  }
}
