/// The body of a response while it is being received: chunks of up to a few hundred kilobytes. It can
/// be read once, by one task at a time.
public struct HTTPBodyStream: AsyncSequence, Sendable {
  /// The next bytes, never empty.
  public typealias Element = [UInt8]
  /// Always `HTTPClientError`.
  public typealias Failure = any Error

  let buffer: ResponseBuffer
  private let lease: Lease

  init(_ buffer: ResponseBuffer, _ ticket: TransferTicket) {
    self.buffer = buffer
    self.lease = Lease(ticket)
  }

  /// Starts reading, or goes on where an earlier iterator stopped.
  public func makeAsyncIterator() -> Iterator {
    Iterator(buffer: buffer, lease: lease)
  }

  /// Reads the stream.
  public struct Iterator: AsyncIteratorProtocol {
    let buffer: ResponseBuffer
    fileprivate let lease: Lease

    /// The next bytes, or nil after the last. Throws when the transfer broke; bytes that came before
    /// have been handed out by then.
    public mutating func next() async throws -> [UInt8]? {
      let lease = lease
      let buffer = buffer
      return try await withTaskCancellationHandler {
        try await buffer.next()
      } onCancel: {
        lease.ticket.cancel()
      }
    }
  }

  /// Ends the transfer when nobody can read it any more. Cancelling a finished one does nothing.
  fileprivate final class Lease: Sendable {
    let ticket: TransferTicket

    init(_ ticket: TransferTicket) {
      self.ticket = ticket
    }

    deinit {
      ticket.cancel()
    }
  }
}
