import Foundation
import TestSupport
import Testing

extension Journeys {
  private static let tuspy: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let python = folders.map { "\($0)/python3" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let python,
      let child = try? Child(
        python, ["-c", "import tusclient"], output: "/dev/null", errors: "/dev/null")
    else { return nil }
    child.wait()
    return child.exitCode == 0 ? python : nil
  }()

  private static let script = """
    import sys
    from tusclient import client
    server, key, design, path, stop, url = sys.argv[1:]
    tus = client.TusClient(server + "/v1/brand/uploads", {"Authorization": "Bearer " + key})
    uploader = tus.uploader(
        path, url=url or None, chunk_size=70_000, upload_checksum=True,
        metadata={"filename": "leg-cap.stl", "filetype": "model/stl", "design": design})
    print(uploader.offset)
    uploader.upload(stop_at=int(stop) or None)
    print(uploader.url)
    """

  @Test(
    "tuspy uploads a file, goes on after the server was killed, and the file is what it sent",
    .enabled(if: tuspy != nil, "tuspy is not installed"))
  func tuspy() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    let mesh = Mesh.canary(seed: 61, tetrahedra: 2000)
    let file = try world.root.write(mesh, to: "leg-cap.stl")
    let design = String(try await world.draft().split(separator: "/").last ?? "")
    func run(stop: Int, url: String) async throws -> [String] {
      let child = try Child(
        try #require(Self.tuspy),
        ["-c", Self.script, world.url, world.brand.key, design, file, String(stop), url],
        output: world.root.path("tuspy.out"), errors: world.root.path("tuspy.err"))
      try await eventually("tuspy") { child.status }
      let said = String(decoding: try world.root.read("tuspy.err"), as: UTF8.self)
      #expect(child.exitCode == 0, "\(said)")
      return child.text.split(separator: "\n").map(String.init)
    }
    let first = try await run(stop: 200_001, url: "")
    #expect(first.first == "0")
    world.server.kill()
    try await world.startServer()
    let second = try await run(stop: 0, url: try #require(first.last))
    #expect(second.first == "200001")
    world.server.kill()
    let stored = try await StoredFiles(world.root)
    #expect(try await stored.opened() == [design: [mesh]])
    #expect(try await stored.leftovers() == [])
    try await stored.close()
  }

  @Test("the command goes on when the server was killed, and in another run when it was itself")
  func command() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    // Two and a half segments.
    let pieces = Array(Mesh.canary(seed: 71, tetrahedra: 1000).dropFirst(84))
    let count = (40 << 20) / pieces.count
    let triangles = UInt32(count * pieces.count / 50)
    let head = [UInt8](repeating: 0, count: 80) + (0..<4).map { UInt8(triangles >> ($0 * 8) & 255) }
    let mesh = head + (0..<count).flatMap { _ in pieces }
    let file = try world.root.write(mesh, to: "large.stl")
    let profile = """
      {"process": "MEX", "material": "PETG", "layer_height_um": 200, "tolerance": "ISO 2768-m",
       "finish": "as printed", "orientation": "base down", "certifications": [], "inspection": []}
      """
    try world.root.write(profile.utf8, to: "profile.json")
    func start(_ number: Int) throws -> Child {
      try Child(
        try Product.require(),
        [
          "brand", "upload", file, "--profile", world.root.path("profile.json"), "--units", "5",
          "--json",
        ], output: world.root.path("upload-\(number).out"),
        errors: world.root.path("upload-\(number).err"),
        environment: world.environment(of: world.brand.key))
    }
    func said(_ number: Int) throws -> String {
      String(decoding: try world.root.read("upload-\(number).err"), as: UTF8.self)
    }
    /// Starts a run, and lets the server die while it writes its second segment: the first is durable.
    func interrupted(_ number: Int) async throws -> Child {
      try world.arm(.server, at: 1, "before", ending: "-2")
      let child = try start(number)
      try await eventually("the server's end in run \(number)") {
        world.server.isRunning ? nil : true
      }
      world.disarm(.server)
      let words = try said(number)
      #expect(child.isRunning, "\(words)")
      return child
    }
    let first = try await interrupted(1)
    first.kill()
    try await world.startServer()
    let second = try await interrupted(2)
    #expect(try said(2).contains("Going on with large.stl at "))
    try await world.startServer()
    try await eventually("the end of the second run", seconds: 300) { second.status }
    let words = try said(2)
    #expect(second.exitCode == 0, "\(words)")
    let design = try JSON(Array(second.text.utf8))
    #expect(design["revision"]["state"] == "released")
    let designs = try await world.brand.get("/v1/brand/designs").must()["data"].items
    #expect(designs.map { $0["id"] } == [design["id"]])
    let states = try FileManager.default.contentsOfDirectory(
      atPath: world.root.path("state/everpart/uploads"))
    #expect(states.isEmpty, "what is done is not remembered")
    world.server.kill()
    let stored = try await StoredFiles(world.root)
    let files = try await stored.opened()
    // Not within the expectation, which would print forty megabytes.
    let isWhole = files == [design["id"].text: [mesh]]
    #expect(isWhole, "the stored file is not what was sent")
    try await stored.close()
  }
}
