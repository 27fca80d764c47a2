import Foundation
import Geometry
import TestSupport
import Testing

@testable import MeshFiles

/// Both ways with lib3mf, and with a reader and writer of the specification in Python
/// (`Tests/Peers/secure.py`).
@Suite("Encrypted 3MF beside others", .serialized)
struct SecurePeerTests {
  private static func peer(_ arguments: String...) -> String? {
    Python.run([Repository.path("Tests/Peers/secure.py")] + arguments)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private static func key(_ name: String) -> String {
    Repository.path("Fixtures/vectors/secure/\(name).pem")
  }

  static let isHere = Python.has("lib3mf, cryptography")

  private func withFile(_ body: (URL) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "everpart-secure-\(ProcessInfo.processInfo.processIdentifier).3mf")
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file)
  }

  @Test(
    "others read what we write", .enabled(if: isHere),
    arguments: [SecureCompression.none, .deflate])
  func ours(compression: SecureCompression) throws {
    try withFile { file in
      let recipients = [
        try SecureFixture.recipient("some <one> & \"else\"", key: "other"),
        try SecureFixture.recipient("bureau", keyID: "key 1"),
      ]
      try Data(try SecureFixture.written(to: recipients, compression)).write(to: file)
      #expect(Self.peer("lib3mf", "read", file.path, Self.key("bureau"), "bureau") == "8 2")
      #expect(Self.peer("plain", "read", file.path, Self.key("other")) == "8 2 0.1 0 0")
      #expect(Self.peer("plain", "read", file.path, Self.key("elliptic")) == nil)
    }
  }

  @Test(
    "we read what others write", .enabled(if: isHere), arguments: ["lib3mf", "plain"],
    ["sha1 none", "sha1 deflate", "sha256 none", "sha256 deflate"])
  func theirs(writer: String, how: String) throws {
    let words = how.split(separator: " ").map(String.init)
    try withFile { file in
      _ = try #require(
        Self.peer(
          writer, "write", file.path, Self.key("bureau_public"), "bureau", words[0], words[1]))
      let bytes = [UInt8](try Data(contentsOf: file))
      let read = try ThreeMFReader.read(
        bytes, keys: try SecureFixture.keys(consumerID: "bureau"))
      #expect(read.bodies.map(\.mesh.triangles) == [4])
    }
  }

  @Test("additional data that others authenticate are held to", .enabled(if: isHere))
  func additionalData() throws {
    try withFile { file in
      _ = try #require(
        Self.peer(
          "plain", "write", file.path, Self.key("bureau_public"), "bureau", "sha256", "none",
          "job 17"))
      var fixture = try SecureFixture([UInt8](try Data(contentsOf: file)))
      #expect(try fixture.code() == nil)
      fixture.swapText("<aad>", "<", "am9iIDE4")
      #expect(try fixture.code() == .notAuthentic)
    }
  }
}
