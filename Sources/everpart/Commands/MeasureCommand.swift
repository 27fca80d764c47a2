import ArgumentParser
import Domain

extension BrandCommand {
  struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "measure",
      abstract: "Show what is measured of a design's mesh, have it tried again, or say it.",
      discussion: """
        A mesh is measured after its upload, with a limit on time and memory. One that has ended its \
        worker twice is in quarantine: it is not tried again unless somebody asks. A STEP file has no \
        mesh: where the broker has no converter for it, its brand says its sizes, with --size, --volume \
        and --area.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "dsn_….") var design: String
    @Flag(help: "Try a mesh again that was refused or is in quarantine.") var again = false
    @Option(help: ArgumentHelp("A STEP file's box in mm, 60x40x10.", valueName: "x×y×z"))
    var size: BuildVolume?
    @Option(help: "A STEP file's volume in mm³.") var volume: Double?
    @Option(help: "A STEP file's surface in mm².") var area: Double?

    func validate() throws {
      let said = [size != nil, volume != nil, area != nil]
      guard Set(said).count == 1 else {
        throw ValidationError("--size, --volume and --area go together.")
      }
      guard !again || size == nil else {
        throw ValidationError("Say sizes, or have the broker try again.")
      }
    }

    func run() async throws {
      let client = try options.client()
      let path = "/v1/brand/designs/\(try escaped(design))"
      if let size = size?.millimetres, let volume, let area {
        let sizes: JSONValue = [
          "size_mm": [.number(size.x), .number(size.y), .number(size.z)],
          "volume_mm3": .number(volume), "area_mm2": .number(area),
        ]
        // A file that came just now is looked at first.
        _ = try await Measuring.wait(for: path, client)
        let design = try await client.send("PUT", "\(path)/measurement", sizes)
        return try options.show(design) { designLines(design).forEach { Terminal.write($0) } }
      }
      if again { try await client.post("\(path)/measurement") }
      let measurement = try await Measuring.wait(for: path, client)
      try options.show(measurement) {
        Terminal.write(
          "File      \(measurement["file"].text)  \(Measuring.words(for: measurement))")
        if let vertices = measurement["vertices"].integer {
          let isWatertight = measurement["watertight"] == true
          Terminal.write(
            "          \(vertices) vertices, shells: \(measurement["shells"].text), "
              + (isWatertight ? "watertight" : "not watertight"))
        }
        for problem in measurement["problems"].elements {
          let text = "          \(problem["code"].text): \(problem["message"].text)"
          Terminal.write(Terminal.paint(text, .yellow))
        }
      }
      try Measuring.check(measurement)
    }
  }
}

extension OperatorCommand {
  struct MeasureAgain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "measure-again",
      abstract: "Have a brand's mesh measured again that is in quarantine.",
      discussion: """
        The server's log names such meshes. More memory or time for a mesh is serve's to give.
        """)
    @OptionGroup var options: ClientOptions
    @Argument(help: "brd_….") var brand: String
    @Argument(help: "dsn_….") var design: String

    func run() async throws {
      let standing = try await options.client().post(
        "/v1/operator/brands/\(try escaped(brand))/designs/\(try escaped(design))/measurement")
      try options.show(standing) {
        Terminal.write("File  \(standing["file"].text)  \(Measuring.words(for: standing))")
      }
    }
  }
}

/// Waiting for the broker to measure a mesh.
enum Measuring {
  /// How long one request waits.
  private static let waitSeconds = 10

  /// What is measured of a design's mesh, once it is; says so after a second.
  ///
  /// - Parameter path: the design's.
  static func wait(for path: String, _ client: BrokerClient) async throws -> JSONValue {
    defer { Terminal.progress("") }
    let start = Ambient.system.uptime()
    var seconds = 1
    while true {
      let wait = seconds
      let measurement = try await Retrying.run {
        try await client.get("\(path)/measurement?wait=\(wait)")
      }
      let state = measurement["state"].text
      guard state == "pending" || state == "running" else { return measurement }
      let passed = Int((Ambient.system.uptime() - start) / .seconds(1))
      Terminal.progress(
        state == "running"
          ? "The broker measures the mesh, \(passed) s"
          : "The mesh waits for the broker to measure it, \(passed) s")
      seconds = waitSeconds
    }
  }

  /// How far a measurement is. A STEP file that the broker does not measure is a good one all the same: only its
  /// sizes are missing.
  static func words(for measurement: JSONValue) -> String {
    let hasNoSizes = measurement["code"].string?.hasPrefix("geometry.not_") == true
    return switch measurement["state"].text {
    case "pending": "waits to be measured"
    case "running": "is being measured"
    case "done": "measured"
    case "refused" where hasNoSizes: "kept, without sizes yet"
    case "refused": "refused"
    case "quarantined": "in quarantine, not measured"
    default: "not measured yet"
    }
  }

  /// Throws what a mesh that cannot be measured is refused with.
  static func check(_ measurement: JSONValue) throws {
    let state = measurement["state"].text
    guard state == "refused" || state == "quarantined" else { return }
    throw Problem(
      .conflict, measurement["code"].string ?? "mesh.quarantined", measurement["detail"].text)
  }
}
