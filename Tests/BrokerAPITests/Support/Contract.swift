import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

/// The API's own description, which every answer in these tests has to keep.
enum Contract {
  static let document: JSON = (try? JSON(BrokerAPI.openAPIDocument())) ?? .null

  static func check(
    _ answer: RunningServer.Answer, _ method: HTTPRequest.Method, _ path: String,
    _ location: SourceLocation
  ) {
    let type = answer.headers[.contentType] ?? ""
    #expect(answer.headers[.xContentTypeOptions] == "nosniff", sourceLocation: location)
    guard method != .head else { return checkHead(answer, path, location) }
    if answer.status >= 400 {
      #expect(type == "application/problem+json", "\(method) \(path)", sourceLocation: location)
      checkProblem(answer, method, path, location)
    } else if type == "application/json", path != "/openapi.json",
      let operation = operation(method, path)
    {
      let schema =
        operation["responses"]["\(answer.status)"]["content"]["application/json"]["schema"]
      let faults = SchemaCheck(document: document).faults(answer.json, schema)
      #expect(faults.isEmpty, "\(method) \(path): \(faults)", sourceLocation: location)
      checkActions(answer.json, of: path, location)
    }
  }

  /// The status of each code that an answer to HEAD can have: it has no body that says the code.
  private static let statuses = [
    "auth.invalid": 401, "auth.missing": 401, "auth.role": 403, "not_found": 404,
    "request.incomplete": 400, "request.query": 400, "request.slow": 408,
    "request.too_large": 413, "storage.full": 503, "unavailable": 503, "upload.busy": 423,
    "upload.expired": 410, "upload.refused": 410, "upload.too_many": 429,
    "upload.tus_version": 412,
  ]

  /// The status is that of the description, or of one of the codes that the route names.
  private static func checkHead(
    _ answer: RunningServer.Answer, _ path: String, _ location: SourceLocation
  ) {
    #expect(answer.body.isEmpty, "HEAD \(path)", sourceLocation: location)
    guard let operation = operation(.head, path) else { return }
    let codes = operation["x-problem-codes"].items.map(\.text).filter { $0 != "internal" }
    for code in codes {
      #expect(statuses[code] != nil, "no status for \(code)", sourceLocation: location)
    }
    let isNamed =
      operation["responses"]["\(answer.status)"] != .null
      || codes.contains { statuses[$0] == answer.status }
    #expect(isNamed, "HEAD \(path) does not name \(answer.status)", sourceLocation: location)
  }

  /// A problem has its members, says nothing of our insides, and its code is one that the route names.
  private static func checkProblem(
    _ answer: RunningServer.Answer, _ method: HTTPRequest.Method, _ path: String,
    _ location: SourceLocation
  ) {
    let schema: JSON = ["$ref": "#/components/schemas/Problem"]
    let faults = SchemaCheck(document: document).faults(answer.json, schema)
    #expect(faults.isEmpty, "\(faults)", sourceLocation: location)
    #expect(answer.json["status"].number == Double(answer.status), sourceLocation: location)
    #expect(answer.code != "internal", "\(method) \(path)", sourceLocation: location)
    guard let operation = operation(method, path) else { return }
    let codes = operation["x-problem-codes"].items.map(\.text)
    let isNamed = codes.contains {
      $0 == answer.code || ($0.hasSuffix(".*") && answer.code.hasPrefix($0.dropLast()))
    }
    #expect(
      isNamed, "\(method) \(path) does not name \(answer.code)", sourceLocation: location)
  }

  /// Every action that a resource names is a path below it, or a report.
  private static func checkActions(_ json: JSON, of path: String, _ location: SourceLocation) {
    let kinds = ["job": "jobs", "off": "offers", "ord": "orders", "dsn": "designs"]
    let collection = kinds[String(json["id"].text.prefix(3))] ?? ""
    let role = path.split(separator: "/").prefix(2).joined(separator: "/")
    let resource = "/\(role)/\(collection)/\(json["id"].text)"
    let designs = "/\(role)/designs/\(json["design"].text)"
    for action in json["actions"].items.map(\.text) {
      let below = ["upload": "files", "revise": "revisions"][action] ?? action
      let names = [
        // A revision's, of which some are its design's.
        "\(designs)/\(below)", "\(designs)/revisions/\(json["revision"]["id"].text)/\(below)",
        "\(resource)/\(action)", "\(resource)/\(below)",
        "\(resource)/\(action.hasPrefix("report.") ? "reports" : action)",
      ]
      let exists = names.contains { name in
        [.post, .get, .put].contains { operation($0, name) != nil }
      }
      #expect(exists, "\(path) names the action \(action)", sourceLocation: location)
    }
  }

  /// The description of the route that a path and method belong to.
  static func operation(_ method: HTTPRequest.Method, _ path: String) -> JSON? {
    let segments = path.prefix { $0 != "?" }.split(separator: "/")
    for (template, item) in document["paths"].members {
      let parts = template.split(separator: "/")
      guard parts.count == segments.count,
        zip(parts, segments).allSatisfy({ $0.hasPrefix("{") || $0 == $1 })
      else { continue }
      let found = item[method.rawValue.lowercased()]
      return found == .null ? nil : found
    }
    return nil
  }
}
