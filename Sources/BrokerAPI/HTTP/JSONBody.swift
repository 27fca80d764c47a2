import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// A request's JSON body, read within its limits.
struct JSONBody: Sendable {
  /// More is refused before it is kept.
  static let maximumBytes = 64 * 1024

  let bytes: [UInt8]

  /// Reads a body.
  ///
  /// - Parameter patience: how long the whole body may take to arrive.
  /// - Throws: `request.media_type`, `request.too_large`, `request.slow`,
  ///   `request.incomplete`, `request.nul`.
  init(
    reading request: Request, _ context: APIContext, patience: Duration
  ) async throws {
    if let type = request.headers[.contentType] {
      let essence = type.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
      guard essence == "application/json" else {
        throw Problem(
          .mediaType, "request.media_type", "The body has to be application/json.")
      }
    }
    bytes = try await Self.read(request, context, patience: patience)
    guard !Self.hasEscapedNUL(bytes) else {
      throw Problem(.malformed, "request.nul", "A text in the body has a NUL character.")
    }
  }

  /// Reads what a route does not want and forgets it: what stayed in the connection would have to be
  /// waited for before the next request.
  static func drain(
    _ request: Request, _ context: APIContext, patience: Duration
  ) async throws {
    _ = try await read(request, context, patience: patience)
  }

  private static func read(
    _ request: Request, _ context: APIContext, patience: Duration
  ) async throws -> [UInt8] {
    guard request.hasBody else { return [] }
    let length = request.headers[.contentLength].flatMap { Int($0) }
    if let length, length > maximumBytes { throw Problem.bodyTooLarge }
    context.welcomeBody(of: request)
    let bytes = try await withTimeLimit(patience, else: .bodyTooSlow, on: context.executor) {
      var bytes: [UInt8] = []
      var body = request.body.makeAsyncIterator()
      while let buffer = try await body.piece() {
        guard bytes.count + buffer.readableBytes <= maximumBytes else {
          throw Problem.bodyTooLarge
        }
        bytes.append(contentsOf: buffer.readableBytesView)
      }
      guard bytes.count == length ?? bytes.count else { throw Problem.bodyIncomplete }
      return bytes
    }
    context.notes.bodyWasRead = true
    return bytes
  }

  /// A value from the body; an empty body is the empty object. Throws `request.body` where the body
  /// is not of this type.
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: bytes.isEmpty ? Data("{}".utf8) : Data(bytes))
    } catch let error as DecodingError {
      throw Problem(body: error)
    }
  }

  /// Whether a string says `\u0000`: no column of the database takes that character.
  static func hasEscapedNUL(_ bytes: [UInt8]) -> Bool {
    let nul = Array("u0000".utf8)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "\\") else {
        index += 1
        continue
      }
      if bytes[(index + 1)...].starts(with: nul) { return true }
      index += 2
    }
    return false
  }
}

extension Request {
  /// Whether something comes after the head.
  var hasBody: Bool {
    headers[.transferEncoding] != nil || headers[.contentLength].flatMap { Int($0) } ?? 0 > 0
  }
}
