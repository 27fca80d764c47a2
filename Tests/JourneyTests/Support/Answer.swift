import Foundation
import HTTPClient
import TestSupport

/// What the server said.
struct Answer: Sendable {
  let status: Int
  let body: JSON

  /// The body of a success.
  func must() throws -> JSON {
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
    idempotencyKey: String? = nil, ifMatch: String? = nil
  ) async throws -> Answer {
    var request = HTTPRequest(
      method: method, url: url + path,
      headers: [("Authorization", "Bearer \(key)"), ("Content-Type", type)], body: body,
      timeoutSeconds: 1200)
    if let idempotencyKey { request.headers.append(("Idempotency-Key", idempotencyKey)) }
    if let ifMatch { request.headers.append(("If-Match", ifMatch)) }
    let response = try await http.send(request, maxResponseBytes: 8 << 20)
    return Answer(status: response.status, body: (try? JSON(response.body)) ?? .null)
  }

  func post(
    _ path: String, _ body: JSON = [:], idempotencyKey: String? = nil, ifMatch: String? = nil
  ) async throws -> Answer {
    try await send(
      "POST", path, .bytes(body.bytes), idempotencyKey: idempotencyKey, ifMatch: ifMatch)
  }

  func get(_ path: String) async throws -> Answer { try await send("GET", path, .none) }
}
