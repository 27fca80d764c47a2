import Foundation
import HTTPClient

/// Any JSON, for requests and for looking into answers.
indirect enum Value: Sendable, Equatable, Codable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case array([Value])
  case object([String: Value])

  subscript(_ name: String) -> Value {
    if case .object(let members) = self { members[name] ?? .null } else { .null }
  }
  var text: String { if case .text(let text) = self { text } else { "" } }
  var number: Int { if case .number(let number) = self { Int(number) } else { -1 } }
  var items: [Value] { if case .array(let items) = self { items } else { [] } }

  init(_ bytes: some Sequence<UInt8>) throws {
    self = try JSONDecoder().decode(Value.self, from: Data(bytes))
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([Value].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: Value].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value):
      if let whole = Int64(exactly: value) {
        try container.encode(whole)
      } else {
        try container.encode(value)
      }
    case .text(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(floatLiteral value: Double) { self = .number(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(arrayLiteral elements: Value...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, Value)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}

/// What the server said.
struct Answer: Sendable {
  let status: Int
  let body: Value

  /// The body of a success.
  func must() throws -> Value {
    guard (200..<300).contains(status) else {
      throw Child.Failure(
        description: "\(status) \(body["code"].text): \(body["detail"].text)")
    }
    return body
  }
}

/// Talks to a server with one key.
struct Client: Sendable {
  let url: String
  let key: String
  let http: HTTPClient

  /// - Throws: `HTTPClientError` when there is no answer: the server may be dead.
  func send(
    _ method: String, _ path: String, _ body: HTTPBody, type: String = "application/json",
    idempotencyKey: String? = nil
  ) async throws -> Answer {
    var request = HTTPRequest(
      method: method, url: url + path,
      headers: [("Authorization", "Bearer \(key)"), ("Content-Type", type)], body: body,
      timeoutSeconds: 1200)
    if let idempotencyKey { request.headers.append(("Idempotency-Key", idempotencyKey)) }
    let response = try await http.send(request, maxResponseBytes: 8 << 20)
    return Answer(status: response.status, body: (try? Value(response.body)) ?? .null)
  }

  func post(_ path: String, _ body: Value = [:], idempotencyKey: String? = nil) async throws
    -> Answer
  {
    try await send(
      "POST", path, .bytes([UInt8](JSONEncoder().encode(body))), idempotencyKey: idempotencyKey)
  }

  func get(_ path: String) async throws -> Answer { try await send("GET", path, .none) }
}
