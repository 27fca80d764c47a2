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
  private let telling: (@Sendable (Int) -> Void)?
  private let fault = Mutex<(any Error)?>(nil)

  /// - Parameters:
  ///   - offset: how many bytes to leave out.
  ///   - telling: is told of each piece how long it is, in place of a bar.
  init(
    _ path: String, from offset: Int = 0, telling: (@Sendable (Int) -> Void)? = nil
  ) throws {
    self.telling = telling
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemFailure(path) }
    do {
      identity = try Self.identity(of: descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    progress = Mutex(
      (ProgressBar("uploading", total: identity.size, startingAt: offset), offset))
    guard lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else {
      throw SystemFailure(path)
    }
  }

  deinit { close(descriptor) }

  /// Why ``next()`` has failed, for who hears of it through a connection, as a text.
  var failure: (any Error)? { fault.withLock { $0 } }

  /// The next 256 KiB; nil at the end. They are of the file as it was when it was opened: what was read is
  /// given out only if nobody has written to the file by then, so that no half of one file is ever sent
  /// with half of another.
  ///
  /// - Throws: `file.changed`.
  func next() throws -> [UInt8]? {
    do {
      return try readNext()
    } catch {
      fault.withLock { $0 = error }
      throw error
    }
  }

  private func readNext() throws -> [UInt8]? {
    var failure: SystemFailure?
    let piece = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
      let got = read(descriptor, buffer.baseAddress, buffer.count)
      if got < 0 { failure = SystemFailure(path) }
      count = max(0, got)
    }
    if let failure { throw failure }
    guard try Self.identity(of: descriptor, path) == identity else { throw Self.changed(path) }
    if let telling {
      telling(piece.count)
      return piece.isEmpty ? nil : piece
    }
    progress.withLock {
      $0.done += piece.count
      if $0.done == size { $0.bar.finish() } else { $0.bar.update($0.done) }
    }
    return piece.isEmpty ? nil : piece
  }

  /// Runs the exchange that sends the pieces. From the last one on, until the broker has sealed the file and
  /// answers, it says every second for how long that has taken.
  func whileSent<Answer>(_ exchange: () async throws -> Answer) async throws -> Answer {
    guard telling == nil else { return try await exchange() }
    let waiting = Task {
      var seconds = 0
      while (try? await Task.sleep(for: .seconds(1))) != nil {
        guard progress.withLock({ $0.done == size }) else { continue }
        seconds += 1
        Terminal.progress("The broker seals the file, \(seconds) s")
      }
      // Not before the last of them was written.
      if seconds > 0 { Terminal.progress("") }
    }
    do {
      let answer = try await exchange()
      waiting.cancel()
      await waiting.value
      return answer
    } catch {
      waiting.cancel()
      await waiting.value
      throw failure ?? error
    }
  }

  /// What a file is refused with that somebody has written to while it was sent.
  static func changed(_ path: String) -> Problem {
    Problem(
      .conflict, "file.changed",
      "\(Terminal.plain(path)) was changed while it was sent; run the command again.")
  }

  private static func identity(of descriptor: Int32, _ path: String) throws -> Identity {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Problem(
        .invalid, "file.not_regular",
        "\(path) is not a regular file: an upload wants one, because it is read twice.")
    }
    return Identity(
      size: Int(status.st_size), modified: "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)")
  }
}
