import BureauProtocol
import FoundationEssentials
import HTTPTypes

/// The description of the API (OpenAPI 3.1.1), made from the routes.
enum OpenAPIDocument {
  /// The document's JSON text.
  static func build(_ routes: [Route]) throws -> [UInt8] {
    var catalogue = SchemaCatalogue()
    let problem = try catalogue.schema(of: ProblemDocument.self)
    var paths: [String: [String: JSONValue]] = [:]
    for route in routes {
      let operation = try operation(route, &catalogue, problem: problem)
      paths[route.path, default: [:]][route.method.rawValue.lowercased()] = operation
    }
    let document: JSONValue = [
      "openapi": "3.1.1",
      "info": [
        "title": "Everpart", "version": "1",
        "summary": "A digital inventory and print-on-demand broker",
        "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": "/"]],
      "paths": .object(paths.mapValues(JSONValue.object)),
      "components": [
        "schemas": .object(catalogue.components),
        "securitySchemes": [
          "key": [
            "type": "http", "scheme": "bearer",
            "description": "An API key of one of the roles that the operation names",
          ]
        ],
      ],
    ]
    return Array(try JSONCoding.encoder().encode(document))
  }

  private static func operation(
    _ route: Route, _ catalogue: inout SchemaCatalogue, problem: JSONValue
  ) throws -> JSONValue {
    var operation: [String: JSONValue] = [
      "operationId": .text(identifier(of: route)),
      "summary": .text(route.summary),
      "tags": [.text(route.admits?.side ?? "public")],
      // Each an alternative, with the role that it takes (OpenAPI 3.1, security requirement object).
      "security": .array((route.admits?.roles ?? []).map { ["key": [.text($0)]] }),
      "parameters": .array(try parameters(of: route)),
      "responses": .object([
        String(route.status.code): try answer(of: route, &catalogue),
        "default": [
          "description": .text("Refused. Codes: " + codes(of: route).joined(separator: ", ")),
          "content": ["application/problem+json": ["schema": problem]],
        ],
      ]),
      "x-problem-codes": .array(codes(of: route).map(JSONValue.text)),
    ]
    switch route.takes {
    case .nothing: break
    case .json(let type):
      let schema = try catalogue.schema(of: type)
      operation["requestBody"] = [
        "required": true, "content": ["application/json": ["schema": schema]],
      ]
    case .bytes(let media):
      operation["requestBody"] = ["required": true, "content": .object([media: [:]])]
    case .either(let media):
      operation["requestBody"] = ["required": true, "content": bytes(of: media)]
    }
    if let admits = route.admits {
      operation["description"] = .text("Takes a key of the role \(admits.text).")
    }
    return .object(operation)
  }

  /// All the problem codes of a route, sorted: its own and those that come with what it takes.
  static func codes(of route: Route) -> [String] {
    var codes = Set(route.problems)
    codes.formUnion(["internal", "unavailable", "request.query"])
    if route.timeLimit != nil { codes.insert("request.timeout") }
    if route.admits != nil { codes.formUnion(["auth.missing", "auth.invalid", "auth.role"]) }
    if route.path.contains("{") { codes.insert("not_found") }
    switch route.takes {
    case .nothing:
      codes.formUnion(["request.too_large", "request.slow", "request.incomplete"])
    case .json:
      codes.formUnion([
        "request.body", "request.media_type", "request.too_large", "request.slow",
        "request.incomplete", "request.nul",
      ])
    case .bytes, .either: break
    }
    if route.idempotencyKey != .ignored {
      codes.formUnion(["idempotency.key", "idempotency.mismatch", "idempotency.in_flight"])
    }
    if route.ifMatch != .ignored { codes.insert("precondition.failed") }
    if route.ifMatch == .required { codes.insert("precondition.required") }
    if route.idempotencyKey == .required { codes.insert("idempotency.missing") }
    return codes.sorted()
  }

  private static func answer(
    of route: Route, _ catalogue: inout SchemaCatalogue
  ) throws -> JSONValue {
    switch route.gives {
    case .nothing: return ["description": "Done"]
    case .json(let type):
      let schema = try catalogue.schema(of: type)
      return ["description": "Done", "content": ["application/json": ["schema": schema]]]
    case .bytes(let media):
      return ["description": "The bytes", "content": .object([media: [:]])]
    case .either(let media): return ["description": "The bytes", "content": bytes(of: media)]
    }
  }

  private static func bytes(of media: [String]) -> JSONValue {
    .object(Dictionary(media.map { ($0, [:]) }) { first, _ in first })
  }

  private static func parameters(of route: Route) throws -> [JSONValue] {
    let inPath: [JSONValue] = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
      [
        "name": .text(String($0.dropFirst().dropLast())), "in": "path", "required": true,
        "schema": ["type": "string"],
      ]
    }
    let named: [(place: JSONValue, parameter: Route.Parameter)] =
      route.query.map { ("query", $0) } + route.headers.map { ("header", $0) }
    let described: [JSONValue] = named.map { place, parameter in
      [
        "name": .text(parameter.name), "in": place, "required": .bool(parameter.isRequired),
        "description": .text(parameter.description), "schema": parameter.schema,
      ]
    }
    let key: JSONValue = [
      "name": "Idempotency-Key", "in": "header",
      "required": .bool(route.idempotencyKey == .required),
      "description": "A text of the caller's choice; the same when a request is repeated",
      "schema": ["type": "string", "minLength": 1, "maxLength": 255],
    ]
    let match: JSONValue = [
      "name": "If-Match", "in": "header", "required": .bool(route.ifMatch == .required),
      "description": "The ETag that was read: the change is made only to that",
      "schema": ["type": "string"],
    ]
    return inPath + described + (route.idempotencyKey == .ignored ? [] : [key])
      + (route.ifMatch == .ignored ? [] : [match])
  }

  /// `POST /v1/brand/designs/{design}/release` is `post_brand_designs_design_release`.
  private static func identifier(of route: Route) -> String {
    let words = route.path.split(separator: "/").filter { $0 != "v1" }.map {
      $0.filter { $0.isLetter || $0.isNumber || $0 == "_" }
    }
    return ([route.method.rawValue.lowercased()] + words).joined(separator: "_")
  }
}
