import Domain
import Synchronization

/// Who is at which upload: one request at a time in this process. What two of them could do to each other
/// is also ruled out by the conditional update that moves an upload on; a hold spares the second one the
/// sending.
///
/// A connection that was lost without a word may look open here for minutes, so a hold can be taken over:
/// its owner is told to let go, keeps what it has received, and releases it.
final class UploadHolds: Sendable {
  private struct Hold {
    var movedAt: Duration
    /// Nil while the owner no longer waits for its client.
    var letGo: (@Sendable () -> Void)?
    let released: AsyncStream<Never>
    let release: AsyncStream<Never>.Continuation
  }

  private let holds = Mutex<[UploadID: Hold]>([:])

  /// Takes a hold that is free.
  func take(
    _ upload: UploadID, at now: Duration, letGo: (@Sendable () -> Void)? = nil
  ) -> Bool {
    let (released, release) = AsyncStream.makeStream(of: Never.self)
    return holds.withLock { holds in
      guard holds[upload] == nil else { return false }
      holds[upload] = Hold(movedAt: now, letGo: letGo, released: released, release: release)
      return true
    }
  }

  /// Says that bytes arrived.
  func moved(_ upload: UploadID, at now: Duration) {
    holds.withLock { $0[upload]?.movedAt = now }
  }

  /// Says that the client has sent everything: from here on the hold is kept to its end.
  func keep(_ upload: UploadID) { holds.withLock { $0[upload]?.letGo = nil } }

  func release(_ upload: UploadID) {
    holds.withLock { $0.removeValue(forKey: upload) }?.release.finish()
  }

  /// Tells who has not moved for a time to let go. Gives what ends when it has; nil where nobody was told.
  func interrupt(
    _ upload: UploadID, silentFor patience: Duration, at now: Duration
  ) -> AsyncStream<Never>? {
    let hold = holds.withLock { holds -> Hold? in
      guard let hold = holds[upload], now - hold.movedAt >= patience else { return nil }
      return hold
    }
    guard let hold, let letGo = hold.letGo else { return nil }
    letGo()
    return hold.released
  }
}

extension Vault {
  /// A sender that has been silent for so long gives way to another one.
  static let silenceMax = Duration.seconds(5)
  /// How long who was told to let go may take to store what it has.
  private static let releasePatience = Duration.seconds(10)

  /// Takes an upload's hold, from its owner if that has been silent for `patience`.
  ///
  /// - Throws: `upload.busy`.
  func take(
    _ upload: UploadID, fromSilentFor patience: Duration,
    letGo: (@Sendable () -> Void)? = nil
  ) async throws {
    if uploadHolds.take(upload, at: ambient.uptime(), letGo: letGo) { return }
    if let released = uploadHolds.interrupt(
      upload, silentFor: patience, at: ambient.uptime())
    {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { for await _ in released {} }
        group.addTask { try? await Task.sleep(for: Self.releasePatience) }
        await group.next()
        group.cancelAll()
      }
    }
    guard uploadHolds.take(upload, at: ambient.uptime(), letGo: letGo) else {
      throw Problem(
        .locked, "upload.busy",
        "Another request is at this upload; ask in a moment where it has come to.")
    }
  }
}
