import Glibc

/// Writes one unfinished file and links it under its name. Small appends are gathered, so that memory
/// stays at `bufferBytes` and a call to the disk is worth its hop.
actor DirectoryBlobWriter: BlobWriter {
  struct Paths: Sendable {
    var final: String
    var unfinished: String
    var folder: String
  }

  private enum State {
    case open, busy, over
  }

  private static let bufferBytes = 256 * 1024
  /// From this size on, bytes are written from the caller's array.
  private static let uncopiedBytes = 64 * 1024

  private let name: BlobName
  private let paths: Paths
  private let descriptor: Int32
  private let pool: BlockingPool
  private var buffer: [UInt8] = []
  private var state = State.open

  init(name: BlobName, paths: Paths, descriptor: Int32, pool: BlockingPool) {
    self.name = name
    self.paths = paths
    self.descriptor = descriptor
    self.pool = pool
  }

  deinit {
    // Dropped without a commit: leave nothing behind. After a commit both calls were made already.
    if state != .over {
      close(descriptor)
      unlink(paths.unfinished)
    }
  }

  func append(_ bytes: ArraySlice<UInt8>) async throws {
    guard state == .open else { throw BlobError.writerOver }
    guard bytes.count >= Self.uncopiedBytes else {
      buffer += bytes
      if buffer.count >= Self.bufferBytes { try await flush(and: []) }
      return
    }
    try await flush(and: bytes)
  }

  private func flush(and bytes: ArraySlice<UInt8>) async throws {
    let gathered = buffer
    buffer = []
    try await work { descriptor in
      try FileCalls.writeAll(descriptor, gathered[...])
      try FileCalls.writeAll(descriptor, bytes)
    }
  }

  /// A crash before the link leaves an unfinished file; between link and unlink also the finished blob;
  /// before the folder's sync either or neither.
  func commit() async throws {
    guard state == .open else { throw BlobError.writerOver }
    let (rest, paths) = (buffer, paths)
    try await work(taken: name) { descriptor in
      try FileCalls.writeAll(descriptor, rest[...])
      try FileCalls.sync(descriptor)
      try FileCalls.check("link", link(paths.unfinished, paths.final))
      try FileCalls.check("unlink", unlink(paths.unfinished))
      try FileCalls.syncDirectory(paths.folder)
    }
    state = .over
    close(descriptor)
  }

  func abort() async {
    // A call that is under way owns the descriptor; it is closed when the writer goes.
    guard state == .open else { return }
    giveUp()
  }

  /// Runs a call that waits for the disk. After an error there is no way but out.
  private func work(
    taken name: BlobName? = nil,
    _ body: @escaping @Sendable (Int32) throws -> Void
  ) async throws {
    state = .busy
    let descriptor = descriptor
    do {
      try await pool.run { try body(descriptor) }
      state = .open
    } catch let failure as FileFailure {
      giveUp()
      throw failure.number == EEXIST ? failure.blobError(name) : failure.blobError()
    }
  }

  private func giveUp() {
    state = .over
    buffer = []
    close(descriptor)
    unlink(paths.unfinished)
  }
}
