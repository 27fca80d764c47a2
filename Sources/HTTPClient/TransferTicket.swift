import Synchronization

/// The name of one transfer outside the loop thread, and the way to reach it.
final class TransferTicket: Sendable, Hashable {
  /// The two directions in which a transfer can be paused.
  enum Direction: Sendable {
    case receiving
    case sending
  }

  private let loop: TransferLoop
  private let cancelled = Atomic(false)

  init(_ loop: TransferLoop) {
    self.loop = loop
  }

  /// Set before the loop hears of it: a cancellation may overtake the start of the transfer.
  var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

  func cancel() {
    let wasSet = cancelled.exchange(true, ordering: .acquiringAndReleasing)
    if !wasSet { loop.submit(.cancel(self)) }
  }

  func resume(_ direction: Direction) {
    loop.submit(.resume(self, direction))
  }

  static func == (one: TransferTicket, other: TransferTicket) -> Bool { one === other }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(self))
  }
}

/// Who waits for a transfer.
enum Receiver: Sendable {
  case whole(bytesMax: Int, CheckedContinuation<HTTPResponse, any Error>)
  case streamed(head: CheckedContinuation<HTTPResponseHead, any Error>, ResponseBuffer)

  /// Ends a transfer that never began.
  func refuse(_ error: HTTPClientError) {
    switch self {
    case .whole(_, let continuation):
      continuation.resume(throwing: error)
    case .streamed(let head, let buffer):
      buffer.finish(.failure(error))
      head.resume(throwing: error)
    }
  }
}
