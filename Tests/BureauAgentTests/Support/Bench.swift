import BrokerServer
import Domain
import Foundation
import HTTPClient
import Synchronization
import TestSupport
import Testing
import Workers

@testable import BureauAgent

/// A real broker with one brand, one bureau with a machine, and a line to it that a test can cut; and
/// a bureau's agent, enrolled over that line.
struct Bench: Sendable {
  let url: String
  let line: Line
  let clock: SimulatedClock
  let root: TemporaryDirectory
  let log: LogCatcher
  let http: HTTPClient
  let chief: String
  let brand: String
  let storefront: String
  let bureau: String
  let licence: String
  let part: String

  /// The mesh of every order.
  static let mesh: [UInt8] = {
    let corners: [[Float]] = [[0, 0, 0], [20, 0, 0], [0, 20, 0], [0, 0, 20]]
    let faces = [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]
    func bytes(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
    return [UInt8](repeating: 0x20, count: 80) + bytes(UInt32(faces.count))
      + faces.flatMap { face in
        [UInt8](repeating: 0, count: 12)
          + face.flatMap { corners[$0].flatMap { bytes($0.bitPattern) } } + [0, 0]
      }
  }()

  /// Runs a test against a broker of its own.
  ///
  /// - Parameter hasDocuments: whether the design has a drawing and two inspection plans beside its mesh.
  static func with(
    hasDocuments: Bool = false, _ body: @escaping @Sendable (Bench) async throws -> Void
  ) async throws {
    let root = try TemporaryDirectory()
    var settings = Configuration(
      dataDirectory: root.path("data"), keyRingPath: root.path("ring/key-ring.json"))
    (settings.port, settings.stopsOnSignals) = (0, false)
    settings.workerBudget.previewWidth = 0
    settings.workerProgram = try #require(
      BuiltProduct.path, Comment(rawValue: BuiltProduct.missing))
    let clock = SimulatedClock(seed: 31)
    let operatorKey = Mutex("")
    let server = try await BrokerServer(
      settings, ambient: clock.ambient,
      logger: LogCatcher().logger,
      firstKey: { key in operatorKey.withLock { $0 = key } })
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { announce.finish() }
        try await server.run { announce.yield($0) }
      }
      guard let port = await ports.first(where: { _ in true }) else {
        return try await group.waitForAll()
      }
      let chief = operatorKey.withLock { $0 }
      let line = Line()
      let result = await outcome {
        try await line.run(to: port) { url in
          let http = HTTPClient()
          defer { http.shutdown() }
          try await body(try await Bench(url, line, clock, root, http, chief, hasDocuments))
        }
      }
      await server.stop()
      try await group.waitForAll()
      try result.get()
    }
  }

  private init(
    _ url: String, _ line: Line, _ clock: SimulatedClock, _ root: TemporaryDirectory,
    _ http: HTTPClient, _ chief: String, _ hasDocuments: Bool
  ) async throws {
    (self.url, self.line, self.clock, self.root, self.http) = (url, line, clock, root, http)
    self.chief = chief
    log = LogCatcher()
    let ask = Caller(url: url, http: http)
    let tenant = try await ask.post("/v1/operator/brands", chief, ["name": "Acme"])
    let keys = "/v1/operator/brands/\(tenant["id"])/keys"
    brand = try await ask.post(keys, chief, ["role": "owner", "label": "x"])["key"]
    storefront = try await ask.post(keys, chief, ["role": "storefront", "label": "x"])["key"]
    bureau = try await Self.bureau(ask, chief, "Spreewerk")
    let design = try await ask.post(
      "/v1/brand/designs", brand,
      [
        "name": "leg cap",
        "profile": [
          "process": "PBF-LB/P", "material": "PA12", "layer_height_um": 100, "tolerance": "m",
          "finish": "as printed", "orientation": "flat", "certifications": [String](),
          "inspection": [["feature": "width", "nominal_mm": 20, "tolerance_mm": 0.3]],
        ] as [String: Any], "licence": ["authorised_units": 1000, "scrap_allowance": 3],
      ])
    let path = "/v1/brand/designs/\(design["id"])"
    _ = try await ask.send(
      "POST", path + "/files?name=leg-cap.stl", brand, .bytes(Self.mesh), type: "model/stl")
    let documents = [
      ("sheet 1.pdf", "drawing", SampleDocument.pdf, "application/pdf"),
      ("plan.csv", "inspection_plan", SampleDocument.csv, "text/csv"),
      ("ticket.json", "inspection_plan", SampleDocument.json, "application/json"),
    ]
    for (name, purpose, content, type) in hasDocuments ? documents : [] {
      let escaped = name.replacing(" ", with: "%20")
      _ = try await ask.send(
        "POST", path + "/files?name=\(escaped)&purpose=\(purpose)", brand, .bytes(content),
        type: type)
    }
    let released = try await ask.post(path + "/release", brand, [:])
    licence = released.text("licence", "id")
    part = try await ask.post(
      "/v1/brand/parts", brand,
      [
        "sku": "LC-1", "name": "Leg cap", "fits": ["Chair"], "design": design["id"],
        "price": ["minor_units": 1290, "currency": "EUR"],
        "payout": ["minor_units": 640, "currency": "EUR"], "lead_days": 7,
      ])["id"]
    try await enrol("agent")
  }

  /// A bureau with a site and a machine; its key.
  private static func bureau(_ ask: Caller, _ chief: String, _ name: String) async throws -> String
  {
    let bureau = try await ask.post("/v1/operator/bureaus", chief, ["name": name])
    let key = try await ask.post(
      "/v1/operator/bureaus/\(bureau["id"])/keys", chief, ["label": "agent"])["key"]
    let site = try await ask.post(
      "/v1/operator/bureaus/\(bureau["id"])/sites", chief,
      [
        "name": name, "country": "DE", "coordinates": ["latitude": 52.5, "longitude": 13.4],
      ])
    _ = try await ask.post(
      "/v1/bureau/sites/\(site["id"])/machines", key,
      [
        "name": "SLS 1", "process": "PBF-LB/P", "materials": ["PA12"],
        "build_volume_mm": [300, 300, 300],
      ])
    return key
  }

  /// Another bureau's key.
  func otherBureau() async throws -> String { try await Self.bureau(ask, chief, "Lyon Forme") }

  // MARK: the brand's side

  var ask: Caller { Caller(url: url, http: http) }

  /// Places an order, which is offered to the bureau.
  func place(_ number: Int = 1) async throws -> String {
    try await ask.post(
      "/v1/storefront/orders", storefront,
      [
        "part": part, "quantity": 1,
        "ship_to": [
          "name": "Erika Mustermann", "lines": ["Torstraße 1"], "postal_code": "10119",
          "city": "Berlin", "country": "DE",
          "coordinates": ["latitude": 52.53, "longitude": 13.4],
        ] as [String: Any],
      ], idempotencyKey: "order-\(number)")["id"]
  }

  /// Places an order and accepts it for the bureau.
  func order(_ number: Int = 1) async throws -> (order: String, job: JobID) {
    let order = try await place(number)
    let offers = try await ask.get("/v1/bureau/offers", bureau)
    let job = try await ask.post(
      "/v1/bureau/offers/\(offers.first("data", "id"))/accept", bureau, [:])
    return (order, try #require(JobID(job["id"])))
  }

  func state(_ job: JobID) async throws -> String {
    try await ask.get("/v1/bureau/jobs/\(job)", bureau)["state"]
  }

  func scrapped() async throws -> String {
    try await ask.get("/v1/brand/licences/\(licence)", brand)["scrapped"]
  }

  func retry(_ order: String) async throws {
    _ = try await ask.post("/v1/brand/orders/\(order)/retry", brand, [:])
  }
}
