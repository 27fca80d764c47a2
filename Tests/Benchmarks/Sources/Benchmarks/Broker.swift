import Foundation

/// `everpart serve` as anybody would start it, with a brand and a network of bureaus.
final class Broker {
  let server: Child
  let brand: Client
  let storefront: Client
  /// The key of the bureau that gets the orders: the nearest that qualifies.
  let bureau: Client
  private let directory: String

  static let bureauCount = 20

  /// In a directory of its own; enough for the process that is measured to be a usual one: of its
  /// twenty bureaus five have enrolled and fit, the others are excluded with their reasons.
  init(_ settings: Settings, in directory: String, options: [String] = []) throws {
    self.directory = directory
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    let output = "\(directory)/server.out"
    server = try Child(
      settings.everpart,
      [
        "serve", "--json", "--port", "0", "--data", "\(directory)/data", "--key-ring",
        "\(directory)/keys/key-ring.json", "--offer-seconds", "86400",
      ] + options, output: output, errors: "\(directory)/server.log")
    let (port, key) = try Self.firstWords(of: server, in: output)
    let chief = Client(port: port, key: key)
    let made = try chief.post("/v1/operator/brands", ["name": "Linnea Living"])["id"].text
    func brandKey(_ role: String) throws -> Client {
      let path = "/v1/operator/brands/\(made)/keys"
      return Client(
        port: port, key: try chief.post(path, ["role": role, "label": role])["key"].text)
    }
    brand = try brandKey("owner")
    storefront = try brandKey("storefront")
    bureau = try (0..<Self.bureauCount).map {
      try Self.addBureau($0, chief, settings, directory)
    }[0]
  }

  private static func firstWords(
    of server: Child, in output: String
  ) throws -> (port: Int, key: String) {
    let end = uptime() + 60
    while server.isRunning, uptime() < end {
      let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      let events = text.split(separator: "\n").compactMap { try? JSON(Array($0.utf8)) }
      if let ready = events.first(where: { $0["event"].text == "ready" }),
        let port = ready["url"].text.split(separator: ":").last.flatMap({ Int($0) })
      {
        return (port, events.first { $0["event"].text == "operator_key" }?["key"].text ?? "")
      }
      usleep(20_000)
    }
    throw Failure("everpart serve did not start")
  }

  /// Bureaus lie along a line away from the customer. Every fourth fits and enrols.
  private static func addBureau(
    _ number: Int, _ chief: Client, _ settings: Settings, _ directory: String
  ) throws -> Client {
    let id = try chief.post("/v1/operator/bureaus", ["name": "Bureau \(number)"])["id"].text
    let key = try chief.post("/v1/operator/bureaus/\(id)/keys", ["label": "agent"])["key"].text
    let bureau = Client(port: chief.port, key: key)
    let fits = number % 4 == 0
    let site = try chief.post(
      "/v1/operator/bureaus/\(id)/sites",
      [
        "name": "Site", "country": "DE",
        "coordinates": ["latitude": 53.5 - Double(number) / 10, "longitude": 10.0],
      ])["id"].text
    try bureau.post(
      "/v1/bureau/sites/\(site)/machines",
      [
        "name": "Extruder", "process": fits ? "MEX" : "MJT", "materials": ["PETG"],
        "build_volume_mm": [400, 400, 400],
      ])
    if fits {
      try Child.seconds(
        settings.everpart,
        [
          "agent", "enrol", "--server", "http://127.0.0.1:\(chief.port)", "--data",
          "\(directory)/agent-\(number)",
        ], environment: ["EVERPART_KEY": key])
    }
    return bureau
  }

  /// A new design without files; its identifier.
  func draft() throws -> String {
    try brand.post(
      "/v1/brand/designs",
      [
        "name": "Leg cap",
        "profile": [
          "process": "MEX", "material": "PETG", "layer_height_um": 200, "tolerance": "ISO 2768-m",
          "finish": "as printed", "orientation": "base down", "certifications": [String](),
          "inspection": [["feature": "height", "nominal_mm": 29, "tolerance_mm": 0.5]],
        ],
        "licence": ["authorised_units": 100_000_000, "scrap_allowance": 5],
      ])["id"].text
  }

  /// Uploads a mesh as a new design, releases it and sells it; the part's identifier.
  func publish(_ mesh: String, sku: String) throws -> String {
    let design = "/v1/brand/designs/\(try draft())"
    try brand.upload(mesh, to: "\(design)/files?name=part.stl", type: "model/stl")
    let released = try brand.post("\(design)/release")
    return try brand.post(
      "/v1/brand/parts",
      [
        "design": released["id"].text, "sku": sku, "name": "Leg cap", "description": "",
        "fits": ["Chair"], "price": ["minor_units": 390, "currency": "EUR"],
        "payout": ["minor_units": 240, "currency": "EUR"], "lead_days": 5,
      ])["id"].text
  }

  /// One order, as the storefront sends it.
  static func order(_ part: String) -> [String: Any] {
    [
      "part": part, "quantity": 1,
      "ship_to": [
        "name": "Hanne Petersen", "lines": ["Elbchaussee 12"], "postal_code": "22765",
        "city": "Hamburg", "country": "DE",
        "coordinates": ["latitude": 53.55, "longitude": 9.99],
      ],
    ]
  }
}
