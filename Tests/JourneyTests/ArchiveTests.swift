import Foundation
import TestSupport
import Testing

extension Journeys {
  private static let age = ["/usr/bin/age", "/usr/local/bin/age"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(
    "a brand leaves, and sells the same parts at another broker with what its licences had left")
  func moving() async throws {
    let leaving = try await Leaving()
    let world = leaving.world
    let exported = try await leaving.export(by: world.brand)
    #expect(String(decoding: exported.must(), as: UTF8.self).hasPrefix("Written  "))
    #expect(try leaving.folder.mode("brand.tar") == 0o600)
    let before = try await world.licenceCounts()
    #expect(before["consumed"] == 1)
    let trail = try await world.brand.get("/v1/brand/audit?action=archive.exported").must()
    #expect(trail["data"].items.map { $0["actor"]["kind"] } == ["key"])

    // While a server works there, nothing is imported.
    let busy = try await leaving.folder.run(leaving.importArguments(world.root.path))
    #expect(busy.code == 1 && busy.errors.contains("another server works"), "\(busy.errors)")
    world.server.kill()
    for name in ["broker", "keys"] {
      try FileManager.default.moveItem(
        atPath: world.root.path(name), toPath: world.root.path("\(name).old"))
    }
    let answer = try JSON(
      try await leaving.folder.run(leaving.importArguments(world.root.path)).must())
    #expect(answer["brand"].text == leaving.brand && answer["units_consumed"] == 1)
    #expect([answer["designs"], answer["files"], answer["parts"]] == [2, 3, 2])
    _ = try await leaving.check(world.root.path).must()
    try await leaving.folder.run(leaving.importArguments(world.root.path))
      .isRefused("archive.brand_exists")

    try await world.startServer()
    try await world.moveIn(leaving.brand)
    let counts = try await world.licenceCounts()
    #expect(counts["terms"] == before["terms"])
    for name in ["authorised", "consumed", "scrapped", "reserved"] {
      #expect(counts[name] == before[name], "\(name)")
    }
    try world.startWorkshop()
    let order = try await world.place(idempotencyKey: "after").must()["id"].text
    try await eventually("the shipment: \(world.log(.agent))") { () -> Bool? in
      try await world.brand.get("/v1/brand/orders/\(order)").must()["state"] == "shipped"
        ? true : nil
    }
    #expect(try await world.licenceCounts()["consumed"] == 2)
    let design = try await world.brand.get("/v1/brand/licences/\(world.licence)").must()["design"]
    let back = try await leaving.folder.run(
      [
        "brand", "download", design.text, "leg-cap.stl", "-o", leaving.folder.path("back.stl"),
        "--server", world.url,
      ], environment: ["EVERPART_KEY": world.brand.key])
    _ = back.must()
    #expect(try leaving.folder.files.read("back.stl") == leaving.contents[0])
    // And it can leave again.
    _ = try await leaving.export(to: leaving.folder.path("again.tar")).must()
  }

  @Test("tar, sha256sum and age open an archive without us", .enabled(if: age != nil, "needs age"))
  func publicTools() async throws {
    let leaving = try await Leaving(["--x25519"])
    _ = try await leaving.export().must()
    let opened = try await leaving.folder.shell(
      """
      mkdir "$1/out" && cd "$1/out" && tar -xf "$2" && sha256sum --strict -c SHA256SUMS && \
      for file in files/*.age; do "$3" -d -i "$4" -o "$file.plain" "$file" || exit 1; done
      """, leaving.folder.files.path, leaving.archive, try #require(Self.age), leaving.identity)
    #expect(opened.errors == "" && !opened.text.contains("FAILED"), "\(opened.errors)")
    _ = opened.must()
    let names = try leaving.folder.files.files().filter { $0.hasPrefix("out/") }
    let plain = try names.filter { $0.hasSuffix(".plain") }.map {
      try leaving.folder.files.read($0)
    }
    #expect(Set(plain) == Set(leaving.contents))
    let documents = names.filter { $0.hasSuffix(".json") }
    #expect(documents.count == 5)
    for document in documents { _ = try JSON(try leaving.folder.files.read(document)) }
    #expect(opened.text.split(separator: "\n").count == names.count - plain.count - 1)
  }

  @Test("an export that fails leaves no file, and one that is there is kept")
  func exportFaults() async throws {
    let leaving = try await Leaving()
    let (folder, world) = (leaving.folder, leaving.world)
    let piped = try await leaving.export(to: "-").must()
    _ = try await leaving.export().must()
    #expect(try folder.files.read("brand.tar").count == piped.count)
    let names = try folder.files.files()
    try await leaving.export().isRefused("file.exists")
    try await leaving.export(to: folder.path("other.tar"), by: world.otherBrand).isRefused(
      "archive.no_recipient")
    let unknown = try await folder.run(
      [
        "vault", "export", "--brand", "brd_" + String(repeating: "0", count: 32), "-o",
        folder.path("none.tar"), "--server", world.url,
      ], environment: ["EVERPART_KEY": world.chief.key])
    unknown.isRefused("not_found")
    // No room: of a file, and of what standard output is.
    let full = try await folder.shell(
      """
      trap '' XFSZ; ulimit -f 64; EVERPART_KEY=$3 exec "$0" vault export --brand "$1" -o "$2" --server "$4"
      """, leaving.brand, folder.path("full.tar"), world.chief.key, world.url)
    #expect(full.code == 1 && full.errors.contains("full.tar: "), "\(full.errors)")
    let device = try folder.start(
      ["vault", "export", "--brand", leaving.brand, "-o", "-", "--server", world.url],
      output: "/dev/full", environment: ["EVERPART_KEY": world.chief.key])
    #expect(try await folder.outcome(of: device).code == 1)
    // A payload that somebody has exchanged.
    let blobs = world.root.path("broker/blobs")
    let payload = try #require(
      try FileManager.default.subpathsOfDirectory(atPath: blobs).first { name in
        let size = try FileManager.default.attributesOfItem(atPath: "\(blobs)/\(name)")[.size]
        return (size as? Int ?? 0) > 100_000 && name.contains("/")
      })
    var bytes = try Data(contentsOf: URL(filePath: "\(blobs)/\(payload)"))
    bytes[90_000] ^= 1
    try bytes.write(to: URL(filePath: "\(blobs)/\(payload)"))
    try await leaving.export(to: folder.path("planted.tar")).isRefused("archive.interrupted")
    #expect(world.log(.server).contains("an archive broke off"))
    try FileManager.default.removeItem(atPath: "\(blobs)/\(payload)")
    try await leaving.export(to: folder.path("missing.tar")).isRefused("archive.payload")
    #expect(try folder.files.files() == names)
  }
}
