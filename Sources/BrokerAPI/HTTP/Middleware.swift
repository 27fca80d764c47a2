import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Turns whatever is thrown below into a problem, and an unknown path or method into 404 or 405.
struct ProblemMiddleware: RouterMiddleware {
  let paths: PathTable

  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      return unrouted(request, context)
    } catch {
      return refuse(Problem(describing: error), request, context)
    }
  }

  private func unrouted(_ request: Request, _ context: APIContext) -> Response {
    let methods = paths.methods(at: request.uri.path)
    guard !methods.isEmpty else {
      return refuse(Problem(.absent, "not_found", "There is no such path."), request, context)
    }
    let allowed = methods.joined(separator: ", ")
    return refuse(
      Problem(.method, "method_not_allowed", "This path takes \(allowed)."), request,
      context, headers: [.allow: allowed])
  }

  private func refuse(
    _ problem: Problem, _ request: Request, _ context: APIContext, headers: HTTPFields = [:]
  ) -> Response {
    context.notes.code = problem.code
    if let detail = problem.privateDetail {
      context.logger.error(
        "request failed",
        metadata: ["detail": "\(detail.printable(maximumCharacters: 2000))"])
    }
    var response = problem.response(request: context.id, headers: headers)
    // What of the body may still be on its way is read and thrown away for a moment, so that the client
    // gets to read its answer, but not for as long as it likes to send.
    if request.hasBody, !context.notes.bodyWasRead {
      response.headers[.connection] = "close"
      context.channel.eventLoop.scheduleTask(in: .seconds(10)) { [channel = context.channel] in
        channel.close(promise: nil)
      }
    }
    return request.method == .head ? response.createHeadResponse() : response
  }
}

/// One line a request: who asked what, and how it ended. No query, no header, no body: those may
/// hold secrets or personal data. What was only read, and given, is for who debugs: agents and watchers poll.
struct RequestLogMiddleware: RouterMiddleware {
  let ambient: Ambient

  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    let start = ambient.uptime()
    let response = try await next(request, context)
    let elapsed = (ambient.uptime() - start).components
    let isRead = [.get, .head].contains(request.method) && response.status.code < 400
    context.logger.log(
      level: isRead ? .debug : .info, "request",
      metadata: [
        "method": "\(request.method.rawValue.printable(maximumCharacters: 20))",
        "path": "\(request.uri.path.printable(maximumCharacters: 200))",
        "status": "\(response.status.code)",
        "code": "\(context.notes.code)",
        "key": "\(context.notes.principal)",
        "ms": "\(elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000)",
      ])
    return response
  }
}

/// Headers that every answer has. Nothing here is meant for a browser to render or a cache to keep.
struct SecurityHeadersMiddleware: RouterMiddleware {
  let overTLS: Bool

  private static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
  private static let requestID = HTTPField.Name("X-Request-Id")!

  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers[.cacheControl] = "no-store"
    response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
    response.headers[Self.referrerPolicy] = "no-referrer"
    response.headers[Self.requestID] = context.id
    if overTLS { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    return response
  }
}

/// Holds every answer back until what it may acknowledge is known outside the database, where that is not so
/// yet. Where it cannot become known, what was done is done and is answered; `/readyz` says what is wrong.
struct AcknowledgementMiddleware: RouterMiddleware {
  let acknowledgement: BrokerAPI.Acknowledgement

  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    let response = try await next(request, context)
    if acknowledgement.isDue() { try? await acknowledgement.make() }
    return response
  }
}
