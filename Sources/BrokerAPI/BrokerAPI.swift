public import Brokering
public import Dispatching
public import Domain
import HTTPTypes
public import Hummingbird
public import Ledger
import Logging
public import Vault

/// The use cases that the API calls.
public struct UseCases: Sendable {
  private(set) var tenants: Tenants
  let bureaus: Bureaus
  let catalogue: Catalogue
  let orders: Orders
  private(set) var vault: Vault
  private(set) var dispatcher: Dispatcher
  let keyRotation: KeyRotation
  let orderSignals: Signals<OrderID>

  /// The use cases of one server.
  ///
  /// - Parameter orderSignals: what the ledger notifies when an order moves.
  public init(
    tenants: Tenants, bureaus: Bureaus, catalogue: Catalogue, orders: Orders, vault: Vault,
    dispatcher: Dispatcher, keyRotation: KeyRotation, orderSignals: Signals<OrderID>
  ) {
    self.tenants = tenants
    self.bureaus = bureaus
    self.catalogue = catalogue
    self.orders = orders
    self.vault = vault
    self.dispatcher = dispatcher
    self.keyRotation = keyRotation
    self.orderSignals = orderSignals
  }

  /// The same use cases, acting for who asked: so no route can forget to say whose doing something is.
  func acting(for principal: Principal?) -> UseCases {
    guard let (actor, key) = principal.map({ ($0.actor, $0.key) }) else { return self }
    var useCases = self
    useCases.tenants = tenants.acting(for: actor, with: key)
    useCases.vault = vault.acting(for: actor, with: key)
    useCases.dispatcher = dispatcher.acting(for: actor, with: key)
    return useCases
  }
}

/// The HTTP API: decodes, authorises, calls a use case, encodes, and nothing else.
public struct BrokerAPI: Sendable {
  /// Something that has to work before requests are welcome.
  public struct Check: Sendable {
    let name: String
    let run: @Sendable () async throws -> Void

    /// A check that throws when what it is named after does not work.
    public init(_ name: String, _ run: @escaping @Sendable () async throws -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// What has to be done before anything is acknowledged, from time to time.
  public struct Acknowledgement: Sendable {
    let isDue: @Sendable () -> Bool
    let make: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - isDue: asked before every answer, so it must cost next to nothing.
    ///   - make: does it.
    public init(
      isDue: @escaping @Sendable () -> Bool, make: @escaping @Sendable () async throws -> Void
    ) {
      self.isDue = isDue
      self.make = make
    }
  }

  let useCases: UseCases
  let checks: [Check]
  let ambient: Ambient
  let overTLS: Bool
  let bodyPatience: Duration
  let acknowledgement: Acknowledgement?
  let document: [UInt8]

  /// An API over use cases.
  ///
  /// - Parameters:
  ///   - checks: what `/readyz` asks.
  ///   - overTLS: whether clients reach the server by TLS, so that they may be told to insist on it.
  ///   - bodyPatience: how long a JSON body may take to arrive.
  ///   - acknowledgement: what answers may have to wait for.
  /// - Throws: when a route's types cannot be described; that is a fault of ours.
  public init(
    useCases: UseCases, checks: [Check], ambient: Ambient, overTLS: Bool,
    bodyPatience: Duration = .seconds(20), acknowledgement: Acknowledgement? = nil
  ) throws {
    self.useCases = useCases
    self.checks = checks
    self.ambient = ambient
    self.overTLS = overTLS
    self.bodyPatience = bodyPatience
    self.acknowledgement = acknowledgement
    document = try Self.openAPIDocument()
  }

  /// The API's description (OpenAPI 3.1), as `/openapi.json` answers it.
  public static func openAPIDocument() throws -> [UInt8] {
    try OpenAPIDocument.build(RouteTable.all)
  }

  /// A router with every route of the description and no other.
  public func router() -> Router<APIContext> {
    let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
    let paths = PathTable(RouteTable.all.map { ($0.path, $0.method.rawValue) })
    router.add(middleware: RequestLogMiddleware(ambient: ambient))
    router.add(middleware: SecurityHeadersMiddleware(overTLS: overTLS))
    router.add(middleware: TusMiddleware())
    if let acknowledgement {
      router.add(middleware: AcknowledgementMiddleware(acknowledgement: acknowledgement))
    }
    router.add(middleware: ProblemMiddleware(paths: paths))
    for route in RouteTable.all {
      router.on(RouterPath(route.path), method: route.method) { request, context in
        try await route.answer(request, context, self)
      }
    }
    return router
  }

  /// Finds out who asks before the body is read, and again when it has been: whoever holds it back must not
  /// act with a key that was revoked meanwhile.
  func admit<Tenant, Body>(
    _ request: Request, _ context: APIContext, to access: Access<Tenant>,
    reading body: () async throws -> Body
  ) async throws -> (Tenant, Principal?, Body) {
    _ = try await admit(request, context, to: access)
    let body = try await body()
    let (tenant, principal) = try await admit(request, context, to: access)
    return (tenant, principal, body)
  }

  /// Finds out who asks and whether a route is for them.
  ///
  /// - Throws: `auth.missing`, `auth.invalid` (401), `auth.role` (403).
  func admit<Tenant>(
    _ request: Request, _ context: APIContext, to access: Access<Tenant>
  ) async throws -> (Tenant, Principal?) {
    guard let admits = access.admits else {
      guard let tenant = access.tenant(nil) else { throw Problem.failed("nobody is admitted") }
      return (tenant, nil)
    }
    guard let header = request.headers[.authorization] else {
      throw Problem(
        .unauthenticated, "auth.missing", "Send your API key as “Authorization: Bearer evp_…”.")
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer",
      let principal = try await useCases.tenants.authenticate(String(parts[1]))
    else {
      throw Problem(
        .unauthenticated, "auth.invalid", "This API key is not known here, or was revoked.")
    }
    context.notes.principal = principal.key.text
    guard let tenant = access.tenant(principal) else {
      throw Problem(
        .forbidden, "auth.role",
        "This needs a key of the role \(admits.text); yours has the role \(principal.owner.role).")
    }
    return (tenant, principal)
  }
}
