import Brokering
import Domain
import HTTPTypes
import Hummingbird
import Ledger

extension Route {
  /// A route that takes and answers JSON and does at most once what is asked with one
  /// Idempotency-Key. Its handler also tells whether the answer is that of an earlier request.
  static func once<Tenant, Input: Codable & Sendable, Output: Codable & Sendable>(
    _ method: HTTPRequest.Method, _ path: String, for access: Access<Tenant>, _ summary: String,
    takes: Input.Type, gives: Output.Type, status: HTTPResponse.Status, problems: [String],
    _ handle:
      @escaping @Sendable (Call<Tenant>, Input, _ key: String) async throws -> (
        Output, replayed: Bool
      )
  ) -> Route {
    let timeLimit = Duration.seconds(30)
    let members = BodyMembers(of: Input.self)
    return Route(
      method: method, path: path, admits: access.admits, summary: summary, query: [],
      idempotencyKey: .required, takes: .json(Input.self), gives: .json(Output.self),
      status: status, problems: problems, timeLimit: timeLimit
    ) { request, context, api in
      try await answer(request, context, api, access, [], members, timeLimit) { call, input in
        let key = try IdempotencyKey.required(in: call.request)
        let (output, replayed) = try await handle(call, input, key)
        return try response(output, status: status, replayed: replayed)
      }
    }
  }

  /// A route that creates something (201). With an Idempotency-Key it does so once: the same request
  /// again is answered with what the first one made, as it is now.
  ///
  /// - Parameters:
  ///   - create: hands the request, if it has a key, to the use case, which claims it in the
  ///     transaction of its effect.
  ///   - replay: reads what the first request made.
  static func creating<
    Tenant, Input: Codable & Sendable, Output: Codable & Sendable, Kind: IdentifierKind
  >(
    _ path: String, for access: Access<Tenant>, _ summary: String, takes: Input.Type,
    gives: Output.Type, problems: [String],
    _ create:
      @escaping @Sendable (Call<Tenant>, Input, _ once: IdempotentRequest?) async throws -> Output,
    replay: @escaping @Sendable (Call<Tenant>, Identifier<Kind>) async throws -> Output
  ) -> Route {
    let timeLimit = Duration.seconds(30)
    let members = BodyMembers(of: Input.self)
    return Route(
      method: .post, path: path, admits: access.admits, summary: summary, query: [],
      idempotencyKey: .optional, takes: .json(Input.self), gives: .json(Output.self),
      status: .created, problems: problems, timeLimit: timeLimit
    ) { request, context, api in
      try await answer(request, context, api, access, [], members, timeLimit) { call, input in
        do {
          let output = try await create(call, input, try call.idempotentRequest(input))
          return try response(output, status: .created, replayed: false)
        } catch let repeated as RepeatedRequest {
          guard let id = Identifier<Kind>(repeated.resource) else {
            throw Problem.failed("\(path) once made \(repeated.resource)")
          }
          return try response(try await replay(call, id), status: .created, replayed: true)
        }
      }
    }
  }

  /// A step of an order that is not the same when it is made twice. With an Idempotency-Key it is made
  /// once; the same request again is answered with where things stand by then.
  ///
  /// - Parameters:
  ///   - act: hands the request, if it has a key, to the use case, which claims it in the
  ///     transaction of the step.
  ///   - view: reads where things stand.
  static func step<Tenant, Input: Codable & Sendable, Output: Codable & Sendable>(
    _ path: String, for access: Access<Tenant>, _ summary: String, takes: Input.Type,
    gives: Output.Type, problems: [String],
    _ act:
      @escaping @Sendable (Call<Tenant>, Input, _ once: IdempotentRequest?) async throws -> Void,
    view: @escaping @Sendable (Call<Tenant>) async throws -> Output
  ) -> Route {
    let timeLimit = Duration.seconds(30)
    let members = BodyMembers(of: Input.self)
    return Route(
      method: .post, path: path, admits: access.admits, summary: summary, query: [],
      idempotencyKey: .optional, takes: .json(Input.self), gives: .json(Output.self), status: .ok,
      problems: problems, timeLimit: timeLimit
    ) { request, context, api in
      try await answer(request, context, api, access, [], members, timeLimit) { call, input in
        var replayed = false
        do {
          try await act(call, input, try call.idempotentRequest(input))
        } catch is RepeatedRequest {
          replayed = true
        }
        return try response(try await view(call), status: .ok, replayed: replayed)
      }
    }
  }

  private static func response(
    _ output: some Encodable, status: HTTPResponse.Status, replayed: Bool
  ) throws -> Response {
    var response = try JSONCoding.response(output, status: status)
    if replayed { response.headers[.idempotentReplayed] = "true" }
    return response
  }
}

extension Call {
  /// The request as its use case claims it, if it has an Idempotency-Key.
  func idempotentRequest(_ input: some Encodable) throws -> IdempotentRequest? {
    guard let principal, let key = try IdempotencyKey.optional(in: request) else { return nil }
    return try IdempotentRequest(
      scope: principal.scope, key: key, method: request.method.rawValue, path: request.uri.path,
      body: input)
  }
}
