import Foundation
import HTTPClient
import TestSupport

/// A broker with one brand, and one bureau with agent and workshop: processes of their own in one
/// directory, where everything they write is.
final class JourneyWorld {
  enum Part: String { case server, agent }

  let root: TemporaryDirectory
  let hotFolder: String
  private(set) var server: Child
  private(set) var agent: Child?
  private(set) var workshop: Child?
  private(set) var brand: Client
  private(set) var storefront: Client
  private(set) var otherBrand: Client
  private(set) var chief: Client
  var part = ""
  private(set) var licence = ""
  private(set) var url: String
  /// Whether ``reviveServer()`` had something to do; a test sets it back.
  var wasServerKilled = false
  /// The key that the first start prints.
  let operatorKey: String
  private let program: String
  private let http = HTTPClient()
  let shim: String
  private let power: PowerCut?
  private var starts = 0
  private var armed = 0

  /// - Parameters:
  ///   - canLosePower: whether ``losePower(_:)`` may be called.
  ///   - ignoring: synchronisations of the server that do nothing, from its first start on.
  init(canLosePower: Bool = false, ignoring: [String] = []) async throws {
    root = try TemporaryDirectory()
    program = try Product.require()
    hotFolder = root.path("hot-folder")
    for folder in ["hot-folder", "tmp", "shim"] {
      try FileManager.default.createDirectory(
        atPath: root.path(folder), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    shim = try Product.shim(into: root.path("shim"))
    power = canLosePower ? try PowerCut(into: root.path("shim/power")) : nil
    try power?.ignore(ignoring, of: .server)
    server = try Self.start(
      program, root, .server, Self.serve(root, port: "0"),
      try Self.environment(root, .server, shim, power), number: 0)
    let child = server
    let lines = try await eventually("the server's first words") { () -> [JSON]? in
      let lines = child.text.split(separator: "\n").compactMap { try? JSON($0.utf8) }
      guard child.isRunning else { throw Child.Failure(description: "the server ended") }
      return lines.contains { $0["event"] == "ready" } ? lines : nil
    }
    url = lines.first { $0["event"] == "ready" }?["url"].text ?? ""
    let key = lines.first { $0["event"] == "operator_key" }?["key"].text ?? ""
    operatorKey = key
    chief = Client(url: url, key: key, http: http)
    let keys = try await Self.brand(chief, "Linnea Living")
    (brand, storefront) = (
      Client(url: url, key: keys.brand, http: http), Client(url: url, key: keys.shop, http: http)
    )
    otherBrand = Client(url: url, key: try await Self.brand(chief, "Other").brand, http: http)
    try await enrol(try await Self.bureau(chief, http))
    try startAgent()
  }

  deinit { http.shutdown() }

  // MARK: processes

  /// Starts the server again, where it was, and waits until it is ready.
  func startServer() async throws {
    server = try start(
      .server, Self.serve(root, port: String(url.split(separator: ":").last ?? "")))
    let child = server
    try await eventually("the server's return") { () -> Bool? in
      guard child.isRunning else {
        throw Child.Failure(description: "the server does not start again: \(log(.server))")
      }
      return child.text.contains("\"ready\"") ? true : nil
    }
  }

  /// Starts the server again if the shim has killed it; from then on nothing is counted.
  func reviveServer() async throws {
    guard !server.isRunning else { return }
    guard server.wasKilled else {
      throw Child.Failure(description: "the server ended by itself: \(log(.server))")
    }
    wasServerKilled = true
    disarm(.server)
    try await startServer()
  }

  func startAgent() throws {
    agent = try start(
      .agent,
      [
        "agent", "run", "--data", root.path("agent"), "--hot-folder", hotFolder, "--accept", "all",
      ])
  }

  func startWorkshop() throws {
    workshop = try Child(
      program, ["agent", "workshop", "--hot-folder", hotFolder, "--seconds", "0"],
      output: root.path("workshop.out"), errors: root.path("workshop.log"),
      environment: ["TMPDIR": root.path("tmp")])
  }

  func child(_ part: Part) -> Child? { part == .server ? server : agent }

  /// The end of a process's log.
  func log(_ part: Part) -> String {
    let text = (try? String(contentsOfFile: root.path("\(part).log"), encoding: .utf8)) ?? ""
    return String(text.suffix(2000))
  }

  private func start(_ part: Part, _ arguments: [String]) throws -> Child {
    starts += 1
    return try Self.start(
      program, root, part, arguments, try Self.environment(root, part, shim, power), number: starts)
  }

  private static func start(
    _ program: String, _ root: TemporaryDirectory, _ part: Part, _ arguments: [String],
    _ environment: [String: String], number: Int
  ) throws -> Child {
    try Child(
      program, arguments, output: root.path("\(part)-\(number).out"),
      errors: root.path("\(part).log"), environment: environment)
  }

  private static func environment(
    _ root: TemporaryDirectory, _ part: Part, _ shim: String, _ power: PowerCut?
  ) throws -> [String: String] {
    let own = [
      "LD_PRELOAD": shim, "EVERPART_KILL_TRIGGER": root.path("shim/\(part)"),
      "TMPDIR": root.path("tmp"),
    ]
    return own.merging(try power?.environment(of: part, beside: shim) ?? [:]) { $1 }
  }

  // MARK: power cuts

  /// Kills a process, and everything that it did not synchronise is gone. The bureau's tools run on
  /// the agent's machine, and start again too.
  func losePower(_ part: Part) throws {
    child(part)?.kill()
    if part == .agent { workshop?.kill() }
    let folders = part == .server ? ["broker", "keys"] : ["agent"]
    for folder in folders { try power?.restore(root.path(folder), of: part) }
    if part == .agent {
      // The bureau's tools write in the hot folder too.
      try power?.restore(hotFolder, of: part, endings: [".stl", ".stl.ticket.json"])
      if workshop != nil { try startWorkshop() }
    }
  }

  /// From now on synchronising these does nothing (``PowerCut/ignore(_:of:)``).
  func ignore(_ calls: [String], of part: Part) throws { try power?.ignore(calls, of: part) }

  private static func serve(_ root: TemporaryDirectory, port: String) -> [String] {
    [
      "serve", "--preview-width", "0", "--json", "--port", port, "--data", root.path("broker"),
      "--key-ring",
      root.path("keys/key-ring.json"), "--offer-seconds", "600",
    ]
  }

  // MARK: the shim

  /// Lets the shim count a process's durable writes and kill it at one; 0 only counts.
  ///
  /// - Parameter ending: counts only the writes of files whose names end so.
  func arm(_ part: Part, at number: Int, _ moment: String, ending: String = "") throws {
    armed += 1
    try? FileManager.default.removeItem(atPath: root.path("shim/\(part).log"))
    try root.write("\(armed) \(number) \(moment) \(ending)\n".utf8, to: "shim/.new")
    _ = rename(root.path("shim/.new"), root.path("shim/\(part)"))
  }

  func disarm(_ part: Part) { unlink(root.path("shim/\(part)")) }

  /// What the shim counted since it was armed: a line a durable write.
  func counted(_ part: Part) -> [String] {
    let text = try? String(contentsOfFile: root.path("shim/\(part).log"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").map {
      String($0).replacingOccurrences(of: root.path + "/", with: "")
    }
  }

  // MARK: tenants

  private static func brand(_ chief: Client, _ name: String) async throws -> (
    brand: String, shop: String
  ) {
    let brand = try await chief.post("/v1/operator/brands", ["name": .text(name)]).must()
    let path = "/v1/operator/brands/\(brand["id"].text)/keys"
    let keys = [
      try await chief.post(path, ["role": "owner", "label": "test"]).must(),
      try await chief.post(path, ["role": "storefront", "label": "test"]).must(),
    ]
    return (keys[0]["key"].text, keys[1]["key"].text)
  }

  /// A bureau with an extruder; its key.
  private static func bureau(_ chief: Client, _ http: HTTPClient) async throws -> String {
    let bureau = try await chief.post("/v1/operator/bureaus", ["name": "Spreewerk"]).must()
    let key = try await chief.post(
      "/v1/operator/bureaus/\(bureau["id"].text)/keys", ["label": "agent"]
    ).must()["key"].text
    let client = Client(url: chief.url, key: key, http: http)
    let site = try await chief.post(
      "/v1/operator/bureaus/\(bureau["id"].text)/sites",
      [
        "name": "Berlin", "country": "DE",
        "coordinates": ["latitude": .number(52.52), "longitude": .number(13.405)],
      ]
    ).must()
    _ = try await client.post(
      "/v1/bureau/sites/\(site["id"].text)/machines",
      [
        "name": "Extruder", "process": "MEX", "materials": ["PETG"],
        "build_volume_mm": [250, 210, 210],
      ]
    ).must()
    return key
  }

  private func enrol(_ key: String) async throws {
    let enrolment = try Child(
      program, ["agent", "enrol", "--server", url, "--data", root.path("agent")],
      output: root.path("enrol.out"), errors: root.path("enrol.log"),
      environment: try Self.environment(root, .agent, shim, power).merging(["EVERPART_KEY": key]) {
        $1
      })
    let code = try await eventually("the enrolment") { enrolment.status }
    guard code == 0 else {
      let said = try String(contentsOfFile: root.path("enrol.log"), encoding: .utf8)
      throw Child.Failure(description: "enrolment ended with \(code): \(said)")
    }
  }

  /// In an installation that has just begun, with a brand that came from another one: gets its keys, and
  /// a bureau with its agent.
  func moveIn(_ id: String) async throws {
    let lines = server.text.split(separator: "\n").compactMap { try? JSON($0.utf8) }
    let key = lines.first { $0["event"] == "operator_key" }?["key"].text ?? ""
    chief = Client(url: url, key: key, http: http)
    let path = "/v1/operator/brands/\(id)/keys"
    for (role, place) in [("owner", \JourneyWorld.brand), ("storefront", \.storefront)] {
      let made = try await chief.post(path, ["role": .text(role), "label": "first"]).must()
      self[keyPath: place] = Client(url: url, key: made["key"].text, http: http)
    }
    try FileManager.default.removeItem(atPath: root.path("agent"))
    try await enrol(try await Self.bureau(chief, http))
    try startAgent()
  }

  // MARK: designs and orders

  /// A draft design; its path.
  func draft(
    idempotencyKey: String? = nil, postQuantumOnly: Bool = true
  ) async throws -> String {
    let design = try await brand.post(
      "/v1/brand/designs",
      [
        "name": "Leg cap",
        "profile": [
          "process": "MEX", "material": "PETG", "layer_height_um": 200, "tolerance": "ISO 2768-m",
          "finish": "as printed", "orientation": "base down", "certifications": [],
          "inspection": [
            ["feature": "height", "nominal_mm": 29, "tolerance_mm": .number(0.5)]
          ],
        ],
        "pq_only": .bool(postQuantumOnly),
        "licence": ["authorised_units": 1000, "scrap_allowance": 5],
      ], idempotencyKey: idempotencyKey
    ).must()
    return "/v1/brand/designs/\(design["id"].text)"
  }

  func upload(
    _ mesh: HTTPBody, to design: String, by client: Client? = nil
  ) async throws -> Answer {
    try await (client ?? brand).send(
      "POST", "\(design)/files?name=leg-cap.stl", mesh, type: "model/stl")
  }

  /// Releases a design with this mesh and sells it.
  func publish(_ mesh: [UInt8], drawing: [UInt8]? = nil) async throws {
    try await publish(.bytes(mesh), sku: "GC-25", drawing: drawing)
  }

  func publish(
    _ mesh: HTTPBody, sku: String, drawing: [UInt8]? = nil, postQuantumOnly: Bool = true
  ) async throws {
    let design = try await draft(postQuantumOnly: postQuantumOnly)
    _ = try await upload(mesh, to: design).must()
    if let drawing {
      _ = try await brand.send(
        "POST", "\(design)/files?name=sheet.pdf&purpose=drawing", .bytes(drawing),
        type: "application/pdf"
      ).must()
    }
    // A release waits for the measuring, but not as long as a large mesh takes in a debug build.
    let released = try await eventually("measured and released", seconds: 300) { () -> JSON? in
      let answer = try await brand.post("\(design)/release")
      return answer.status == 423 ? nil : try answer.must()
    }
    licence = released["licence"]["id"].text
    part = try await brand.post(
      "/v1/brand/parts",
      [
        "design": released["id"], "sku": .text(sku), "name": "Leg cap", "description": "",
        "fits": ["Chair"], "price": ["minor_units": 390, "currency": "EUR"],
        "payout": ["minor_units": 240, "currency": "EUR"], "lead_days": 5,
      ]
    ).must()["id"].text
  }

  /// Orders are for this part from now on.
  func sell(_ part: String) { self.part = part }

  func place(idempotencyKey: String) async throws -> Answer {
    try await storefront.post(
      "/v1/storefront/orders",
      [
        "part": .text(part), "quantity": 1,
        "ship_to": [
          "name": "Hanne Petersen", "lines": ["Elbchaussee 12"], "postal_code": "22765",
          "city": "Hamburg", "country": "DE",
          "coordinates": ["latitude": .number(53.55), "longitude": .number(9.99)],
        ],
      ], idempotencyKey: idempotencyKey)
  }

  func licenceCounts() async throws -> JSON {
    try await brand.get("/v1/brand/licences/\(licence)").must()
  }

  /// All of the licence's ledger entries: the view of the licence itself shows the first hundred.
  func licenceEntries() async throws -> [JSON] {
    var entries: [JSON] = []
    while true {
      let after = entries.last.map { "&starting_after=\($0["id"].text)" } ?? ""
      let page = try await brand.get("/v1/brand/licences/\(licence)/entries?limit=100\(after)")
        .must()
      entries += page["data"].items
      if page["has_more"] != .bool(true) { return entries }
    }
  }
}
