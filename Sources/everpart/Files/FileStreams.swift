import CPlatform
import Domain
import Glibc
import Synchronization

/// A file or standard input, read in pieces.
struct InputFile: Sendable {
  /// What standard input is called.
  static let standardName = "standard input"

  let name: String
  /// In bytes; nil for a pipe.
  let size: Int?
  private let descriptor: Int32

  /// Opens a path; nil or `-` is standard input.
  init(_ path: String?) throws {
    if let path, path != "-" {
      descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw SystemFailure(path) }
      name = path
    } else {
      descriptor = 0
      name = Self.standardName
    }
    var status = stat()
    let failure: SystemFailure? =
      if fstat(descriptor, &status) != 0 {
        SystemFailure(name)
      } else if status.st_mode & S_IFMT == S_IFDIR {
        SystemFailure(name, code: EISDIR)
      } else { nil }
    size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    guard let failure else { return }
    if descriptor != 0 { close() }
    throw failure
  }

  /// Reads to the end, a piece of at most 1 MiB at a time, with a progress bar.
  func forEachPiece(
    _ label: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    defer { close() }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var (bar, done) = (ProgressBar(label, total: size), 0)
    defer { bar.finish() }
    while true {
      let count = try read(into: buffer)
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      done += count
      bar.update(done)
    }
  }

  /// Passes the file on, changed, with a progress bar: `change` gets what reads it and what writes.
  ///
  /// Mapping the file instead of reading would save a copy and lose more: a page fault costs more than
  /// copying the page, a file cut short meanwhile would kill the process, and one changed meanwhile would be
  /// decrypted from other bytes than were authenticated.
  func flow(
    _ label: String, into output: OutputFile,
    _ change: (
      _ read: @escaping @Sendable (UnsafeMutableRawBufferPointer) throws -> Int,
      _ write: @escaping @Sendable ([UInt8]) throws -> Void
    ) throws -> Void
  ) throws {
    let progress = Mutex((bar: ProgressBar(label, total: size), done: 0))
    defer { progress.withLock { $0.bar.finish() } }
    try change(
      { buffer in
        let count = try read(into: buffer)
        progress.withLock { progress in
          progress.done += count
          progress.bar.update(progress.done)
        }
        return count
      }, output.sink.write)
    close()
  }

  /// Closes the file. Nothing can be read from then on.
  private func close() { _ = Glibc.close(descriptor) }

  fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw SystemFailure(name) }
    }
  }
}

/// A file that appears under its name only when it is whole; or standard output, or whatever else takes bytes
/// and is no file.
///
/// Until then it has no name, so that whatever ends the process leaves nothing of it behind. Only where a
/// file has to be replaced it gets another name for the moment between two calls, because no call puts a file
/// without a name in the place of one; and on file systems that know no such files, from the beginning.
final class OutputFile {
  /// Where it will appear; nil where bytes go as they come.
  private let path: String?
  private let name: String
  private let isReplacing: Bool
  /// The name that it has until it is finished; nil while it has none.
  private var temporary: String?
  private var descriptor: Int32
  private var isOpen: Bool

  /// Begins to write a path; nil or `-` is standard output.
  ///
  /// - Parameters:
  ///   - isReplacing: whether a file that is there is replaced; else it is kept, and refused with
  ///     `file.exists` now or, should it come meanwhile, at the end.
  ///   - isSecret: whether it may hold a design: then its mode is 0600, else what the umask leaves of 0666.
  init(_ path: String?, replacing isReplacing: Bool = true, secret isSecret: Bool = true) throws {
    self.isReplacing = isReplacing
    guard let path, path != "-" else {
      (self.path, name, temporary, descriptor, isOpen) = (nil, "standard output", nil, 1, false)
      return
    }
    name = path
    var status = stat()
    let isThere = stat(path, &status) == 0
    guard !isThere || status.st_mode & S_IFMT != S_IFDIR else {
      throw SystemFailure(path, code: EISDIR)
    }
    if isThere, status.st_mode & S_IFMT != S_IFREG {
      // A device or a pipe takes what comes, and stays what it is.
      descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC)
      (self.path, temporary, isOpen) = (nil, nil, descriptor >= 0)
      guard isOpen else { throw SystemFailure(path) }
      return
    }
    guard isReplacing || lstat(path, &status) != 0 else { throw Self.exists(path) }
    // A link stays, and what it leads to is replaced.
    let place = isReplacing ? Self.followed(path) : path
    self.path = place
    let mode: mode_t = isSecret ? 0o600 : 0o666
    descriptor = Glibc.open(folder(of: place), everpart_o_tmpfile | O_RDWR | O_CLOEXEC, mode)
    if descriptor >= 0, access(Self.link(descriptor), F_OK) != 0 {
      close(descriptor)
      descriptor = -1
    }
    if descriptor < 0 {
      var template = Array("\(place).XXXXXX".utf8CString)
      descriptor = mkstemp(&template)
      let name = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      temporary = name
      if descriptor >= 0, !isSecret {
        // The name was free; what it is opened by now has the mode that is wanted.
        close(descriptor)
        unlink(name)
        descriptor = Glibc.open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      }
    }
    isOpen = descriptor >= 0
    guard isOpen else { throw SystemFailure(path) }
  }

  private static func followed(_ path: String) -> String {
    guard let target = realpath(path, nil) else { return path }
    defer { free(target) }
    return String(cString: target)
  }

  /// What the file is linked by (open(2), O_TMPFILE).
  private static func link(_ descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  deinit {
    // Not finished: nothing is left under either name.
    if isOpen {
      close(descriptor)
      if let temporary { unlink(temporary) }
    }
  }

  func write(_ bytes: [UInt8]) throws { try sink.write(bytes) }

  /// Where the bytes go, for a thread that writes them. It must end before the file is finished or let go.
  var sink: Sink { Sink(descriptor: descriptor, name: name) }

  struct Sink: Sendable {
    fileprivate let descriptor: Int32
    fileprivate let name: String

    func write(_ bytes: [UInt8]) throws {
      try bytes.withUnsafeBytes { buffer in
        var done = 0
        while done < buffer.count {
          let count = Glibc.write(
            descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else { throw SystemFailure(name) }
          done += count
        }
      }
    }
  }

  /// Makes the file appear under its name, durably.
  func finish() throws {
    guard let path, isOpen else { return }
    guard fsync(descriptor) == 0 else { throw SystemFailure(path) }
    guard appear(at: path) else {
      throw errno == EEXIST ? Self.exists(path) : SystemFailure(path)
    }
    isOpen = false
    close(descriptor)
    try syncFolder(of: path)
  }

  private func appear(at path: String) -> Bool {
    if temporary == nil {
      if link(as: path) { return true }
      guard errno == EEXIST, isReplacing else { return false }
      let other = "\(path).\(getpid())-\(descriptor)"
      unlink(other)
      guard link(as: other) else { return false }
      temporary = other
    }
    guard let temporary else { return false }
    return (isReplacing ? rename(temporary, path) : everpart_rename_new(temporary, path)) == 0
  }

  private func link(as name: String) -> Bool {
    linkat(AT_FDCWD, Self.link(descriptor), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
  }

  private static func exists(_ path: String) -> any Error {
    Problem(
      .conflict, "file.exists",
      "\(path) is there already, and was not changed: name another file, or replace it with --force."
    )
  }
}

/// The bytes of a file, a piece of at most 1 MiB at a time.
struct InputPieces: AsyncSequence {
  let input: InputFile

  func makeAsyncIterator() -> Iterator { Iterator(input: input) }

  struct Iterator: AsyncIteratorProtocol {
    let input: InputFile

    mutating func next() async throws -> [UInt8]? {
      let piece = try [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
        count = try input.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      return piece.isEmpty ? nil : piece
    }
  }
}

private func folder(of path: String) -> String {
  path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
}

/// Makes a file's name durable.
func syncFolder(of path: String) throws {
  let folder = folder(of: path)
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SystemFailure(folder) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw SystemFailure(folder) }
}

/// A small text file, whole; refuses one over 1 MiB.
func readSmallFile(_ path: String) throws -> String {
  String(decoding: try readSmallBytes(path), as: UTF8.self)
}

/// A small file, whole; refuses one over 1 MiB.
func readSmallBytes(_ path: String) throws -> [UInt8] {
  var bytes: [UInt8] = []
  try InputFile(path).forEachPiece(path) { piece in
    guard bytes.count + piece.count <= 1 << 20 else { throw SystemFailure(path, code: EFBIG) }
    bytes.append(contentsOf: piece)
  }
  return bytes
}
