import Domain
import Glibc
import Synchronization

/// A regular file's bytes in order, for an upload, with a progress bar.
final class FilePieces: Sendable {
  /// What tells a file from what it was before somebody wrote to it.
  struct Identity: Hashable {
    /// In bytes.
    let size: Int
    /// Seconds and nanoseconds.
    let modified: String
  }

  let identity: Identity
  /// In bytes.
  var size: Int { identity.size }
  private let path: String
  private let descriptor: Int32
  private let progress: Mutex<(bar: ProgressBar, done: Int)>

  /// - Parameter offset: how many bytes to leave out.
  init(_ path: String, from offset: Int = 0) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemFailure(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Problem(
        .invalid, "file.not_regular",
        "\(path) is not a regular file: an upload wants one, because it is read twice.")
    }
    identity = Identity(
      size: Int(status.st_size), modified: "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)")
    progress = Mutex(
      (ProgressBar("uploading", total: identity.size, startingAt: offset), offset))
    guard lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else {
      throw SystemFailure(path)
    }
  }

  deinit { close(descriptor) }

  /// The next 256 KiB; nil at the end.
  func next() throws -> [UInt8]? {
    var failure: SystemFailure?
    let piece = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
      let got = read(descriptor, buffer.baseAddress, buffer.count)
      if got < 0 { failure = SystemFailure(path) }
      count = max(0, got)
    }
    if let failure { throw failure }
    progress.withLock {
      $0.done += piece.count
      if piece.isEmpty { $0.bar.finish() } else { $0.bar.update($0.done) }
    }
    return piece.isEmpty ? nil : piece
  }
}
