import Foundation
import TestSupport
import Testing

extension Journeys {
  @Test("a first start makes the names of the directories durable that it makes")
  func serverDirectories() async throws {
    let traced = try Traced()
    let root = traced.root
    let server = try traced.start([
      "serve", "--json", "--port", "0", "--data", root.path("a/b/broker"), "--key-ring",
      root.path("c/d/key-ring.json"),
    ])
    try await eventually("the server") { () -> Bool? in
      guard server.isRunning else { throw Child.Failure(description: traced.errors) }
      return server.text.contains("\"ready\"") ? true : nil
    }
    server.kill()
    // The directories that `a` and `c`, `b`, `broker`, and `d` are named in.
    let expected = [root.path, root.path("a"), root.path("a/b"), root.path("c")]
    #expect(traced.synced.isSuperset(of: expected), "\(traced.synced)")
  }

  @Test("an agent's directory is durable before anything is written in it")
  func agentDirectory() async throws {
    let traced = try Traced()
    let root = traced.root
    try FileManager.default.createDirectory(
      atPath: root.path("bureau"), withIntermediateDirectories: false)
    // Nobody answers at this address; the directory is made before.
    let agent = try traced.start(
      [
        "agent", "enrol", "--server", "http://127.0.0.1:1", "--data", root.path("bureau/agent"),
      ], ["EVERPART_KEY": SampleKey.unknown])
    try await eventually("the agent") { agent.status }
    #expect(FileManager.default.fileExists(atPath: root.path("bureau/agent/lock")))
    #expect(traced.synced.contains(root.path("bureau")), "\(traced.synced)")
  }

  @Test("the names of an identity and of a sealed file are durable")
  func files() async throws {
    let traced = try Traced()
    let root = traced.root
    for folder in ["keys", "sealed"] {
      try FileManager.default.createDirectory(
        atPath: root.path(folder), withIntermediateDirectories: false)
    }
    let keygen = try traced.start(["keygen", "--output", root.path("keys/identity")])
    try await eventually("keygen") { keygen.status }
    #expect(keygen.exitCode == 0)
    #expect(traced.synced.contains(root.path("keys")), "\(traced.synced)")
    let recipient = try #require(traced.errors.split(whereSeparator: \.isWhitespace).last)
    let seal = try traced.start([
      "seal", "--recipient", String(recipient), "--output", root.path("sealed/identity.age"),
      root.path("keys/identity"),
    ])
    try await eventually("seal") { seal.status }
    #expect(seal.exitCode == 0)
    #expect(traced.synced.contains(root.path("sealed")), "\(traced.synced)")
  }
}

/// Runs the program in a directory of its own, with the shim noting what it makes durable.
private struct Traced {
  let root: TemporaryDirectory
  private let program: String
  private let shim: String

  init() throws {
    root = try TemporaryDirectory()
    program = try Product.require()
    shim = try Product.shim(into: root.path)
    try root.write("1 0 before\n".utf8, to: "trigger")
  }

  func start(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Child {
    try Child(
      program, arguments, output: root.path("out"), errors: root.path("err"),
      environment: environment.merging([
        "LD_PRELOAD": shim, "EVERPART_KILL_TRIGGER": root.path("trigger"),
      ]) { $1 })
  }

  /// The paths that were made durable.
  var synced: Set<String> {
    let lines = (try? String(contentsOfFile: root.path("trigger.log"), encoding: .utf8)) ?? ""
    return Set(
      lines.split(separator: "\n").compactMap {
        let words = $0.split(separator: " ", maxSplits: 2)
        return words.count == 3 && words[1] == "fsync" ? String(words[2]) : nil
      })
  }

  var errors: String { (try? String(contentsOfFile: root.path("err"), encoding: .utf8)) ?? "" }
}
