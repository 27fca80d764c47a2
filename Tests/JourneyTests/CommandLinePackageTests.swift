import Foundation
import TestSupport
import Testing

extension CommandLineTools {
  @Test("a package verifies and opens offline, and says by name what is wrong with it")
  func package() async throws {
    let world = try await JourneyWorld()
    // Its files are used to the end.
    defer { withExtendedLifetime(world) {} }
    let mesh = Mesh.canary(seed: 51, tetrahedra: 400)
    try await world.publish(mesh, drawing: SampleDocument.pdf)
    let order = try await world.place(idempotencyKey: "package").must()["id"].text
    let job = try await eventually("the print: \(world.log(.agent))") { () -> String? in
      let job = try await world.brand.get("/v1/brand/orders/\(order)").must()["job"]
      return job["state"].text == "printing" ? job["id"].text : nil
    }
    let folder = try CommandFolder()
    let package = folder.path("package.tar")
    let fetched = try await folder.run(
      "bureau", "package", job, "-o", package, "--server", world.url, "--key-file",
      world.root.path("agent/api-key"))
    _ = fetched.must()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    let document = try await world.brand.get("/v1/trust").must()
    let trust = try folder.files.write(encoder.encode(document), to: "trust.json")
    let identity = world.root.path("agent/identity")
    // Offline from here.
    world.server.kill()

    let verified = try await folder.run("package", "verify", package, "--trust", trust, "--json")
    let manifest = try JSON(verified.must())
    #expect(manifest["job"].text == job && manifest["order"].text == order)
    let before = try folder.files.files()
    try await refusals(folder, package, trust, identity)
    #expect(try folder.files.files() == before)
    #expect(!FileManager.default.fileExists(atPath: folder.path("opened")))

    let open = [
      "package", "open", package, "--trust", trust, "-i", identity, "-o", folder.path("opened"),
    ]
    #expect(try await folder.run(open).must().starts(with: "verified  job \(job)\n".utf8))
    let opened = try folder.files.files().filter { $0.hasPrefix("opened/") }
    #expect(opened == ["opened/leg-cap.stl", "opened/sheet.pdf", "opened/ticket.json"])
    #expect(try folder.files.read("opened/sheet.pdf") == SampleDocument.pdf)
    #expect(try folder.files.read("opened/leg-cap.stl") == mesh)
    #expect(try JSON(folder.files.read("opened/ticket.json"))["job"].text == job)
    #expect(try folder.mode("opened") == 0o700 && folder.mode("opened/leg-cap.stl") == 0o600)
    // A folder that is there stays as it is.
    try await folder.run(open).isRefused(folder.path("opened"))
  }

  /// Damaged packages, other keys: each is refused by both commands with its code.
  private func refusals(
    _ folder: CommandFolder, _ package: String, _ trust: String, _ identity: String
  ) async throws {
    let (given, other) = (try TemporaryDirectory(), try CommandFolder())
    defer { withExtendedLifetime((given, other)) {} }
    let bytes = try folder.files.read("package.tar")
    let magic = Array("age-encryption.org/v1".utf8)
    let sealed = bytes.ranges(of: magic).map(\.lowerBound)
    try #require(sealed.count == 3, "a ticket, the mesh and the drawing")
    let signed = try #require(bytes.firstRange(of: Array("\"payload\":\"".utf8))).upperBound
    let changed = { (name: String, offset: Int) in
      var copy = bytes
      copy[offset] = copy[offset] == 0x41 ? 0x42 : 0x41
      return try given.write(copy, to: name)
    }
    let packages = [
      (try changed("manifest", signed + 400), "package.signature"),
      (try changed("ticket", sealed[0] + 300), "package.digest"),
      (try changed("header", sealed[1] + 300), "package.digest"),
      (try given.write(bytes[..<(sealed[1] + 20_000)], to: "cut"), "package.layout"),
      (try given.write([], to: "empty"), "package.layout"),
      (given.path("missing"), given.path("missing")),
    ]
    for (path, code) in packages {
      try await both(folder, path, trust, identity, code)
    }
    // What opens learns it from the chunk before the digest is complete.
    let payload = try changed("payload", sealed[1] + 20_000)
    try await both(
      folder, payload, trust, identity, "package.digest", opening: "package.sealing")
    // The public key of RFC 8032, section 7.1, test 1, in the place of the broker's own.
    let text = String(decoding: try folder.files.read("trust.json"), as: UTF8.self)
    let label = try #require(text.firstRange(of: "ed25519+ml-dsa-65:")).upperBound
    var stranger = text
    stranger.replaceSubrange(
      label..<text.index(label, offsetBy: 43), with: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    try await both(
      folder, package, given.write(stranger.utf8, to: "stranger"), identity, "package.untrusted")
    try await both(
      folder, package, given.write("{}".utf8, to: "no trust"), identity, "file.json")
    _ = try await other.key("key")
    let wrong = try await folder.run(
      "package", "open", package, "--trust", trust, "-i", other.path("key"), "-o",
      folder.path("opened"))
    wrong.isRefused("package.other_bureau")
    #expect(wrong.output.isEmpty)
  }

  private func both(
    _ folder: CommandFolder, _ package: String, _ trust: String, _ identity: String, _ code: String,
    opening: String? = nil
  ) async throws {
    let open = ["open", "-i", identity, "-o", folder.path("opened")]
    for (command, code) in [(["verify"], code), (open, opening ?? code)] {
      let outcome = try await folder.run(["package"] + command + [package, "--trust", trust])
      outcome.isRefused(code)
      #expect(outcome.output.isEmpty, "\(code)")
    }
  }
}
