import Crypto
import Foundation
import TestSupport
import Testing

@testable import Sealing

/// Writes `Fixtures/vectors`, which lie in the repository: they hold later versions to files that earlier
/// ones wrote. Runs only when asked:
///
///     EVERPART_WRITE_VECTORS=1 swift test --filter OwnVectors
///
/// Post-quantum stanzas and ML-DSA signatures differ from run to run, so do not rewrite them without need.
@Suite("OwnVectors")
struct OwnVectors {
  private static let asked =
    ProcessInfo.processInfo.environment["EVERPART_WRITE_VECTORS"] != nil

  private struct Writer {
    let fileKey = FileKey(bytes: Array("EVERPART VECTOR!".utf8))!

    func write(
      _ name: String,
      _ expect: String,
      _ lines: [String],
      comment: String,
      file: [UInt8],
      payload: [UInt8]? = nil
    ) throws {
      var head = ["expect: \(expect)"]
      if let payload { head.append("payload: \(hex(SHA256.hash(data: payload)))") }
      head.append("file key: \(hex(fileKey.bytes))")
      head += lines + ["comment: \(comment)", "", ""]
      let url = URL(filePath: Repository.vector("age/\(name)"))
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(Array(head.joined(separator: "\n").utf8) + file).write(to: url)
    }

    func payload(_ plain: [UInt8], nonce: UInt8 = 1) throws -> [UInt8] {
      let nonce = [UInt8](repeating: nonce, count: 16)
      var sealer = try #require(PayloadSealer(fileKey: fileKey, nonce: nonce))
      var out: [UInt8] = []
      try sealer.seal(plain, into: &out)
      try sealer.finish(into: &out)
      return out
    }

    /// A header with any stanzas, for shapes that `AgeHeader.make` refuses to write.
    func header(_ stanzas: [Stanza]) -> [UInt8] {
      var out = AgeHeader.intro + [UInt8(ascii: "\n")]
      out += stanzas.flatMap(\.encoded) + AgeHeader.macMark
      let mac = HMAC<SHA256>.authenticationCode(for: out, using: fileKey.headerKey())
      return out + Array(" \(Base64.string(Array(mac), padded: false))\n".utf8)
    }
  }

  @Test("write the age vectors", .enabled(if: asked))
  func writeAge() throws {
    let writer = Writer()
    var generator = SeededGenerator(seed: 2026)
    let plain = Array("leg cap".utf8)
    let classical = try Identity.generate(.x25519, using: &generator)
    let hybrids = try (0..<3).map { _ in try Identity.generate(using: &generator) }
    let payload = try writer.payload(plain)

    let three = try AgeHeader.make(
      fileKey: writer.fileKey,
      for: .recipients(hybrids.map(\.recipient)),
      using: &generator
    )
    try writer.write(
      "hybrid_three_recipients",
      "success",
      ["identity: \(hybrids[2].text)"],
      comment: "the third of three post-quantum recipients opens",
      file: three + payload,
      payload: plain
    )
    let released = try AgeHeader.make(
      fileKey: writer.fileKey,
      for: .recipients([hybrids[1].recipient]),
      using: &generator
    )
    try writer.write(
      "released_to_bureau",
      "success",
      ["identity: \(hybrids[1].text)"],
      comment: "the payload of hybrid_three_recipients under a new header",
      file: released + payload,
      payload: plain
    )
    try writer.write(
      "released_to_another",
      "no match",
      ["identity: \(hybrids[0].text)"],
      comment: "a recipient of the old header does not open the new one",
      file: released + payload
    )
    try writer.write(
      "payload_of_another_nonce",
      "payload failure",
      ["identity: \(hybrids[1].text)"],
      comment: "the nonce of one payload before the chunk of another under the same file key",
      file: released + payload[..<16] + (try writer.payload(plain, nonce: 2))[16...],
      payload: []
    )

    let wrapped = try X25519Stanza.wrap(
      writer.fileKey,
      for: classical.recipient.publicKey,
      using: &generator
    )
    let noise = Stanza(type: "noise", arguments: [], body: [1])
    for (count, expect) in [(63, "success"), (64, "header failure")] {
      try writer.write(
        "header_\(count + 1)_stanzas",
        expect,
        ["identity: \(classical.text)"],
        comment: "our limit is 64 stanzas",
        file: writer.header([Stanza](repeating: noise, count: count) + [wrapped]) + payload,
        payload: expect == "success" ? plain : nil
      )
    }
    for (length, expect) in [(4096, "success"), (4097, "header failure")] {
      let name = String(repeating: "n", count: length - "-> ".utf8.count)
      let long = Stanza(type: name, arguments: [], body: [])
      try writer.write(
        "header_line_\(length)",
        expect,
        ["identity: \(classical.text)"],
        comment: "our limit is 4096 bytes a line",
        file: writer.header([long, wrapped]) + payload,
        payload: expect == "success" ? plain : nil
      )
    }
    let scrypt = try AgeHeader.make(
      fileKey: writer.fileKey,
      for: .passphrase("Ersatzteil für immer ✓", workFactor: 1),
      using: &generator
    )
    try writer.write(
      "scrypt_passphrase_utf8",
      "success",
      ["passphrase: Ersatzteil für immer ✓"],
      comment: "the passphrase is taken as its UTF-8 bytes; the smallest work factor",
      file: scrypt + payload,
      payload: plain
    )
  }

  @Test("write the DSSE vector", .enabled(if: asked))
  func writeEnvelope() throws {
    struct Vector: Codable {
      let verification_key: VerificationKey
      let payload: String
      let envelope: Envelope
    }
    var generator = SeededGenerator(seed: 2026)
    let signer = try SigningKey.generate(using: &generator)
    let vector = Vector(
      verification_key: signer.verificationKey,
      payload: "hello world",
      envelope: try Envelope.sign(
        payload: "hello world".utf8,
        payloadType: "http://example.com/HelloWorld",
        with: signer
      )
    )
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    let url = URL(filePath: Repository.vector("dsse/hello_world.json"))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try (encoder.encode(vector) + Data([UInt8(ascii: "\n")])).write(to: url)
  }
}
