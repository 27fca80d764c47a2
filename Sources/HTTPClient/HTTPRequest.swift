/// One outbound request. A value: it can be sent again, except that a streamed body can be pulled
/// only once.
public struct HTTPRequest: Sendable {
  /// The method, upper case by custom (`GET`).
  public var method: String
  /// An absolute `http:` or `https:` address, sent as it is written: dots in the path are kept.
  /// A user name inside it is refused.
  public var url: String
  /// Headers in the order they are sent. `Content-Length` and `Transfer-Encoding` follow from the
  /// body and may not be given.
  public var headers: [(String, String)]
  /// What is sent after the headers.
  public var body: HTTPBody
  /// The most seconds the whole exchange may take, from the call to the last byte; nil for no limit.
  public var timeoutSeconds: Double?
  /// The most seconds in which no byte moves in either direction once connected; nil for no limit.
  /// Time in which this side holds the transfer back (a slow reader, a slow body) does not count.
  public var idleTimeoutSeconds: Double?

  /// Makes a request.
  public init(
    method: String = "GET",
    url: String,
    headers: [(String, String)] = [],
    body: HTTPBody = .none,
    timeoutSeconds: Double? = nil,
    idleTimeoutSeconds: Double? = 30
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutSeconds = timeoutSeconds
    self.idleTimeoutSeconds = idleTimeoutSeconds
  }
}

/// What a request sends after its headers.
public enum HTTPBody: Sendable {
  /// Nothing. A `POST`, `PUT` or `PATCH` then says `Content-Length: 0`.
  case none
  /// These bytes.
  case bytes([UInt8])
  /// The contents of a regular file, read while it is sent. Its size is taken when the request
  /// starts; the request fails with `http.body_failed` if the file cannot be read or shrinks.
  case file(String)
  /// Chunks pulled one at a time, `nil` at the end; at most two are held in memory. With a length
  /// in bytes the request announces it and fails with `http.body_failed` if the chunks do not add up
  /// to it; without one it is sent chunked. The closure is never called twice at once.
  case stream(length: Int64?, next: @Sendable () async throws -> [UInt8]?)
}
