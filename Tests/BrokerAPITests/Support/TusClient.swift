import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

/// What a tus client sends, one request at a time.
struct TusClient: Sendable {
  let server: RunningServer
  let key: String

  init(_ server: RunningServer, key: String) { (self.server, self.key) = (server, key) }

  static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  static func metadata(_ design: String, _ name: String) -> String {
    "filename \(base64(name)),filetype \(base64("model/stl")),design \(base64(design)),empty"
  }

  /// Begins an upload; the answer.
  func create(
    design: String, name: String = "a.stl", length: Int = Samples.cube.count,
    body: [UInt8]? = nil, headers: HTTPFields = [:]
  ) async throws -> RunningServer.Answer {
    var fields: HTTPFields = [
      .tusResumable: "1.0.0", .uploadLength: String(length),
      .uploadMetadata: Self.metadata(design, name),
    ]
    if body != nil { fields[.contentType] = "application/offset+octet-stream" }
    for field in headers { fields[field.name] = field.value.isEmpty ? nil : field.value }
    return try await server.call(
      .post, "/v1/brand/uploads", key: key, bytes: body, headers: fields)
  }

  /// Begins an upload; its identifier.
  func begin(
    design: String, name: String = "a.stl", length: Int = Samples.cube.count
  ) async throws -> String {
    let answer = try await create(design: design, name: name, length: length)
    try #require(answer.status == 201, "\(answer.code)")
    return String(try #require(answer.headers[.location]).split(separator: "/").last ?? "")
  }

  func patch(
    _ upload: String, at offset: Int, _ bytes: [UInt8], headers: HTTPFields = [:]
  ) async throws -> RunningServer.Answer {
    var fields: HTTPFields = [
      .tusResumable: "1.0.0", .uploadOffset: String(offset),
      .contentType: "application/offset+octet-stream",
    ]
    for field in headers { fields[field.name] = field.value.isEmpty ? nil : field.value }
    return try await server.call(
      .patch, "/v1/brand/uploads/\(upload)", key: key, bytes: bytes, headers: fields)
  }

  func head(_ upload: String) async throws -> RunningServer.Answer {
    try await server.call(
      .head, "/v1/brand/uploads/\(upload)", key: key, headers: [.tusResumable: "1.0.0"])
  }

  func delete(_ upload: String) async throws -> RunningServer.Answer {
    try await server.call(
      .delete, "/v1/brand/uploads/\(upload)", key: key, headers: [.tusResumable: "1.0.0"])
  }

  func show(_ upload: String) async throws -> JSON {
    try await server.must(.get, "/v1/brand/uploads/\(upload)", key: key)
  }
}
