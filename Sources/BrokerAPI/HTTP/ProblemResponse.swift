import BureauProtocol
import Database
import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

extension Problem {
  /// The answer to a refused request (RFC 9457 `application/problem+json`). The private detail stays
  /// behind.
  func response(request: String, headers extra: HTTPFields = [:]) -> Response {
    let body = ProblemDocument(self, title: kind.title, request: request)
    var headers = extra
    headers[.contentType] = "application/problem+json"
    switch kind {
    case .unauthenticated: headers[.wwwAuthenticate] = "Bearer realm=\"everpart\""
    case .locked, .tooMany, .unavailable: headers[.retryAfter] = "5"
    default: break
    }
    let bytes = (try? JSONCoding.encoder().encode(body)) ?? Data()
    return Response(
      status: .init(code: kind.rawValue), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// What any error means to a caller. An error that is not a refusal of ours is a fault: the caller
  /// learns only that, the log learns the rest.
  init(describing error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case DatabaseError.nul:
      self.init(.malformed, "request.nul", "A text in the request has a NUL character.")
    case is CancellationError: self = .shuttingDown
    case let error as HTTPError where error.status == .contentTooLarge: self = .bodyTooLarge
    default: self = .failed(String(reflecting: error))
    }
  }

  static let shuttingDown = Problem(
    .unavailable, "unavailable", "The server is stopping; ask again.")

  static let bodyTooSlow = Problem(
    .slow, "request.slow", "The body did not arrive in time; send it at once.")

  static let bodyTooLarge = Problem(
    .tooLarge, "request.too_large",
    "The body is larger than \(JSONBody.maximumBytes / 1024) KiB.")

  /// What is wrong with the body of a request. Only for what a caller sent: what of ours cannot be
  /// decoded is a fault.
  init(body error: DecodingError) {
    let (path, what): ([any CodingKey], String) =
      switch error {
      case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
      case .valueNotFound(_, let context): (context.codingPath, "is null")
      case .typeMismatch(_, let context): (context.codingPath, "has another type")
      case .dataCorrupted(let context):
        (context.codingPath, context.codingPath.isEmpty ? "is not JSON" : "is refused")
      @unknown default: ([], "cannot be read")
      }
    let name = path.map(\.pathElement).joined(separator: ".").printable(maximumCharacters: 100)
    let reason =
      if case .dataCorrupted(let context) = error, !path.isEmpty {
        ": \(context.debugDescription.printable(maximumCharacters: 200))"
      } else {
        ""
      }
    self.init(
      .malformed, "request.body",
      (name.isEmpty ? "The body " : "The member “\(name)” ") + what + reason + ".")
  }
}

extension Problem.Class {
  fileprivate var title: String {
    switch self {
    case .malformed: "The request cannot be read"
    case .unauthenticated: "A valid API key is needed"
    case .forbidden: "This key may not do that"
    case .absent: "Not found"
    case .method: "Method not allowed"
    case .slow: "The request came too slowly"
    case .conflict: "Not in this state"
    case .gone: "It is no more"
    case .preconditionFailed: "A precondition does not hold"
    case .preconditionRequired: "A precondition has to be sent"
    case .tooLarge: "Too large"
    case .mediaType: "Media type not supported"
    case .invalid: "Refused"
    case .locked: "Somebody else is at it"
    case .tooMany: "Too many at once"
    case .checksum: "The bytes are not those that were sent"
    case .failed: "Something failed here"
    case .unavailable: "Not now"
    }
  }
}

extension CodingKey {
  fileprivate var pathElement: String { intValue.map(String.init) ?? stringValue }
}

extension String {
  /// The text without what could move a terminal's cursor or begin a new log line, cut to a length.
  func printable(maximumCharacters: Int) -> String {
    if isPlainText(maximumBytes: maximumCharacters) { return self }
    return String(
      prefix(maximumCharacters).map { character in
        String(character).isPlainText(maximumBytes: 64) ? character : "?"
      })
  }
}
