/// Why an exchange did not happen. An answer with a status of 400 or more is an answer, not an error.
public struct HTTPClientError: Error, Sendable, CustomStringConvertible {
  /// Stable codes; the raw values are for logs and for callers of the API.
  public enum Code: String, Sendable, CaseIterable {
    /// The request cannot be sent as it stands: address, method, header or file name.
    case invalidRequest = "http.invalid_request"
    /// The client's own settings do not work, such as an unreadable certificate.
    case invalidConfiguration = "http.invalid_configuration"
    /// The host's name has no address now.
    case resolveFailed = "http.resolve_failed"
    /// No connection could be made.
    case connectFailed = "http.connect_failed"
    /// Every address of the host is one the client may not connect to.
    case addressRefused = "http.address_refused"
    /// The handshake failed or the server's certificate is not trusted.
    case tls = "http.tls"
    /// The connect, idle or total time ran out.
    case timeout = "http.timeout"
    /// The connection broke during the exchange. The server may have acted on the request.
    case connectionLost = "http.connection_lost"
    /// What the server sent is not HTTP, or its headers are beyond all measure.
    case badResponse = "http.bad_response"
    /// The body is larger than the caller allows; the rest was not read.
    case responseTooLarge = "http.response_too_large"
    /// The request's file or stream failed, or did not have the length announced.
    case bodyFailed = "http.body_failed"
    /// The calling task was cancelled.
    case cancelled = "http.cancelled"
    /// The client was shut down.
    case shutDown = "http.shut_down"
    /// libcurl reported something else, such as no memory.
    case failed = "http.failed"
  }

  /// What kind of failure this is.
  public let code: Code
  /// One line with libcurl's detail. For the log: it may name addresses inside the network.
  public let message: String
  /// Whether the same request may succeed later without anyone changing anything. It says nothing
  /// about whether sending it twice is safe.
  public let isTransient: Bool

  /// Makes an error; `isTransient` follows from the code unless given.
  public init(_ code: Code, _ message: String, isTransient: Bool? = nil) {
    self.code = code
    self.message = message
    self.isTransient = isTransient ?? Self.transientCodes.contains(code)
  }

  /// The code and the message.
  public var description: String { "\(code.rawValue): \(message)" }

  private static let transientCodes: Set<Code> = [
    .resolveFailed, .connectFailed, .timeout, .connectionLost,
  ]
}
