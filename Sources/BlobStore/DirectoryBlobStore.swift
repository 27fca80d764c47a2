public import Domain
import Glibc
import Synchronization

/// Blobs as files in a directory: `ab/abcdef…`, 256 folders by the first two digits.
///
/// A blob is written to `.unfinished-…` in its own folder, synced, linked under its name (which fails if
/// the name is taken, where a rename would overwrite), and the folder is synced. A crash leaves an
/// unfinished file at most; ``removeUnfinished(before:)`` clears those. Files have mode 0600, folders
/// 0700. The file system must know hard links.
public final class DirectoryBlobStore: BlobStore {
  private let directory: String
  private let pool: BlockingPool
  private let created = Atomic<UInt64>(0)

  static let unfinishedPrefix = ".unfinished-"

  /// Opens a store, and makes the directory and its folders if they are missing (its
  /// parent must be there). Blocks for some milliseconds: for the start of the server.
  ///
  /// - Throws: ``BlobError/storage(_:)`` if the folders cannot be made, or if others may write there.
  public init(directory: String) throws {
    self.directory = directory
    // Disks serve a few requests at once; more threads would only take memory.
    pool = BlockingPool(width: 8)
    do {
      try Self.makeFolders(directory)
    } catch {
      throw error.blobError()
    }
    var status = stat()
    guard stat(directory, &status) == 0, status.st_mode & 0o022 == 0 else {
      throw BlobError.storage("\(directory): the group or others may write to it")
    }
  }

  /// Opens a store that is there, to look at it: nothing is made.
  ///
  /// - Throws: ``BlobError/storage(_:)`` where there is none.
  public init(existing directory: String) throws {
    self.directory = directory
    pool = BlockingPool(width: 8)
    guard access(directory, R_OK | X_OK) == 0 else {
      throw BlobError.storage("\(directory): \(String(cString: strerror(errno)))")
    }
  }

  /// Begins a blob as an unfinished file.
  public func create(_ name: BlobName) async throws -> any BlobWriter {
    let (path, folder) = (path(name), folder(name))
    return try await pool.run { [pool, self] in
      guard access(path, F_OK) != 0 else { throw BlobError.exists(name) }
      let (descriptor, unfinished) = try self.openUnfinished(name)
      return DirectoryBlobWriter(
        name: name,
        paths: .init(final: path, unfinished: unfinished, folder: folder),
        descriptor: descriptor,
        pool: pool
      )
    }
  }

  /// One `pread`.
  public func read(_ name: BlobName, from offset: Int, maxLength: Int) async throws -> [UInt8] {
    precondition(offset >= 0 && maxLength > 0)
    let path = path(name)
    return try await pool.run {
      do throws(FileFailure) {
        let descriptor = try FileCalls.open(path, O_RDONLY)
        defer { close(descriptor) }
        return try FileCalls.read(descriptor, from: offset, maxLength: maxLength)
      } catch {
        throw error.blobError(name)
      }
    }
  }

  /// Device, inode, and the times of the last write and the last change, which only root can set back.
  public func identity(_ name: BlobName) async throws -> BlobIdentity {
    let path = path(name)
    return try await pool.run {
      var status = stat()
      guard stat(path, &status) == 0 else { throw FileFailure("stat").blobError(name) }
      let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
      return BlobIdentity(
        bytes: Int(status.st_size),
        version: "\(status.st_dev) \(status.st_ino) \(times[0]) \(times[1])",
        isSettled: isPast(status.st_ctim))
    }
  }

  /// The file's size.
  public func size(_ name: BlobName) async throws -> Int {
    let path = path(name)
    return try await pool.run {
      var status = stat()
      guard stat(path, &status) == 0 else { throw FileFailure("stat").blobError(name) }
      return Int(status.st_size)
    }
  }

  /// Unlinks the file and syncs its folder.
  public func delete(_ name: BlobName) async throws {
    let (path, folder) = (path(name), folder(name))
    try await pool.run {
      do throws(FileFailure) {
        // Synced even when the file is not there: an earlier unlink may not have been.
        if unlink(path) != 0, errno != ENOENT { throw FileFailure("unlink") }
        try FileCalls.syncDirectory(folder)
      } catch {
        throw error.blobError()
      }
    }
  }

  /// Reads the folders in order until `limit` names are found.
  public func list(after name: BlobName?, limit: Int) async throws -> [BlobName] {
    precondition(limit > 0)
    return try await pool.run { [directory] in
      var found: [BlobName] = []
      for folder in Self.folders where name.map({ folder >= $0.text.prefix(2) }) ?? true {
        do throws(FileFailure) {
          let names = try FileCalls.names(in: "\(directory)/\(folder)").compactMap(BlobName.init)
          found += names.filter { candidate in name.map { candidate > $0 } ?? true }.sorted()
        } catch {
          throw error.blobError()
        }
        if found.count >= limit { break }
      }
      return Array(found.prefix(limit))
    }
  }

  /// Removes what crashes and abandoned writers left: unfinished files that were last written before a
  /// moment. Returns how many. A writer that is still at work on one of them would fail to commit.
  @discardableResult
  public func removeUnfinished(before moment: Instant) async throws -> Int {
    try await pool.run { [directory] in
      var removed = 0
      do throws(FileFailure) {
        for folder in Self.folders {
          let folder = "\(directory)/\(folder)"
          for name in try FileCalls.names(in: folder) where name.hasPrefix(Self.unfinishedPrefix) {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, lastWritten(status) < moment else { continue }
            try FileCalls.check("unlink", unlink(path))
            removed += 1
          }
        }
      } catch {
        throw error.blobError()
      }
      return removed
    }
  }

  private static let folders = (UInt8.min...UInt8.max).map { [$0].hexadecimal }

  private func folder(_ name: BlobName) -> String { "\(directory)/\(name.text.prefix(2))" }

  private func path(_ name: BlobName) -> String { "\(folder(name))/\(name)" }

  /// The process's number and a count make the name unique among living writers; a file left by an
  /// earlier process with the same number is stepped over.
  private func openUnfinished(_ name: BlobName) throws -> (Int32, String) {
    while true {
      let count = created.wrappingAdd(1, ordering: .relaxed).newValue
      let path = "\(folder(name))/\(Self.unfinishedPrefix)\(name)-\(getpid())-\(count)"
      do throws(FileFailure) {
        return (try FileCalls.open(path, O_WRONLY | O_CREAT | O_EXCL), path)
      } catch {
        guard error.number == EEXIST else { throw error.blobError() }
      }
    }
  }

  private static func makeFolders(_ directory: String) throws(FileFailure) {
    try makeFolder(directory)
    for folder in folders { try makeFolder("\(directory)/\(folder)") }
    try FileCalls.syncDirectory(directory)
    let parent = directory.lastIndex(of: "/").map { String(directory[..<$0]) } ?? "."
    try FileCalls.syncDirectory(parent.isEmpty ? "/" : parent)
  }

  private static func makeFolder(_ path: String) throws(FileFailure) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw FileFailure("mkdir") }
  }
}

/// Whether a file's time is so long past that a change now would get another one. File systems take the
/// time of the last tick, 10 ms ago at most.
private func isPast(_ time: timespec) -> Bool {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  let milliseconds = { (time: timespec) in
    Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
  return milliseconds(now) - milliseconds(time) > 100
}

private func lastWritten(_ status: stat) -> Instant {
  Instant(
    milliseconds: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
  )
}
