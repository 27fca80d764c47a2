import Brokering
import Domain
import HTTPTypes

/// What a brand's owner does with the brand's keys.
enum BrandKeyRoutes {
  static let all: [Route] = [
    .creating(
      "/v1/brand/keys", for: .owners,
      "Makes a key for one of the brand's people or its storefront; the secret is shown this once",
      takes: NewOwnKey.self, gives: NewKey.self, problems: ["key.label", "key.made_before"]
    ) { call, body, once in
      NewKey(
        try await call.useCases.tenants.issue(
          body.role.owner(call.tenant), label: body.label, once: once))
    } replay: { _, key in
      throw NewKey.secretIsGone(key)
    },

    .json(
      .get, "/v1/brand/keys", for: .owners,
      "Lists the brand's keys without their secrets, newest first",
      query: Route.Parameter.page(APIKeyID.self) + [BrandKeyRole.parameter],
      gives: Page<KeyView>.self
    ) { call in try await call.keys(of: .brand(call.tenant)) },

    .json(
      .delete, "/v1/brand/keys/{key}", for: .owners,
      "Revokes one of the brand's keys: it is refused from now on", gives: RevokedKey.self,
      problems: ["key.last_owner"]
    ) { call in
      let key: APIKeyID = try call.id("key", "key")
      try await call.useCases.tenants.revoke(key, of: .brand(call.tenant), leavingOne: true)
      return RevokedKey(id: key)
    },
  ]

  struct NewOwnKey: Codable, Sendable {
    let role: BrandKeyRole
    let label: String
  }
}

/// The roles that keys of a brand have: those of its people, and its storefront's.
enum BrandKeyRole: String, Codable, Sendable, CaseIterable {
  case owner
  case engineer
  case sales
  case storefront

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let role = Self(rawValue: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "one of " + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = role
  }

  func owner(_ brand: BrandID) -> KeyOwner {
    switch self {
    case .owner: .brand(brand, .owner)
    case .engineer: .brand(brand, .engineer)
    case .sales: .brand(brand, .sales)
    case .storefront: .storefront(brand)
    }
  }

  static let parameter = Route.Parameter(
    name: "role", description: "Only keys of this role",
    schema: ["type": "string", "enum": .array(allCases.map { .text($0.rawValue) })])
}

/// A key that was just made: the only answer that has its secret.
struct NewKey: Codable, Sendable {
  let id: APIKeyID
  let role: String
  let label: String
  let key: String

  init(_ issued: IssuedKey) {
    (id, role, label, key) = (issued.id, issued.role, issued.label, issued.secret)
  }

  /// A key's secret is not kept, so the answer that had it cannot be given again.
  static func secretIsGone(_ key: APIKeyID) -> Problem {
    Problem(
      .conflict, "key.made_before",
      "This request has made the key \(key) before, and its secret cannot be shown again. If it was "
        + "lost, revoke that key and make another one under a new Idempotency-Key.")
  }
}

struct RevokedKey: Codable, Sendable {
  let id: APIKeyID
}

extension Call {
  /// A page of a tenant's keys, of the role that the query names or of all.
  func keys(of tenant: Brokering.Tenant) async throws -> Page<KeyView> {
    let page = try PageRequest<Kinds.APIKey>(query)
    let role = query["role"]
    if let role, BrandKeyRole(rawValue: role) == nil {
      let names = BrandKeyRole.allCases.map(\.rawValue).joined(separator: ", ")
      throw Query.refusal("The parameter “role” is one of \(names).")
    }
    return try await useCases.tenants.keys(
      of: tenant, role: role, limit: page.limit, after: page.after)
  }
}
