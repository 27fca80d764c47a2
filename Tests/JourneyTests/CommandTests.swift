import Foundation
import TestSupport
import Testing

extension Journeys {
  @Test("commands: an open mesh stays a draft until it is released; an unmakeable order fails")
  func commands() async throws {
    let world = try await JourneyWorld()
    try Self.write(world)
    let open = try await world.command(
      "brand", "upload", Repository.path("Fixtures/meshes/cube_open.stl"), "--profile",
      world.root.path("profile.json"), "--units", "5", key: world.brand.key)
    #expect(open.code == 1)
    #expect(open.said.contains("draft") && open.said.contains("mesh.not_closed"), "\(open.said)")
    #expect(!open.said.contains("mm³"))
    let design = try #require(open.said.firstMatch(of: /dsn_[0-9a-f]+/)).output
    #expect(open.said.contains("everpart brand release \(design)"))
    let released = try await world.command(
      "brand", "release", String(design), key: world.brand.key)
    #expect(released.code == 0 && released.said.contains("released"), "\(released.said)")
    let allowed = try await world.command(
      "brand", "upload", Repository.path("Fixtures/meshes/cube_open.stl"), "--profile",
      world.root.path("profile.json"), "--units", "5", "--allow-open", key: world.brand.key)
    #expect(allowed.code == 0 && allowed.said.contains("released"), "\(allowed.said)")

    try await Self.suspected(world)

    let part = try await world.brand.post(
      "/v1/brand/parts",
      [
        "design": .text(String(design)), "sku": "X", "name": "Cube", "description": "", "fits": [],
        "price": ["minor_units": 390, "currency": "EUR"],
        "payout": ["minor_units": 240, "currency": "EUR"], "lead_days": 5,
      ]
    ).must()["id"].text
    let placed = try await world.command(
      "order", "place", part, "--ship-to", world.root.path("address.json"),
      key: world.storefront.key)
    #expect(placed.code == 1 && placed.said.contains("unmakeable"), "\(placed.said)")
  }

  /// A part whose size suggests another unit stays a draft; saying the unit releases it, millimetres too.
  private static func suspected(_ world: JourneyWorld) async throws {
    let file = try world.root.write(SampleMesh.box(1.5, 1.2, 0.4), to: "inch.stl")
    let upload = [
      "brand", "upload", file, "--profile", world.root.path("profile.json"), "--units", "50",
    ]
    let held = try await world.command(upload, key: world.brand.key)
    #expect(held.code == 1 && held.said.contains("mesh.unit_suspected"), "\(held.said)")
    #expect(held.said.contains("  draft\n") && !held.said.contains("  released"), "\(held.said)")
    let command = try #require(
      held.said.firstMatch(of: /everpart (brand withdraw dsn_\w+ rev_\w+ --reason unit)/)
    ).output.1
    let withdrawn = try await world.command(
      command.split(separator: " ").map(String.init), key: world.brand.key)
    #expect(withdrawn.code == 0 && withdrawn.said.contains("withdrawn"), "\(withdrawn.said)")
    for (unit, size) in [("inch", "38.1"), ("millimeter", "1.5")] {
      let said = try await world.command(upload + ["--unit", unit], key: world.brand.key)
      #expect(said.code == 0 && said.said.contains("released"), "\(said.said)")
      #expect(said.said.contains(size), "\(said.said)")
    }
  }

  /// A profile in a material that nobody has, and an address.
  private static func write(_ world: JourneyWorld) throws {
    let profile = """
      {"process": "MEX", "material": "PEEK", "layer_height_um": 200, "tolerance": "ISO 2768-m",
       "finish": "as printed", "orientation": "base down", "certifications": [], "inspection": []}
      """
    let address = """
      {"name": "Hanne Petersen", "lines": ["Elbchaussee 12"], "postal_code": "22765",
       "city": "Hamburg", "country": "DE", "coordinates": {"latitude": 53.55, "longitude": 9.99}}
      """
    try world.root.write(profile.utf8, to: "profile.json")
    try world.root.write(address.utf8, to: "address.json")
  }
}

extension JourneyWorld {
  /// What a command of a key's owner finds around it.
  func environment(of key: String) -> [String: String] {
    [
      "EVERPART_SERVER": url, "EVERPART_KEY": key, "TMPDIR": root.path("tmp"),
      "XDG_STATE_HOME": root.path("state"),
    ]
  }

  /// Runs a command to its end: its exit code, and what it said on both streams.
  func command(_ arguments: String..., key: String) async throws -> (code: Int32, said: String) {
    try await command(arguments, key: key)
  }

  func command(_ arguments: [String], key: String) async throws -> (code: Int32, said: String) {
    let (output, errors) = (root.path("command.out"), root.path("command.err"))
    try? FileManager.default.removeItem(atPath: errors)
    let child = try Child(
      try Product.require(), arguments, output: output, errors: errors,
      environment: environment(of: key))
    try await eventually("the end of \(arguments)") { child.status }
    return (
      child.exitCode ?? -1,
      child.text + ((try? String(contentsOfFile: errors, encoding: .utf8)) ?? "")
    )
  }
}
