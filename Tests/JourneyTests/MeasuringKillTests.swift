import Foundation
import Glibc
import HTTPClient
import TestSupport
import Testing

extension Journeys {
  @Test("kill -9 of the server ends its worker; after the next start the mesh is measured, once")
  func measuringKills() async throws {
    let world = try await JourneyWorld()
    world.agent?.kill()
    let mesh = Mesh.canary(seed: 61, tetrahedra: 10_000)
    let canary = Canary(mesh)
    let design = try await world.draft()
    _ = try await world.upload(.bytes(mesh), to: design).must()
    let worker = try await heldWorker(of: world.server, for: mesh.count)
    let running = try await world.brand.get("\(design)/measurement").must()
    #expect(running["state"] == "running")
    #expect(try canary.files(below: world.root.path) == [])
    world.server.kill()
    // Not even a process that is stopped survives its parent.
    do {
      try await eventually("the worker's end", seconds: 10) {
        ["Z", nil].contains(Processes.status(worker)["State"]?.first) ? true : nil
      }
    } catch {
      kill(worker, SIGKILL)
      throw error
    }
    #expect(try canary.files(below: world.root.path) == [])
    try await world.startServer()
    let measured = try await eventually("the measurement") { () -> JSON? in
      let view = try await world.brand.get("\(design)/measurement?wait=10").must()
      return view["state"] == "done" ? view : nil
    }
    #expect(measured["attempts"] == 2 && measured["crashes"] == 0)
    #expect(measured["shells"] == 10_000 && measured["watertight"] == .bool(true))
    _ = try await world.brand.post("\(design)/release").must()
    #expect(try await world.brand.get("\(design)/measurement").must() == measured)
  }

  @Test("an upload command waits for a place in the queue, and for the measurement")
  func commandWaits() async throws {
    let root = try TemporaryDirectory()
    let arguments = [
      "serve", "--preview-width", "0", "--json", "--port", "0", "--data", root.path("data"),
      "--key-ring",
      root.path("keys/ring.json"), "--brand-queue", "1", "--workers", "1",
    ]
    let server = try Child(
      try Product.require(), arguments, output: root.path("out"), errors: root.path("log"))
    let lines = try await eventually("the server") { () -> [JSON]? in
      let lines = server.text.split(separator: "\n").compactMap { try? JSON($0.utf8) }
      return lines.contains { $0["event"] == "ready" } ? lines : nil
    }
    let url = lines.first { $0["event"] == "ready" }?["url"].text ?? ""
    let chief = lines.first { $0["event"] == "operator_key" }?["key"].text ?? ""
    let run = { (key: String, words: [String]) throws -> Child in
      try Child(
        try Product.require(), words, output: root.path("\(words[1]).out"),
        errors: root.path("err"),
        environment: [
          "EVERPART_SERVER": url, "EVERPART_KEY": key, "XDG_STATE_HOME": root.path("state"),
        ])
    }
    let admission = try run(chief, ["operator", "add-brand", "Acme", "--json"])
    try await eventually("the brand") { admission.status }
    let key = try JSON(admission.text.utf8)["brand_key"].text
    let mesh = Mesh.canary(seed: 62, tetrahedra: 10_000)
    let profile = Repository.path("Fixtures/parts/leg-cap.profile.json")
    try root.write(mesh, to: "large.stl")
    try root.write(Mesh.canary(seed: 63, tetrahedra: 10), to: "small.stl")
    let upload = { (name: String) in
      try run(
        key, ["brand", "upload", root.path(name), "--profile", profile, "--units", "5"])
    }
    let large = try upload("large.stl")
    let worker = try await heldWorker(of: server, for: mesh.count)
    let small = try upload("small.stl")
    try await eventually("a refusal") {
      let log = try String(contentsOfFile: root.path("log"), encoding: .utf8)
      return log.contains("measuring.queue_full") ? true : nil
    }
    #expect(large.isRunning && small.isRunning)
    kill(worker, SIGCONT)
    #expect(try await eventually("the first upload") { large.status } == 0)
    #expect(try await eventually("the second upload") { small.status } == 0)
    #expect(small.text.contains("released") && small.text.contains("40 triangles"))
  }

  /// The worker that measures a mesh of so many bytes, stopped in the middle.
  private func heldWorker(of server: Child, for byteCount: Int) async throws -> pid_t {
    let worker = try await Processes.eventually("the worker") {
      Processes.own("worker", of: server.pid).first {
        $0.words.contains("\(byteCount)") && Processes.status($0.pid)["Seccomp"] == "2"
      }?.pid
    }
    #expect(kill(worker, SIGSTOP) == 0)
    return worker
  }
}
