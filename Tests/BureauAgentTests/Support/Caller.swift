import Foundation
import HTTPClient

/// Calls the broker as people do, with one key a call.
struct Caller: Sendable {
  struct Failure: Error, CustomStringConvertible { let description: String }

  /// A JSON answer; members are read as texts.
  struct Answer: Sendable {
    let bytes: [UInt8]

    private var object: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
    }

    subscript(_ name: String) -> String { object[name].map { "\($0)" } ?? "" }

    func text(_ outer: String, _ inner: String) -> String {
      (object[outer] as? [String: Any])?[inner].map { "\($0)" } ?? ""
    }

    func first(_ list: String, _ inner: String) -> String {
      (object[list] as? [[String: Any]])?.first?[inner].map { "\($0)" } ?? ""
    }
  }

  let url: String
  let http: HTTPClient

  func get(_ path: String, _ key: String) async throws -> Answer {
    try await send("GET", path, key, .none)
  }

  func post(
    _ path: String, _ key: String, _ body: [String: Any], idempotencyKey: String? = nil
  ) async throws -> Answer {
    let bytes = [UInt8](try JSONSerialization.data(withJSONObject: body))
    return try await send("POST", path, key, .bytes(bytes), idempotencyKey: idempotencyKey)
  }

  /// Passes a request on as it is, and gives the answer whatever it says.
  func pass(
    _ method: String, _ path: String, _ headers: [(String, String)], _ body: [UInt8]
  ) async throws -> (status: Int, body: [UInt8]) {
    let answer = try await http.send(
      HTTPRequest(
        method: method, url: url + path, headers: headers,
        body: body.isEmpty ? .none : .bytes(body), timeoutSeconds: 60, idleTimeoutSeconds: 60),
      maxResponseBytes: 8 << 20)
    return (answer.status, answer.body)
  }

  func send(
    _ method: String, _ path: String, _ key: String, _ body: HTTPBody,
    type: String = "application/json", idempotencyKey: String? = nil
  ) async throws -> Answer {
    var request = HTTPRequest(
      method: method, url: url + path,
      headers: [("Authorization", "Bearer \(key)"), ("Content-Type", type)], body: body,
      timeoutSeconds: 30)
    if let idempotencyKey { request.headers.append(("Idempotency-Key", idempotencyKey)) }
    let answer = try await http.send(request, maxResponseBytes: 8 << 20)
    guard (200..<300).contains(answer.status) else {
      throw Failure(
        description: "\(method) \(path): \(answer.status) "
          + String(decoding: answer.body, as: UTF8.self))
    }
    return Answer(bytes: answer.body)
  }
}
