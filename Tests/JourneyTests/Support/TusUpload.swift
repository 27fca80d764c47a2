import Foundation
import HTTPClient
import TestSupport

/// A tus client that sends a file in pieces and goes on after anything that happens to the server.
struct TusUpload {
  let client: Client
  let design: String
  let bytes: [UInt8]
  /// Makes the creation safe to repeat.
  let key: String

  private func send(
    _ method: String, _ path: String, _ headers: [(String, String)], _ body: HTTPBody = .none
  ) async throws -> HTTPResponse {
    let request = HTTPRequest(
      method: method, url: client.url + path,
      headers: [("Authorization", "Bearer \(client.key)"), ("Tus-Resumable", "1.0.0")] + headers,
      body: body, timeoutSeconds: 60)
    return try await client.http.send(request, maxResponseBytes: 1 << 20)
  }

  /// The upload's path; the same each time.
  func begin() async throws -> String? {
    let value = { (text: String) in Data(text.utf8).base64EncodedString() }
    let response = try await send(
      "POST", "/v1/brand/uploads",
      [
        ("Upload-Length", String(bytes.count)), ("Idempotency-Key", key),
        (
          "Upload-Metadata",
          "filename \(value("leg-cap.stl")),filetype \(value("model/stl")),design \(value(design))"
        ),
      ])
    return response.status == 201 ? response.headers["Location"] : nil
  }

  /// How much is durable; nil where that is not told now.
  func offset(_ upload: String) async throws -> Int? {
    let response = try await send("HEAD", upload, [])
    return response.status == 200 ? response.headers["Upload-Offset"].flatMap { Int($0) } : nil
  }

  /// Sends a piece; the status.
  func send(_ range: Range<Int>, _ upload: String) async throws -> Int {
    try await send(.bytes(Array(bytes[range])), at: range.lowerBound, upload)
  }

  func send(_ body: HTTPBody, at offset: Int, _ upload: String) async throws -> Int {
    try await send(
      "PATCH", upload,
      [
        ("Upload-Offset", String(offset)),
        ("Content-Type", "application/offset+octet-stream"),
      ], body
    ).status
  }
}
