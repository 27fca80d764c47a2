import Domain
import Foundation
import Glibc

/// The processes, tenants and designs of the demonstration.
struct DemoStage {
  struct Bureau {
    let plan: DemoWorld.Bureau
    let id: String
    let client: BrokerClient
  }

  struct Design {
    let plan: DemoWorld.Part
    let part: String
    let licence: String
  }

  let root: String
  let parts: String
  let printSeconds: Double
  private(set) var url = ""
  private(set) var bureaus: [Bureau] = []
  private(set) var designs: [Design] = []
  private(set) var brand: BrokerClient?
  private(set) var storefront: BrokerClient?
  private var operatorClient: BrokerClient?
  private var keys: [(name: String, value: String)] = []
  private var children: [DemoProcess] = []

  init(root: String, parts: String, printSeconds: Double) {
    self.root = root
    self.parts = parts
    self.printSeconds = printSeconds
  }

  mutating func startBroker() async throws {
    let broker = try DemoProcess(
      [
        "serve", "--data", "\(root)/broker", "--key-ring", "\(root)/keys/key-ring.json", "--port",
        "0", "--offer-seconds", "600", "--preview-width", "0", "--json",
      ], log: "\(root)/broker.log")
    children.append(broker)
    var operatorKey: String?
    for await event in broker.events {
      if event["event"] == "operator_key" { operatorKey = event["key"].string }
      if event["event"] == "ready" {
        url = event["url"].text
        break
      }
    }
    guard let operatorKey, !url.isEmpty else {
      throw Problem(.failed, "demo.broker", "The broker did not start; see \(broker.log).")
    }
    operatorClient = BrokerClient(server: url, key: operatorKey)
    keys.append(("OPERATOR", operatorKey))
    done("broker", "\(url), SQLite and files in \(root)/broker")
  }

  mutating func admitBrand() async throws {
    guard let operatorClient else { return }
    let brand = try await operatorClient.post("/v1/operator/brands", ["name": "Linnea Living"])
    for (name, role) in [("brand", "owner"), ("storefront", "storefront")] {
      let key = try await operatorClient.post(
        "/v1/operator/brands/\(brand["id"].text)/keys", ["role": .string(role), "label": "demo"])
      keys.append((name.uppercased(), key["key"].text))
      let client = BrokerClient(server: url, key: key["key"].text)
      if name == "brand" { self.brand = client } else { storefront = client }
    }
    done("brand", "Linnea Living")
  }

  mutating func admit(_ plan: DemoWorld.Bureau) async throws {
    guard let operatorClient else { return }
    let bureau = try await operatorClient.post(
      "/v1/operator/bureaus", ["name": .string(plan.name)])
    let path = "/v1/operator/bureaus/\(bureau["id"].text)"
    let key = try await operatorClient.post("\(path)/keys", ["label": "agent"])["key"].text
    keys.append((plan.city.uppercased(), key))
    let client = BrokerClient(server: url, key: key)
    let site = try await operatorClient.post(
      "\(path)/sites",
      [
        "name": .string(plan.city), "country": .string(plan.country),
        "coordinates": [
          "latitude": .number(plan.latitude), "longitude": .number(plan.longitude),
        ],
      ])
    for machine in plan.machines {
      _ = try await client.post(
        "/v1/bureau/sites/\(site["id"].text)/machines",
        [
          "name": .string(machine.name), "process": .string(machine.process),
          "materials": .array(machine.materials.map(JSONValue.string)),
          "build_volume_mm": .array(machine.volume.map(JSONValue.number)),
        ])
    }
    let today = Ambient.system.now().day
    for certificate in plan.certificates {
      _ = try await operatorClient.post(
        "\(path)/certifications",
        [
          "scheme": .string(certificate.scheme), "issuer": .string(certificate.issuer),
          "valid_from": .string("\(today + -200)"), "valid_until": .string("\(today + 500)"),
          "document_sha256": .string(String(repeating: "0", count: 64)),
        ])
    }
    try startAgent(plan, key: key)
    bureaus.append(Bureau(plan: plan, id: bureau["id"].text, client: client))
    let made = plan.machines.map { "\($0.process) \($0.materials.joined(separator: "/"))" }
    let held = plan.certificates.map(\.scheme)
    done(
      "bureau",
      "\(plan.name), \(plan.city): \(made.joined(separator: ", "))"
        + (held.isEmpty ? "" : "; \(held.joined(separator: ", "))")
        + "; \(plan.classicalKey ? "X25519" : "post-quantum") key"
        + (plan.answersByHand ? "; a person answers offers" : ""))
  }

  private mutating func startAgent(_ plan: DemoWorld.Bureau, key: String) throws {
    let (data, folder) = ("\(root)/\(plan.folder)-agent", "\(root)/\(plan.folder)-hot-folder")
    _ = try DemoProcess.run(
      DemoProcess.executable,
      ["agent", "enrol", "--server", url, "--data", data] + (plan.classicalKey ? ["--x25519"] : []),
      environment: ["EVERPART_KEY": key])
    children.append(
      try DemoProcess(
        [
          "agent", "run", "--data", data, "--hot-folder", folder, "--accept",
          plan.answersByHand ? "ask" : "all",
        ], log: "\(root)/\(plan.folder)-agent.log"))
    children.append(
      try DemoProcess(
        ["agent", "workshop", "--hot-folder", folder, "--seconds", String(printSeconds)],
        log: "\(root)/\(plan.folder)-workshop.log"))
  }

  mutating func upload(_ plan: DemoWorld.Part) async throws {
    guard let brand else { return }
    var profile = try JSONDecoder().decode(
      [String: JSONValue].self,
      from: Data(try readSmallFile("\(parts)/\(plan.file).profile.json").utf8))
    if let material = plan.material { profile["material"] = .string(material) }
    let design = try await brand.post(
      "/v1/brand/designs",
      [
        "name": .string(plan.name), "profile": .object(profile),
        "licence": ["authorised_units": .integer(plan.units), "scrap_allowance": 5],
        "pq_only": .bool(!plan.allowsClassicalKeys),
      ])
    let path = "/v1/brand/designs/\(design["id"].text)"
    let file = try await brand.upload(
      "\(path)/files?name=\(plan.file).stl", file: "\(parts)/\(plan.file).stl",
      mediaType: "model/stl")
    let released = try await brand.post("\(path)/release")
    let part = try await brand.post(
      "/v1/brand/parts",
      [
        "design": design["id"], "sku": .string(plan.sku), "name": .string(plan.name),
        "description": "", "fits": .array(plan.fits.map(JSONValue.string)),
        "price": ["minor_units": .integer(plan.price), "currency": "EUR"],
        "payout": ["minor_units": .integer(plan.payout), "currency": "EUR"], "lead_days": 5,
      ])
    designs.append(
      Design(plan: plan, part: part["id"].text, licence: released["licence"]["id"].text))
    let measured = file["measurement"]
    done(
      plan.sku,
      "\(plan.name): \(measured["triangles"].text) triangles, "
        + measured["size_mm"].elements.map(\.text).joined(separator: " × ")
        + " mm, sealed; \(profile["process"]?.text ?? "") \(profile["material"]?.text ?? ""), "
        + "\(plan.units) units licensed")
  }

  /// Throws when a process of the demonstration has died.
  func checkAlive() throws {
    if let dead = children.first(where: { !$0.isRunning }) {
      throw Problem(.failed, "demo.child", "A process ended too early; see \(dead.log).")
    }
  }

  /// Ends every child: gracefully within five seconds, else for certain.
  func stop() {
    children.reversed().forEach { $0.stop() }
    for _ in 0..<50 where children.contains(where: \.isRunning) { usleep(100_000) }
    children.forEach { $0.kill() }
  }

  func showCommands() {
    Terminal.write("\nThe server and the agents stay up until you press Ctrl-C. Try:\n")
    Terminal.write("  export EVERPART_SERVER=\(url)")
    for key in keys { Terminal.write("  export KEY_\(key.name)=\(key.value)") }
    Terminal.write(
      """

        curl -s $EVERPART_SERVER/v1/storefront/parts -H "Authorization: Bearer $KEY_STOREFRONT"
        curl -s $EVERPART_SERVER/v1/brand/orders -H "Authorization: Bearer $KEY_BRAND"
        curl -s $EVERPART_SERVER/v1/trust
        EVERPART_KEY=$KEY_BRAND \(DemoProcess.executable) brand orders
      """)
  }

  /// Waits until Ctrl-C, or until a process ends.
  func waitForEnd() async throws {
    while true {
      try checkAlive()
      try await Task.sleep(for: .seconds(1))
    }
  }

  private func done(_ what: String, _ text: String) {
    let label = what + String(repeating: " ", count: max(1, 10 - what.count))
    Terminal.write(
      "  " + Terminal.paint("✓", .green) + " " + Terminal.paint(label, .dim),
      columns: 4 + label.count, text)
  }
}
