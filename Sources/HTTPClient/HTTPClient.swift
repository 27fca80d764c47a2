/// Sends HTTP requests over libcurl.
///
/// One thread drives all transfers of a client (`TransferLoop`); callers wait as ordinary async
/// functions. Connections are kept and used again. Redirects are never followed, only `http` and
/// `https` are spoken, in version 1.1, and nothing is read from the environment. HTTP/2 is left out
/// because pausing one stream holds back the others on its connection.
///
/// A client with an address policy is an instance of its own: its connections are never those of
/// another policy. Keep the client for as long as its requests and streams run: when the last
/// reference goes, it shuts down.
public final class HTTPClient: Sendable {
  /// How this client connects.
  public let configuration: Configuration
  private let loop: TransferLoop

  /// Starts a client. Settings that do not work, such as a certificate that cannot be read, show in
  /// the requests, which fail with `http.invalid_configuration` or `http.tls`.
  public init(_ configuration: Configuration = Configuration()) {
    self.configuration = configuration
    self.loop = TransferLoop(configuration)
  }

  deinit {
    loop.shutdown()
  }

  /// Fails everything in flight with `http.shut_down`, closes the connections and ends the thread,
  /// soon but not before this returns. Later requests fail the same way. May be called twice.
  public func shutdown() {
    loop.shutdown()
  }

  /// Sends a request and receives the whole response. Cancelling the task aborts the transfer and
  /// closes its connection.
  ///
  /// When a kept connection turns out to be closed before a byte of the answer came, the request is
  /// sent again over another, so a server may see it twice: what must happen once carries a key by
  /// which the server knows it again. A stream that was read from cannot be sent again and the request
  /// fails with `http.connection_lost`.
  ///
  /// - Parameters:
  ///   - request: what to send.
  ///   - maxResponseBytes: the largest body to take. A larger one is not received to its end.
  /// - Throws: `HTTPClientError`, for everything that is not an answer of the server.
  public func send(_ request: HTTPRequest, maxResponseBytes: Int) async throws -> HTTPResponse {
    let ticket = TransferTicket(loop)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        loop.submit(
          .start(ticket, request, .whole(bytesMax: maxResponseBytes, continuation))
        )
      }
    } onCancel: {
      ticket.cancel()
    }
  }

  /// Sends a request and returns when the response's headers have come; the body is read from the
  /// stream at the caller's pace, with about 256 KiB held in between. Dropping the stream, or
  /// cancelling the task that reads it, aborts the transfer.
  ///
  /// - Throws: `HTTPClientError` before the headers have come; after that the stream throws it.
  public func stream(
    _ request: HTTPRequest
  ) async throws -> (head: HTTPResponseHead, body: HTTPBodyStream) {
    let ticket = TransferTicket(loop)
    let buffer = ResponseBuffer { ticket.resume(.receiving) }
    // Made before the headers come: if the caller is cancelled at that moment it still cleans up.
    let body = HTTPBodyStream(buffer, ticket)
    let head = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        loop.submit(.start(ticket, request, .streamed(head: continuation, buffer)))
      }
    } onCancel: {
      ticket.cancel()
    }
    return (head, body)
  }
}
