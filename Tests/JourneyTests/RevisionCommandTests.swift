import Foundation
import TestSupport
import Testing

extension Journeys {
  @Test("commands: a revision with documents is sold, superseded by the next, and withdrawn")
  func revisions() async throws {
    let world = try await JourneyWorld()
    let key = world.brand.key
    let profile = try world.root.write(Self.profile.utf8, to: "profile.json")
    let drawing = try world.root.write(SampleDocument.pdf, to: "sheet.pdf")
    let plan = try world.root.write(SampleDocument.csv, to: "plan.csv")
    let mesh = Repository.path("Fixtures/parts/leg-cap.stl")
    let uploaded = try await world.command(
      "brand", "upload", mesh, "--profile", profile, "--units", "9", "--drawing", drawing,
      "--inspection-plan", plan, key: key)
    #expect(uploaded.code == 0, "\(uploaded.said)")
    #expect(uploaded.said.contains("File      sheet.pdf  drawing, "), "\(uploaded.said)")
    let design = String(try #require(uploaded.said.firstMatch(of: /dsn_[0-9a-f]+/)).output)
    let first = String(try #require(uploaded.said.firstMatch(of: /rev_[0-9a-f]+/)).output)
    let part = try await world.brand.post(
      "/v1/brand/parts",
      [
        "design": .text(design), "sku": "LC", "name": "Leg cap", "description": "", "fits": [],
        "price": ["minor_units": 390, "currency": "EUR"],
        "payout": ["minor_units": 240, "currency": "EUR"], "lead_days": 5,
      ]
    ).must()["id"].text
    world.part = part
    _ = try await world.place(idempotencyKey: "first").must()
    try await eventually("the documents beside the part: \(world.log(.agent))") {
      let names = try FileManager.default.contentsOfDirectory(atPath: world.hotFolder)
      return [".drawing-1.pdf", ".inspection_plan-1.csv", ".stl"].allSatisfy { ending in
        names.contains { $0.hasPrefix("job_") && $0.hasSuffix(ending) }
      } ? true : nil
    }

    let opened = try await world.command("brand", "revise", design, key: key)
    #expect(opened.code == 0 && opened.said.contains("2  draft"), "\(opened.said)")
    let wrong = try await world.command(
      "brand", "add-file", design, mesh, "--purpose", "drawing", key: key)
    #expect(wrong.code == 1 && wrong.said.contains("file.media_type"), "\(wrong.said)")
    for (file, purpose) in [(mesh, "geometry"), (plan, "inspection_plan")] {
      let added = try await world.command(
        "brand", "add-file", design, file, "--purpose", purpose, key: key)
      #expect(added.code == 0, "\(added.said)")
    }
    let released = try await world.command("brand", "release", design, key: key)
    #expect(released.code == 0 && released.said.contains("released"), "\(released.said)")
    let withdrawn = try await world.command(
      "brand", "withdraw", design, first, "--reason", "It breaks.", key: key)
    #expect(withdrawn.code == 0 && withdrawn.said.contains("withdrawn: It breaks."))
    let listed = try await world.command("brand", "revisions", design, key: key)
    #expect(listed.said.contains("2  released") && listed.said.contains("1  withdrawn"))

    for (file, bytes) in [("leg-cap.stl", try Repository.bytes("Fixtures/parts/leg-cap.stl"))] {
      let back = try await world.command(
        "brand", "download", design, file, "-o", world.root.path("back.stl"), key: key)
      #expect(back.code == 0, "\(back.said)")
      #expect(try world.root.read("back.stl") == bytes)
      let refused = try await world.command(
        "brand", "download", design, file, "-o", world.root.path("stolen.stl"),
        key: world.otherBrand.key)
      #expect(refused.code == 1)
      #expect(try !world.root.files().contains { $0.contains("stolen") })
    }
    let misspelt = try await world.command(
      "brand", "download", design, "cap.stl", "-o", world.root.path("no.stl"), key: key)
    #expect(misspelt.code == 1 && misspelt.said.contains("It has “leg-cap.stl”"))

    // The agent puts away what it was printing.
    try await eventually("an empty hot folder: \(world.log(.agent))") {
      let names = try FileManager.default.contentsOfDirectory(atPath: world.hotFolder)
      return names.contains { $0.contains("job_") } ? nil : true
    }
    #expect(try await world.place(idempotencyKey: "second").must()["state"].text == "placed")
  }

  private static let profile = """
    {"process": "MEX", "material": "PETG", "layer_height_um": 200, "tolerance": "ISO 2768-m",
     "finish": "as printed", "orientation": "base down", "certifications": [], "inspection": []}
    """
}
