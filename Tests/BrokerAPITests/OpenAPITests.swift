import Foundation
import HTTPTypes
import Hummingbird
import Logging
import TestSupport
import Testing

@testable import BrokerAPI
@testable import BrokerServer

@Suite("The description and the router")
struct OpenAPITests {
  @Test("the router has the routes of the description and no other")
  func routes() async throws {
    let directory = try TemporaryDirectory()
    let server = try await BrokerServer(
      Configuration(
        dataDirectory: directory.path("data"), keyRingPath: directory.path("ring/ring.json")),
      ambient: .simulated(), logger: Logger(label: "test"), firstKey: { _ in })
    let registered = Set(
      server.composition.api.router().routes.map {
        "\($0.method.rawValue) \(Self.template("\($0.path)"))"
      })
    let described = Set(
      DescribedRoute.all.map { "\($0.method.rawValue) \($0.template)" })
    #expect(registered == described)
    #expect(described.count == RouteTable.all.count)
  }

  private static func template(_ path: String) -> String {
    path.hasPrefix("/") ? path : "/" + path
  }

  @Test("the served description is valid OpenAPI 3.1")
  func valid() async throws {
    let served = try await RunningServer.with { server in
      try await server.call(.get, "/openapi.json").body
    }
    #expect(served == (try BrokerAPI.openAPIDocument()))
    try await TemporaryDirectory.with { directory in
      let file = try directory.write(served, to: "openapi.json")
      guard let validator = Self.validator() else { return }
      let process = Process()
      process.executableURL = URL(filePath: validator)
      process.arguments = ["--schema", "3.1", file]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(String(decoding: text, as: UTF8.self))")
    }
  }

  /// `openapi-spec-validator`, where it is installed.
  private static func validator() -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/openapi-spec-validator" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  @Test("every route has a summary, a role's security, and schemas that exist")
  func complete() throws {
    let document = Contract.document
    #expect(document["openapi"] == "3.1.1")
    var references: Set<String> = []
    collect(document, into: &references)
    let schemas = Set(document["components"]["schemas"].members.keys)
    #expect(references.subtracting(schemas).isEmpty)
    #expect(schemas.subtracting(references).isEmpty)
    var identifiers: Set<String> = []
    for route in DescribedRoute.all {
      let operation = document["paths"][route.template][route.method.rawValue.lowercased()]
      #expect(operation["summary"].text.count > 5, "\(route.testDescription)")
      #expect(identifiers.insert(operation["operationId"].text).inserted)
      let isPublic = route.role == "public"
      #expect(operation["security"].items.isEmpty == isPublic, "\(route.testDescription)")
      #expect(isPublic || route.template.hasPrefix("/v1/\(route.role)"))
    }
  }

  private func collect(_ value: JSON, into references: inout Set<String>) {
    if let name = value["$ref"].text.split(separator: "/").last { references.insert(String(name)) }
    for member in value.members.values { collect(member, into: &references) }
    for item in value.items { collect(item, into: &references) }
  }

  @Test("a schema has the members that its type decodes, and says which may be left out")
  func probed() throws {
    struct Inner: Codable { let number: Int }
    struct Sample: Codable {
      let name: String
      let inner: Inner
      let maybe: [Inner]?
      let map: [String: Bool]
    }
    var catalogue = SchemaCatalogue()
    #expect(try catalogue.schema(of: Sample.self) == ["$ref": "#/components/schemas/Sample"])
    #expect(
      catalogue.components["Sample"] == [
        "type": "object", "required": ["inner", "map", "name"],
        "properties": [
          "name": ["type": "string"], "inner": ["$ref": "#/components/schemas/Inner"],
          "maybe": ["type": "array", "items": ["$ref": "#/components/schemas/Inner"]],
          "map": ["type": "object", "additionalProperties": ["type": "boolean"]],
        ],
      ])
  }

  @Test("a type that decodes by trial is refused rather than described wrongly")
  func unreadable() {
    struct Mixed: Codable {
      init(from decoder: any Decoder) throws { _ = try decoder.unkeyedContainer() }
    }
    var catalogue = SchemaCatalogue()
    #expect(throws: SchemaError.self) { try catalogue.schema(of: Mixed.self) }
  }
}
