import TestSupport
import Testing

@testable import Sealing

@Suite("RSA key transport")
struct KeyTransportTests {
  static func pem(_ name: String) throws -> String {
    String(decoding: try Repository.bytes("Fixtures/vectors/secure/\(name).pem"), as: UTF8.self)
  }

  @Test("what is wrapped unwraps, with the same key and the same hash alone")
  func roundTrip() throws {
    let key = [UInt8](0..<32)
    let recipient = try #require(RSAPublicKey(pem: try Self.pem("bureau_public")))
    let own = try #require(RSAPrivateKey(pem: try Self.pem("bureau")))
    let other = try #require(RSAPrivateKey(pem: try Self.pem("other")))
    for (hash, another) in [(OAEPHash.sha1, OAEPHash.sha256), (.sha256, .sha1)] {
      let wrapped = try #require(recipient.wrap(key, hash: hash))
      #expect(wrapped.count == 256)
      #expect(recipient.wrap(key, hash: hash) != wrapped)
      #expect(own.unwrap(wrapped, hash: hash) == key)
      #expect(own.unwrap(wrapped, hash: another) == nil)
      #expect(other.unwrap(wrapped, hash: hash) == nil)
      var changed = wrapped
      changed[100] ^= 1
      #expect(own.unwrap(changed, hash: hash) == nil)
      #expect(own.unwrap(Array(wrapped.dropLast()), hash: hash) == nil)
      #expect(own.unwrap(wrapped + [0], hash: hash) == nil)
      #expect(own.unwrap([], hash: hash) == nil)
    }
    #expect(recipient.wrap([UInt8](repeating: 1, count: 65), hash: .sha1) == nil)
  }

  @Test("PKCS#1 text is the same key, and no text shows a key")
  func forms() throws {
    let recipient = try #require(RSAPublicKey(pem: try Self.pem("bureau_public")))
    let own = try #require(RSAPrivateKey(pem: try Self.pem("bureau_pkcs1")))
    let wrapped = try #require(recipient.wrap([1, 2, 3], hash: .sha256))
    #expect(own.unwrap(wrapped, hash: .sha256) == [1, 2, 3])
    #expect("\(own)" == "RSAPrivateKey(redacted)")
    var dumped = ""
    dump(own, to: &dumped)
    #expect(dumped.utf8.count < 200)
  }

  @Test(
    "keys that are too short, of another kind, or under a passphrase are not taken",
    arguments: ["bits_1024", "elliptic", "passphrase", "bureau_public"])
  func unusable(name: String) throws {
    #expect(RSAPrivateKey(pem: try Self.pem(name)) == nil)
  }

  @Test(
    "public keys that are too short or of another kind are not taken",
    arguments: ["bits_1024_public", "elliptic_public", "bureau"])
  func unusablePublic(name: String) throws {
    #expect(RSAPublicKey(pem: try Self.pem(name)) == nil)
    #expect(RSAPublicKey(pem: "") == nil)
    let padded = String(repeating: " ", count: 1 << 15)
    #expect(RSAPublicKey(pem: padded + (try Self.pem("bureau_public"))) == nil)
  }
}
