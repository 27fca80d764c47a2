import Brokering
import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird

/// One thing that the API does: what the router registers and the OpenAPI document describes are both
/// made from this value, so they cannot differ.
struct Route: Sendable {
  /// What goes in or comes out as a body.
  enum Content: Sendable {
    case nothing
    case json(any (Codable & Sendable).Type)
    /// Bytes of a media type.
    case bytes(String)
    /// Bytes of one of several media types, as the query or the file asks.
    case either([String])
  }

  /// A parameter of the query or a header, and its schema.
  struct Parameter: Sendable {
    let name: String
    let description: String
    let schema: JSONValue
    var isRequired = false
  }

  let method: HTTPRequest.Method
  /// A template such as `/v1/brand/designs/{design}`.
  let path: String
  /// Whose keys may use it; nil where none is needed.
  let admits: Admission?
  let summary: String
  let query: [Parameter]
  let idempotencyKey: IdempotencyKey.Use
  let takes: Content
  let gives: Content
  let status: HTTPResponse.Status
  /// The problem codes of its own, beside those that every route has.
  let problems: [String]
  /// How long it may take; nil for a body that streams, which is limited by stalling instead.
  let timeLimit: Duration?
  /// Whether it takes an If-Match; its handler reads it.
  var ifMatch = IfMatch.Use.ignored
  let answer: @Sendable (Request, APIContext, BrokerAPI) async throws -> Response
  /// The headers that mean something to this route alone.
  var headers: [Parameter] = []
}

/// What a handler works with: the request as far as it was checked.
struct Call<Tenant: Sendable>: Sendable {
  let api: BrokerAPI
  /// The tenant of the key that asked.
  let tenant: Tenant
  /// The key that asked; nil on a route that needs none.
  let principal: Principal?
  let request: Request
  let context: APIContext
  let query: Query

  /// The use cases, acting for who asked.
  var useCases: UseCases { api.useCases.acting(for: principal) }

  /// The key that asked, on a route that needs one.
  func key() throws(Problem) -> APIKeyID {
    guard let principal else { throw Problem.failed("a route for keys that was asked without") }
    return principal.key
  }

  /// An identifier in the path. One that has not the form of an identifier names nothing.
  func id<Kind>(_ name: Substring, _ what: String) throws(Problem) -> Identifier<Kind> {
    guard let text = context.coreContext.parameters.get(String(name)),
      let id = Identifier<Kind>(text)
    else { throw Problem.absent(what) }
    return id
  }
}

extension Route {
  /// A route that answers JSON.
  static func json<Tenant, Output: Codable & Sendable>(
    _ method: HTTPRequest.Method, _ path: String, for access: Access<Tenant>, _ summary: String,
    query: [Parameter] = [], gives: Output.Type, status: HTTPResponse.Status = .ok,
    problems: [String] = [], timeLimit: Duration = .seconds(30),
    _ handle: @escaping @Sendable (Call<Tenant>) async throws -> Output
  ) -> Route {
    Route(
      method: method, path: path, admits: access.admits, summary: summary, query: query,
      idempotencyKey: .ignored, takes: .nothing, gives: .json(Output.self), status: status,
      problems: problems, timeLimit: timeLimit
    ) { request, context, api in
      let (tenant, principal, _) = try await api.admit(request, context, to: access) {
        try await JSONBody.drain(request, context, patience: api.bodyPatience)
      }
      return try await withTimeLimit(timeLimit, on: context.executor) {
        let call = Call(
          api: api, tenant: tenant, principal: principal, request: request, context: context,
          query: try Query(request.uri.query, allowing: query.map(\.name)))
        return try JSONCoding.response(try await handle(call), status: status)
      }
    }
  }

  /// A route that takes and answers JSON.
  static func json<Tenant, Input: Codable & Sendable, Output: Codable & Sendable>(
    _ method: HTTPRequest.Method, _ path: String, for access: Access<Tenant>, _ summary: String,
    query: [Parameter] = [], takes: Input.Type, gives: Output.Type,
    status: HTTPResponse.Status = .ok, problems: [String] = [],
    timeLimit: Duration = .seconds(30),
    _ handle: @escaping @Sendable (Call<Tenant>, Input) async throws -> Output
  ) -> Route {
    let members = BodyMembers(of: Input.self)
    return Route(
      method: method, path: path, admits: access.admits, summary: summary, query: query,
      idempotencyKey: .ignored, takes: .json(Input.self), gives: .json(Output.self),
      status: status, problems: problems, timeLimit: timeLimit
    ) { request, context, api in
      try await answer(
        request, context, api, access, query, members, timeLimit
      ) { call, input in
        try JSONCoding.response(try await handle(call, input), status: status)
      }
    }
  }

  static func answer<Tenant, Input: Codable & Sendable>(
    _ request: Request, _ context: APIContext, _ api: BrokerAPI, _ access: Access<Tenant>,
    _ query: [Parameter], _ members: BodyMembers, _ timeLimit: Duration,
    _ respond: @escaping @Sendable (Call<Tenant>, Input) async throws -> Response
  ) async throws -> Response {
    let (tenant, principal, body) = try await api.admit(request, context, to: access) {
      try await JSONBody(reading: request, context, patience: api.bodyPatience)
    }
    return try await withTimeLimit(timeLimit, on: context.executor) {
      let call = Call(
        api: api, tenant: tenant, principal: principal, request: request, context: context,
        query: try Query(request.uri.query, allowing: query.map(\.name)))
      let input = try body.decode(Input.self)
      try members.check(body.bytes)
      return try await respond(call, input)
    }
  }

  /// A route whose body streams, one way or the other: its handler makes the response.
  static func streaming<Tenant>(
    _ method: HTTPRequest.Method, _ path: String, for access: Access<Tenant>, _ summary: String,
    query: [Parameter] = [], takes: Content = .nothing, gives: Content,
    status: HTTPResponse.Status = .ok, problems: [String] = [],
    _ handle: @escaping @Sendable (Call<Tenant>) async throws -> Response
  ) -> Route {
    Route(
      method: method, path: path, admits: access.admits, summary: summary, query: query,
      idempotencyKey: .ignored, takes: takes, gives: gives, status: status, problems: problems,
      timeLimit: nil
    ) { request, context, api in
      let (tenant, principal, _) = try await api.admit(request, context, to: access) {
        // A body that the handler reads may take hours: what it does asks for the key again.
        guard case .nothing = takes else { return }
        try await JSONBody.drain(request, context, patience: api.bodyPatience)
      }
      let call = Call(
        api: api, tenant: tenant, principal: principal, request: request, context: context,
        query: try Query(request.uri.query, allowing: query.map(\.name)))
      // Sealing and hashing megabytes would keep the loop from its other connections.
      return try await withTaskExecutorPreference(globalConcurrentExecutor) {
        try await handle(call)
      }
    }
  }
}

extension Route.Parameter {
  /// The two parameters of every list.
  static func page<Kind>(_ kind: Identifier<Kind>.Type) -> [Route.Parameter] {
    [
      Route.Parameter(
        name: "limit", description: "How many to answer",
        schema: ["type": "integer", "minimum": 1, "maximum": 100, "default": 20]),
      Route.Parameter(
        name: "starting_after", description: "The last identifier of the page before",
        schema: Identifier<Kind>.schema),
    ]
  }

  /// What the reader of a list that can be watched has seen of it.
  static let seen = Route.Parameter(
    name: "seen",
    description: "The `seen` of an earlier answer: with `wait`, waits until the list is another",
    schema: ["type": "string"])

  /// How long to wait for something to answer.
  static let wait = Route.Parameter(
    name: "wait", description: "How many seconds to wait until there is something new",
    schema: ["type": "integer", "minimum": 0, "maximum": 30, "default": 0])
}
