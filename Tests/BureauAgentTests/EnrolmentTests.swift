import Domain
import Foundation
import Sealing
import TestSupport
import Testing

@testable import BureauAgent

@Suite("Enrolling", .timeLimit(.minutes(3)))
struct EnrolmentTests {
  private func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch { return (error as? Problem)?.code ?? "\(error)" }
  }

  /// A trust document with another broker's key.
  private static func otherTrust() throws -> String {
    var generator = Ambient.simulated(seed: 99).generator
    let key = try SigningKey.generate(using: &generator).verificationKey
    return #"{"version": 1, "issued_at": "2026-03-01T09:00:00Z", "roles": [{"role": "broker", "#
      + #""verification_keys": ["\#(key)"], "signatures_required": ["ed25519", "ml-dsa-65"]}]}"#
  }

  @Test("enrolling again keeps keys and pins; keys that differ are refused unless they are brought")
  func pins() async throws {
    try await Bench.with { bench in
      let before = try bench.root.read("agent/trust.json")
      bench.clock.advance(by: .seconds(60))
      try await bench.enrol("agent")
      #expect(try bench.root.read("agent/trust.json") == before)

      let other = try Self.otherTrust()
      bench.line.set { $0.path == "/v1/trust" ? .answered(200, other) : .passes }
      let sent = bench.line.seen.count
      #expect(await code { try await bench.enrol("agent") } == "agent.trust_changed")
      #expect(try bench.root.read("agent/trust.json") == before)
      #expect(bench.line.seen[sent...].map(\.path) == ["/v1/trust"])
      #expect(!bench.line.seen[sent...].contains { $0.hasKey })

      // A document that a person brought is what counts.
      try await bench.enrol("agent", trust: other)
      #expect(try bench.root.read("agent/trust.json") != before)
      try await bench.enrol("agent")
      bench.line.heal()
      #expect(await code { try await bench.enrol("agent") } == "agent.trust_changed")
    }
  }

  @Test("another bureau's key does not enrol into this one's directory")
  func otherBureau() async throws {
    try await Bench.with { bench in
      let files = try bench.root.files().filter { $0.hasPrefix("agent/") }
      let before = try files.map { try bench.root.read($0) }
      let key = try await bench.otherBureau()
      let sent = bench.line.seen.count
      #expect(await code { try await bench.enrol("agent", key: key) } == "agent.other_bureau")
      #expect(try files.map { try bench.root.read($0) } == before)
      #expect(!bench.line.seen[sent...].contains { $0.method == "PUT" })
      // It gets a directory of its own.
      try await bench.enrol("own", key: key)
    }
  }

  @Test(
    "an API key crosses the network only under TLS",
    arguments: [
      ("https://broker.example", true), ("HTTPS://broker.example:8443/x", true),
      ("http://localhost:8787", true), ("http://127.0.0.1:8787", true),
      ("http://127.9.8.7", true), ("http://[::1]:8787", true), ("http://[::1]/", true),
      ("http://broker.example", false), ("http://10.0.0.1:8787", false),
      ("http://localhost.evil.example", false), ("http://localhost@evil.example", false),
      ("http://localhost:pw@evil.example", false), ("http://127.0.0.1.evil.example", false),
      ("http://127.1", false), ("http://0.0.0.0:1", false), ("http://[::2]:1", false),
      ("http://localhost\\@evil.example", false), ("http://localhost?@evil.example/", false),
      ("http://localhost#@evil.example", false), ("localhost:8787", false), ("", false),
      ("ftp://localhost", false), ("http://", false), ("http://127.0.0.+1", false),
    ])
  func plainHTTP(address: String, isFine: Bool) async throws {
    let refusal = await code { try ServerAddress.check(address) }
    let code = address.hasPrefix("http") ? "agent.insecure_server" : "agent.server_scheme"
    #expect(refusal == (isFine ? nil : code), "\(address)")
  }

  @Test("a plain address is refused before anything is written or sent")
  func nothingWritten() async throws {
    let root = try TemporaryDirectory()
    let directory = try AgentDirectory(path: root.path("agent"))
    let enrolment = EnrolAgent(directory: directory, ambient: .simulated())
    #expect(
      await code {
        _ = try await enrolment.run(
          server: "http://broker.invalid", key: "evp_live_x", kind: .x25519, trust: nil,
          trustedRoots: nil)
      } == "agent.insecure_server")
    #expect(try root.files() == ["agent/lock"])
  }
}
