import Foundation
import TestSupport
import Testing

@testable import Sealing

@Suite("DSSE envelopes")
struct EnvelopeTests {
  private static let type = "application/vnd.in-toto+json"
  private static let statement = Array(#"{"_type":"https://in-toto.io/Statement/v1"}"#.utf8)

  private func signer(_ seed: UInt64) throws -> SigningKey {
    var generator = SeededGenerator(seed: seed)
    return try SigningKey.generate(using: &generator)
  }

  private func remade(
    _ envelope: Envelope,
    payload: String? = nil,
    type: String? = nil,
    signatures: [Envelope.Signature]? = nil
  ) -> Envelope {
    Envelope(
      payload: payload ?? envelope.payload,
      payloadType: type ?? envelope.payloadType,
      signatures: signatures ?? envelope.signatures
    )
  }

  @Test("the pre-authentication encoding is that of DSSE's protocol.md")
  func protocolVector() {
    let encoded = Envelope.preAuthenticationEncoding(
      payloadType: "http://example.com/HelloWorld",
      payload: Array("hello world".utf8)
    )
    #expect(
      String(decoding: encoded, as: UTF8.self)
        == "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    let bytes = Envelope.preAuthenticationEncoding(payloadType: "é", payload: [])
    #expect(bytes == Array("DSSEv1 2 é 0 ".utf8))
  }

  @Test("a signed payload comes back byte for byte, through JSON too")
  func roundTrip() throws {
    let key = try signer(1)
    let envelope = try Envelope.sign(payload: Self.statement, payloadType: Self.type, with: key)
    let read = try Envelope(json: try envelope.json())
    #expect(read == envelope)
    let verified = try read.verified(payloadType: Self.type, trusted: [key.verificationKey])
    #expect(verified.payload == Self.statement)
    #expect(verified.signers == [key.verificationKey])
    #expect(read.signatures.map { $0.keyid?.hasPrefix(key.verificationKey.keyid) } == [true, true])
  }

  @Test("our own vector, signed by an earlier build, verifies")
  func ownVector() throws {
    struct Vector: Codable {
      let verification_key: VerificationKey
      let payload: String
      let envelope: Envelope
    }
    let bytes = try Repository.bytes("Fixtures/vectors/dsse/hello_world.json")
    let vector = try JSONDecoder().decode(Vector.self, from: Data(bytes))
    let payload = try vector.envelope.verify(
      payloadType: "http://example.com/HelloWorld",
      trusted: [vector.verification_key]
    )
    #expect(String(decoding: payload, as: UTF8.self) == vector.payload)
  }

  @Test("both base64 alphabets are read")
  func alphabets() throws {
    let key = try signer(2)
    let payload = (0...255).map { UInt8($0) }
    let envelope = try Envelope.sign(payload: payload, payloadType: Self.type, with: key)
    func urlSafe(_ text: String) -> String {
      text.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    }
    #expect(envelope.payload.contains("/"))
    let other = remade(
      envelope,
      payload: urlSafe(envelope.payload),
      signatures: envelope.signatures.map { .init(keyid: nil, sig: urlSafe($0.sig)) }
    )
    #expect(
      try other.verify(payloadType: Self.type, trusted: [key.verificationKey]) == payload
    )
  }

  @Test("a changed payload, type or signature, and another signer, are refused")
  func tampering() throws {
    let key = try signer(3)
    let trusted = [key.verificationKey]
    let envelope = try Envelope.sign(payload: Self.statement, payloadType: Self.type, with: key)
    let untrusted = DSSEError.untrusted(signers: 0, needed: 1)
    var changed = Self.statement
    changed[5] ^= 1
    #expect(throws: untrusted) {
      try remade(envelope, payload: Base64.string(changed, padded: true))
        .verify(payloadType: Self.type, trusted: trusted)
    }
    #expect(throws: DSSEError.wrongPayloadType) {
      try envelope.verify(payloadType: "text/plain", trusted: trusted)
    }
    #expect(throws: untrusted) {
      try remade(envelope, type: "text/plain").verify(payloadType: "text/plain", trusted: trusted)
    }
    #expect(throws: untrusted) {
      try envelope.verify(payloadType: Self.type, trusted: [try signer(4).verificationKey])
    }
    #expect(throws: untrusted) { try envelope.verify(payloadType: Self.type, trusted: []) }
    #expect(throws: DSSEError.self) {
      try envelope.verify(payloadType: Self.type, trusted: trusted, threshold: 0)
    }
    for index in 0..<2 {
      var signatures = envelope.signatures
      var bytes = try #require(Base64.decode(signatures[index].sig.utf8, padded: true))
      bytes[bytes.count / 2] ^= 1
      signatures[index] = .init(keyid: nil, sig: Base64.string(bytes, padded: true))
      #expect(throws: untrusted) {
        try remade(envelope, signatures: signatures)
          .verify(payloadType: Self.type, trusted: trusted)
      }
    }
  }

  @Test("one algorithm alone is not enough, and neither are two halves of two signers")
  func bothAlgorithms() throws {
    let (first, second) = (try signer(5), try signer(6))
    let envelope = try Envelope.sign(payload: Self.statement, payloadType: Self.type, with: first)
    let other = try Envelope.sign(payload: Self.statement, payloadType: Self.type, with: second)
    let trusted = [first.verificationKey, second.verificationKey]
    for signatures in [
      [envelope.signatures[0]], [envelope.signatures[1]], [],
      [envelope.signatures[0], other.signatures[1]],
      [envelope.signatures[0], envelope.signatures[0]],
    ] {
      #expect(throws: DSSEError.untrusted(signers: 0, needed: 1)) {
        try remade(envelope, signatures: signatures)
          .verify(payloadType: Self.type, trusted: trusted)
      }
    }
  }

  @Test("a threshold counts different signers, not signatures or repeated keys")
  func threshold() throws {
    let (first, second) = (try signer(7), try signer(8))
    let one = try Envelope.sign(payload: Self.statement, payloadType: Self.type, with: first)
    func and(_ key: SigningKey) throws -> Envelope {
      let other = try Envelope.sign(
        payload: Self.statement, payloadType: Self.type, with: key)
      return remade(one, signatures: one.signatures + other.signatures)
    }
    let twice = try and(first)
    let both = try and(second)
    let keys = [first.verificationKey, second.verificationKey]
    let refused = DSSEError.untrusted(signers: 1, needed: 2)
    #expect(throws: refused) {
      try twice.verify(payloadType: Self.type, trusted: keys, threshold: 2)
    }
    #expect(throws: refused) {
      try both.verify(payloadType: Self.type, trusted: [keys[0], keys[0]], threshold: 2)
    }
    #expect(
      try both.verify(payloadType: Self.type, trusted: keys, threshold: 2) == Self.statement
    )
    // A second "signer" that shares the first one's Ed25519 key is the same hand.
    let shared = try VerificationKey(ed25519: keys[0].ed25519, mldsa65: keys[1].mldsa65)
    #expect(throws: refused) {
      try both.verify(payloadType: Self.type, trusted: [keys[0], shared], threshold: 2)
    }
  }

  @Test("a key id is only a hint")
  func keyid() throws {
    let (key, other) = (try signer(9), try signer(10))
    let envelope = try Envelope.sign(payload: Self.statement, payloadType: Self.type, with: key)
    let lying = remade(
      envelope,
      signatures: envelope.signatures.map {
        .init(keyid: other.verificationKey.keyid, sig: $0.sig)
      }
    )
    #expect(throws: Never.self) {
      try lying.verify(payloadType: Self.type, trusted: [key.verificationKey])
    }
    #expect(throws: DSSEError.self) {
      try lying.verify(payloadType: Self.type, trusted: [other.verificationKey])
    }
  }

  @Test("what is not an envelope, or too much of one, is refused")
  func malformed() throws {
    for text in [
      "", "[]", "{}", #"{"payload":"","payloadType":"t"}"#, "nonsense",
      #"{"payload":1,"payloadType":"t","signatures":[]}"#,
      String(repeating: "[", count: 100_000),
    ] {
      #expect(throws: DSSEError.self) { try Envelope(json: Array(text.utf8)) }
    }
    #expect(throws: DSSEError.malformed("more than 10 bytes")) {
      try Envelope(json: [UInt8](repeating: 32, count: 11), bytesMax: 10)
    }
    let key = try signer(11)
    let envelope = try Envelope.sign(payload: Self.statement, payloadType: Self.type, with: key)
    let trusted = [key.verificationKey]
    for broken in [
      remade(envelope, payload: "!!!!"),
      remade(envelope, payload: envelope.payload + "\n"),
      remade(envelope, signatures: envelope.signatures + [.init(keyid: nil, sig: "?")]),
      remade(envelope, signatures: (0..<17).flatMap { _ in envelope.signatures }),
      remade(
        envelope,
        signatures: [.init(keyid: nil, sig: String(repeating: "A", count: 8196))]
      ),
    ] {
      #expect(throws: DSSEError.self) {
        try broken.verify(payloadType: Self.type, trusted: trusted)
      }
    }
    let extra = #"{"new":[1],"payload":"","payloadType":"t","signatures":[]}"#
    #expect(throws: Never.self) { try Envelope(json: Array(extra.utf8)) }
  }

  @Test("keys are read back from their texts, and nothing else is")
  func keyTexts() throws {
    let key = try signer(12)
    #expect(key.text.split(separator: "\n").allSatisfy { $0.utf8.count <= 64 })
    #expect(try SigningKey(parsing: key.text).verificationKey == key.verificationKey)
    #expect(try SigningKey(parsing: key.text + "\n\n").verificationKey == key.verificationKey)
    let text = key.verificationKey.description
    #expect(try VerificationKey(parsing: text) == key.verificationKey)
    let json = try JSONEncoder().encode([key.verificationKey])
    #expect(try JSONDecoder().decode([VerificationKey].self, from: json) == [key.verificationKey])
    for bad in ["", text + "=", ":" + text, String(text.dropLast(4)), "ed25519+ml-dsa-65::"] {
      #expect(throws: DSSEError.self) { try VerificationKey(parsing: bad) }
      let quoted = try JSONEncoder().encode([bad])
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode([VerificationKey].self, from: quoted)
      }
    }
    for bad in [
      "", text, String(key.text.dropLast(5)), key.text.replacingOccurrences(of: "END", with: "BEG"),
      key.text.replacingOccurrences(of: "=", with: ""),
      "-----BEGIN EVERPART SIGNING KEY-----\n-----END EVERPART SIGNING KEY-----",
    ] { #expect(throws: DSSEError.self) { try SigningKey(parsing: bad) } }
  }
}
