import Domain
import HTTPTypes
import Hummingbird
import Vault

/// The versions of the wrapping key: the operator's.
enum KeyVersionRoutes {
  private static let path = "/v1/operator/vault/key-versions"

  static let all: [Route] = [
    .json(
      .get, path, for: .operator,
      "Tells which versions of the wrapping key there are, and what is wrapped under each",
      gives: KeyVersionsView.self
    ) { call in
      try await call.useCases.keyRotation.status()
    },

    // Named by its number, so that a repetition adds nothing, also after a crash.
    .json(
      .post, path, for: .operator,
      "Adds a version of the wrapping key; what is stored is wrapped anew in the background",
      takes: NewVersion.self, gives: KeyVersionsView.self,
      problems: ["key_version.number", "key_ring.*"]
    ) { call, body in
      try await call.useCases.keyRotation.add(body.number)
    },

    .json(
      .post, "\(path)/{version}/retire", for: .operator,
      "Destroys the key of a version that nothing is wrapped under any more",
      gives: KeyVersionsView.self,
      problems: ["key_version.newest", "key_version.in_use", "key_ring.*"]
    ) { call in
      guard
        let number = call.context.coreContext.parameters.get("version").flatMap({ Int($0) })
      else { throw Problem.absent("version of the wrapping key") }
      return try await call.useCases.keyRotation.retire(number)
    },
  ]

  struct NewVersion: Codable, Sendable {
    let number: Int
  }
}
