import CCurl
import Glibc
import Synchronization

/// The inbox of the thread that drives libcurl, and the thread's start and end.
///
/// Everything of libcurl's belongs to the thread (`TransferRunner`); other threads leave a command and
/// wake it.
final class TransferLoop: Sendable {
  enum Command: Sendable {
    case start(TransferTicket, HTTPRequest, Receiver)
    case cancel(TransferTicket)
    case resume(TransferTicket, TransferTicket.Direction)
  }

  private struct Inbox {
    var commands: [Command] = []
    var isClosed = false
    /// The thread has freed the multi handle, or there never was one.
    var isGone = false
  }

  let configuration: HTTPClient.Configuration
  // Off its thread the handle is only given to curl_multi_wakeup, which libcurl allows from any
  // thread, and only under the inbox's lock while `isGone` is false; the thread sets that under the
  // same lock before it frees the handle.
  private nonisolated(unsafe) let multi: UnsafeMutableRawPointer?
  private let inbox = Mutex(Inbox())

  private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

  init(_ configuration: HTTPClient.Configuration) {
    self.configuration = configuration
    multi = Self.isLibraryReady ? curl_multi_init() : nil
    if !startThread() {
      inbox.withLock { inbox in
        inbox.isClosed = true
        inbox.isGone = true
      }
      if let multi { curl_multi_cleanup(multi) }
    }
  }

  /// Leaves a command; one that can no longer be carried out is answered here.
  func submit(_ command: Command) {
    let isAccepted = inbox.withLock { inbox in
      guard !inbox.isClosed else { return false }
      // The thread takes all commands at once, so one wake-up serves all that gather until then.
      if inbox.commands.isEmpty { curl_multi_wakeup(multi) }
      inbox.commands.append(command)
      return true
    }
    if !isAccepted, case .start(_, _, let receiver) = command {
      receiver.refuse(HTTPClientError(.shutDown, "the client was shut down"))
    }
  }

  func shutdown() {
    inbox.withLock { inbox in
      inbox.isClosed = true
      if !inbox.isGone { curl_multi_wakeup(multi) }
    }
  }

  /// The commands left since the last call. After the client was closed there will be no more.
  func take() -> (commands: [Command], isClosed: Bool) {
    inbox.withLock { inbox in
      defer { inbox.commands = [] }
      return (inbox.commands, inbox.isClosed)
    }
  }

  private func startThread() -> Bool {
    guard multi != nil else { return false }
    // The thread holds the loop until it ends.
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let result = pthread_create(
      &thread,
      nil,
      { context in
        guard let context else { return nil }
        Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().runThread()
        return nil
      },
      context.toOpaque()
    )
    guard result == 0 else {
      context.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private func runThread() {
    // Signals are for other threads. SIGPIPE above all: OpenSSL writes to sockets without MSG_NOSIGNAL,
    // and blocked it leaves only the error code. Threads libcurl starts for names inherit this.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)

    guard let multi else { return }
    TransferRunner(multi, self).run()
    inbox.withLock { $0.isGone = true }
    curl_multi_cleanup(multi)
  }
}
