import Foundation
import HTTPClient
import TestSupport
import Testing

extension Journeys {
  /// A catalogue in a folder of a journey's world.
  private struct CatalogueFolder {
    static let profile = """
      {"process": "MEX", "material": "PETG", "layer_height_um": 200, "tolerance": "ISO 2768-m",
       "finish": "as printed", "orientation": "base down", "certifications": [], "inspection": []}
      """
    let world: JourneyWorld
    var rows: [(sku: String, cells: String)] = []

    var file: String { world.root.path("catalogue.csv") }
    var folder: String { world.root.path("parts") }

    init(_ world: JourneyWorld) throws {
      self.world = world
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try world.root.write(Self.profile.utf8, to: "parts/petg.json")
      try world.root.write(
        Self.profile.replacingOccurrences(of: "PETG", with: "PLA").utf8, to: "parts/pla.json")
    }

    mutating func add(
      _ sku: String, name: String = "Cap", price: String = "3,90", profile: String = "petg.json",
      geometry: String, design: String = ""
    ) {
      rows.append((sku, "\(name);\(price);2,40;EUR;\(profile);\(geometry);50;\(design)"))
    }

    func write() throws {
      let head = "sku;name;price;payout;currency;profile;geometry;units;design\r\n"
      let text = "\u{FEFF}" + head + rows.map { "\($0.sku);\($0.cells)\r\n" }.joined()
      try world.root.write(text.utf8, to: "catalogue.csv")
    }

    /// Runs the import to its end: its exit code, and each row's result by SKU.
    func run(_ more: String...) async throws -> (code: Int32, results: [String: JSON]) {
      let run = try await world.command(
        ["brand", "import", file, folder, "--json"] + more, key: world.brand.key)
      let lines = run.said.split(separator: "\n").compactMap { try? JSON(Array($0.utf8)) }
      return (
        run.code,
        Dictionary(lines.map { ($0["sku"].text, $0) }, uniquingKeysWith: { first, _ in first })
      )
    }

    func start(_ number: Int, state: String) throws -> Child {
      try Child(
        try Product.require(), ["brand", "import", file, folder, "--json"],
        output: world.root.path("import-\(number).out"),
        errors: world.root.path("import-\(number).err"),
        environment: world.environment(of: world.brand.key).merging([
          "XDG_STATE_HOME": world.root.path(state)
        ]) { $1 })
    }
  }

  @Test(
    "an import survives kill -9 of the command, on another machine, and of the server: a part a row"
  )
  func catalogueKills() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    var catalogue = try CatalogueFolder(world)
    var meshes: [String: [UInt8]] = [:]
    for number in 0..<16 {
      let mesh = Mesh.canary(seed: 200 + UInt64(number), tetrahedra: 9000)
      try world.root.write(mesh, to: "parts/part-\(number).stl")
      // Three rows of one design, in two profiles.
      let design = number < 3 ? "SHARED" : ""
      let geometry = number < 3 ? "part-0.stl" : "part-\(number).stl"
      meshes[number < 3 ? "SHARED" : "P-\(number)"] =
        number == 1 || number == 2 ? meshes["SHARED"] : mesh
      catalogue.add(
        "P-\(number)", profile: number == 1 ? "pla.json" : "petg.json", geometry: geometry,
        design: design)
    }
    try catalogue.write()
    func parts() async throws -> [JSON] {
      try await world.brand.get("/v1/brand/parts?limit=100").must()["data"].items
    }
    func wait(for count: Int, _ child: Child) async throws {
      try await eventually("\(count) parts") { () -> Bool? in
        guard child.isRunning else { throw Child.Failure(description: "the import ended") }
        return try await parts().count >= count ? true : nil
      }
    }
    let first = try catalogue.start(1, state: "state-1")
    try await wait(for: 1, first)
    first.kill()
    // Another machine remembers nothing of the first; its server dies under it.
    let second = try catalogue.start(2, state: "state-2")
    try await wait(for: 5, second)
    world.server.kill()
    try await world.startServer()
    let third = try catalogue.start(3, state: "state-3")
    try await eventually("the ends of both runs", seconds: 300) {
      second.status != nil && third.status != nil ? true : nil
    }
    // Two at once may have got into each other's way, and then say so.
    let last = try await catalogue.run()
    #expect(last.code == 0 && last.results.count == 16, "\(last.results)")
    let again = try await catalogue.run()
    #expect(again.code == 0)
    #expect(again.results.values.allSatisfy { $0["result"] == "unchanged" }, "\(again.results)")
    let sold = try await parts()
    #expect(sold.map { $0["sku"].text }.sorted() == (0..<16).map { "P-\($0)" }.sorted())
    let designs = try await world.brand.get("/v1/brand/designs?limit=100").must()["data"].items
    #expect(Set(designs.map { $0["reference"].text }) == Set(meshes.keys))
    #expect(designs.count == meshes.count)
    #expect(designs.allSatisfy { $0["revision"]["state"] == "released" })
    let shared = sold.filter { ["P-0", "P-1", "P-2"].contains($0["sku"].text) }
    #expect(Set(shared.map { $0["design"].text }).count == 1)
    #expect(shared.map { $0["profile_name"].text }.sorted() == ["petg", "petg", "pla"])

    world.server.kill()
    let stored = try await StoredFiles(world.root)
    let files = try await stored.opened()
    for design in designs {
      #expect(files[design["id"].text] == [meshes[design["reference"].text] ?? []])
    }
    try await stored.close()
  }

  @Test("a changed catalogue changes parts; a changed file is drafted; what cannot be is refused")
  func importChanges() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    var catalogue = try CatalogueFolder(world)
    for name in ["a", "b", "c"] {
      try world.root.write(SampleMesh.box(5, 6, 7), to: "parts/\(name).stl")
      catalogue.add(name.uppercased(), geometry: "\(name).stl")
    }
    try catalogue.write()
    let first = try await catalogue.run("--report", world.root.path("report.csv"))
    #expect(first.code == 0 && first.results.values.allSatisfy { $0["result"] == "created" })
    let report = String(decoding: try world.root.read("report.csv"), as: UTF8.self)
    #expect(report.split(separator: "\r\n").count == 4)

    // The same length and box, another facet order: not the same file.
    var turned = SampleMesh.box(5, 6, 7)
    let facets = turned[84..<134]
    turned.replaceSubrange(84..<134, with: turned[134..<184])
    turned.replaceSubrange(134..<184, with: facets)
    try world.root.write(turned, to: "parts/b.stl")
    catalogue.rows = []
    catalogue.add("A", name: "Better cap", price: "4.10", geometry: "a.stl")
    catalogue.add("B", geometry: "b.stl")
    catalogue.add("C", geometry: "c.stl")
    try catalogue.write()
    let second = try await catalogue.run()
    #expect(second.code == 0)
    #expect(second.results["A"]?["result"] == "updated")
    #expect(second.results["A"]?["note"].text == "part: name, price")
    #expect(second.results["B"]?["result"] == "updated")
    #expect(second.results["B"]?["note"].text.contains("revision 2 is drafted") == true)
    #expect(second.results["C"]?["result"] == "unchanged")
    let third = try await catalogue.run()
    #expect(third.results.values.allSatisfy { $0["result"] == "unchanged" }, "\(third.results)")
    #expect(third.results["B"]?["note"].text.contains("revision 2 is drafted") == true)

    // Somebody's draft with something else is not thrown away, and does not keep the others.
    let design = try #require(second.results["C"]?["design"].text)
    _ = try await world.brand.post("/v1/brand/designs/\(design)/revisions", [:]).must()
    _ = try await world.brand.send(
      "POST", "/v1/brand/designs/\(design)/files?name=c.stl", .bytes(SampleMesh.box(1, 1, 1)),
      type: "model/stl"
    ).must()
    try world.root.write(SampleMesh.box(9, 9, 9), to: "parts/c.stl")
    catalogue.rows[0].cells = catalogue.rows[0].cells.replacingOccurrences(of: "4.10", with: "5")
    catalogue.rows[1].cells = catalogue.rows[1].cells.replacingOccurrences(of: ";50;", with: ";51;")
    try catalogue.write()
    let fourth = try await catalogue.run()
    #expect(fourth.code == 1)
    #expect(fourth.results["A"]?["result"] == "updated")
    #expect(fourth.results["B"]?["code"] == "import.licence_differs")
    #expect(fourth.results["C"]?["code"] == "import.draft_differs")
    let newest = try await world.brand.get("/v1/brand/designs/\(design)").must()
    #expect(newest["revision"]["state"] == "draft" && newest["revision"]["number"] == 2)

    // A key of another role is told so, row by row; another brand's catalogue is its own.
    let key = try await world.brand.post(
      "/v1/brand/keys", ["role": "engineer", "label": "e"]
    ).must()["key"].text
    catalogue.rows = []
    catalogue.add("N", geometry: "a.stl")
    try catalogue.write()
    let engineer = try await world.command(
      ["brand", "import", catalogue.file, catalogue.folder], key: key)
    #expect(engineer.code == 1 && engineer.said.contains("auth.role"), "\(engineer.said)")
    let finished = try await catalogue.run()
    #expect(finished.code == 0 && finished.results["N"]?["part"].text.hasPrefix("prt_") == true)
    let others = try await world.command(
      ["brand", "import", catalogue.file, catalogue.folder], key: world.otherBrand.key)
    #expect(others.code == 0 && others.said.contains("1 created"), "\(others.said)")
  }

  @Test("where a release takes two keys, rows wait for another owner's import, which says so")
  func importOfTwo() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    var catalogue = try CatalogueFolder(world)
    try world.root.write(SampleMesh.box(5, 6, 7), to: "parts/a.stl")
    catalogue.add("A", geometry: "a.stl")
    catalogue.add("B", geometry: "a.stl")
    try catalogue.write()
    let second = try await world.brand.post(
      "/v1/brand/keys", ["role": "owner", "label": "second"]
    ).must()["key"].text
    let two = try await world.command(
      "brand", "settings", "--release-approvals", "2", key: world.brand.key)
    #expect(two.code == 0, "\(two.said)")
    let first = try await catalogue.run("--report", world.root.path("report.csv"))
    #expect(first.code == 0)
    #expect(first.results.values.allSatisfy { $0["result"] == "waiting" }, "\(first.results)")
    let report = String(decoding: try world.root.read("report.csv"), as: UTF8.self)
    #expect(report.contains("2,A,waiting,"), "\(report)")
    let command = ["brand", "import", catalogue.file, catalogue.folder]
    let again = try await world.command(command, key: world.brand.key)
    #expect(again.said.contains("2 waiting\n0 of 2 are for sale, 2 wait "), "\(again.said)")
    #expect(again.said.contains("another owner runs this import"), "\(again.said)")
    let last = try await world.command(command, key: second)
    #expect(last.code == 0 && last.said.contains("2 created"), "\(last.said)")
    #expect(!last.said.contains("for sale"), "\(last.said)")
  }

  @Test("a draft with other files or profiles is left alone; what a run has begun is finished")
  func importOfUnreleased() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    var catalogue = try CatalogueFolder(world)
    try world.root.write(SampleMesh.box(5, 6, 7), to: "parts/a.stl")
    catalogue.add("A", geometry: "a.stl")
    catalogue.add("B", geometry: "a.stl")
    catalogue.add("C", geometry: "a.stl")
    try catalogue.write()
    // A and C as a run leaves them that was killed, but A of other profiles; B with another file.
    let profile = try JSON(Array(CatalogueFolder.profile.utf8))
    let named: JSON = ["profiles": [["name": "petg", "profile": profile]]]
    for (reference, mesh) in [("A", [UInt8]()), ("B", SampleMesh.box(1, 1, 1)), ("C", [])] {
      let design = try await world.brand.post(
        "/v1/brand/designs",
        [
          "name": "Old", "reference": .text(reference),
          "profiles": reference == "A"
            ? [["name": "mine", "profile": profile]] : named["profiles"],
          "licence": ["authorised_units": 50],
        ]
      ).must()
      guard !mesh.isEmpty else { continue }
      _ = try await world.brand.send(
        "POST", "/v1/brand/designs/\(design["id"].text)/files?name=a.stl", .bytes(mesh),
        type: "model/stl"
      ).must()
    }
    let first = try await catalogue.run()
    #expect(first.code == 1 && first.results["C"]?["part"].text.hasPrefix("prt_") == true)
    for reference in ["A", "B"] {
      #expect(first.results[reference]?["code"] == "import.draft_differs", "\(first.results)")
      let design = try await world.brand.get("/v1/brand/designs?reference=\(reference)").must()[
        "data"
      ][0]
      #expect(design["revision"]["state"] == "draft" && design["revision"]["number"] == 1)
      // A person gives it up; then the catalogue has the word.
      let path = "/v1/brand/designs/\(design["id"].text)/revisions/"
      _ = try await world.brand.post(
        path + design["revision"]["id"].text + "/withdraw", ["reason": "Given up."]
      ).must()
    }
    let run = try await catalogue.run()
    #expect(run.code == 0, "\(run.results)")
    let designs = try await world.brand.get("/v1/brand/designs").must()["data"].items
    #expect(designs.count == 3)
    for design in designs {
      #expect(design["revision"]["state"] == "released")
      #expect(design["revision"]["profiles"].items.map { $0["name"].text } == ["petg"])
      #expect(design["files"][0]["bytes"].number == Double(SampleMesh.box(5, 6, 7).count))
    }
    // A part that was made by hand keeps what its profile is called.
    let own = try await world.brand.post(
      "/v1/brand/designs",
      [
        "name": "Own", "profile": try JSON(Array(CatalogueFolder.profile.utf8)),
        "licence": ["authorised_units": 50],
      ]
    ).must()
    let path = "/v1/brand/designs/\(own["id"].text)"
    _ = try await world.brand.send(
      "POST", path + "/files?name=a.stl", .bytes(SampleMesh.box(5, 6, 7)), type: "model/stl"
    ).must()
    _ = try await world.brand.post(path + "/release", [:]).must()
    _ = try await world.brand.post(
      "/v1/brand/parts",
      [
        "design": own["id"], "sku": "H", "name": "Cap", "description": "", "fits": [],
        "price": ["minor_units": 390, "currency": "EUR"],
        "payout": ["minor_units": 240, "currency": "EUR"], "lead_days": 5,
      ]
    ).must()
    catalogue.add("H", geometry: "a.stl")
    try catalogue.write()
    let last = try await catalogue.run()
    #expect(last.code == 0)
    #expect(last.results.values.allSatisfy { $0["result"] == "unchanged" }, "\(last.results)")

    // What was sold and is withdrawn is not begun again, and does not keep the others.
    let over = try #require(designs.first { $0["reference"] == "A" })
    let revision = "\(over["id"].text)/revisions/\(over["revision"]["id"].text)"
    _ = try await world.brand.post(
      "/v1/brand/designs/\(revision)/withdraw", ["reason": "It breaks."]
    ).must()
    let stopped = try await catalogue.run()
    #expect(stopped.code == 1 && stopped.results["A"]?["code"] == "import.withdrawn")
    #expect(stopped.results["B"]?["result"] == "unchanged")
  }
}
