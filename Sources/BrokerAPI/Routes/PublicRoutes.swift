import BureauProtocol
import Dispatching
import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What needs no key.
enum PublicRoutes {
  static let all: [Route] = [
    .json(
      .get, "/healthz", for: .everybody, "Tells that the process answers", gives: Health.self
    ) { _ in Health(status: "ok") },

    .json(
      .get, "/readyz", for: .everybody, "Tells whether database, blob store and state file work",
      gives: Readiness.self, problems: ["not_ready"]
    ) { call in
      var failed: [String] = []
      for check in call.api.checks {
        do {
          try await check.run()
        } catch {
          failed.append(check.name)
          call.context.logger.error("not ready", metadata: ["detail": "\(check.name): \(error)"])
        }
      }
      guard failed.isEmpty else {
        throw Problem(
          .unavailable, "not_ready", "Does not work now: \(failed.joined(separator: ", ")).")
      }
      return Readiness(status: "ready", checks: call.api.checks.map(\.name))
    },

    .streaming(
      .get, "/openapi.json", for: .everybody, "This description",
      gives: .bytes("application/json")
    ) { call in
      Response(
        status: .ok, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: call.api.document)))
    },

    .json(
      .get, "/v1/trust", for: .everybody, "Which keys count for which role",
      gives: TrustDocument.self
    ) { call in call.useCases.dispatcher.trust() },
  ]

  struct Health: Codable, Sendable {
    let status: String
  }

  struct Readiness: Codable, Sendable {
    let status: String
    let checks: [String]
  }
}
