import Crypto
import FoundationEssentials

/// `-> mlkem768x25519 enc`: the file key through HPKE base mode with X-Wing, HKDF-SHA-256 and
/// ChaCha20-Poly1305 (C2SP `age.md`, "Hybrid recipient stanza"; RFC 9180).
struct HybridStanza: Sendable {
  static let type = "mlkem768x25519"
  static let encapsulationByteCount = 1120
  private static let info = Data("age-encryption.org/mlkem768x25519".utf8)
  private static var suite: HPKE.Ciphersuite {
    HPKE.Ciphersuite(kem: .XWingMLKEM768X25519, kdf: .HKDF_SHA256, aead: .chaChaPoly)
  }

  let encapsulation: [UInt8]
  let body: [UInt8]

  init(_ stanza: Stanza) throws {
    try stanza.check(arguments: 1)
    encapsulation = try stanza.argument(0, bytes: Self.encapsulationByteCount)
    body = stanza.body
  }

  /// swift-crypto's HPKE draws the encapsulation's randomness itself, from the operating system.
  static func wrap(_ fileKey: FileKey, for recipient: [UInt8]) throws -> Stanza {
    do {
      let key = try XWingMLKEM768X25519.PublicKey(rawRepresentation: recipient)
      var sender = try HPKE.Sender(recipientKey: key, ciphersuite: suite, info: info)
      let body = try sender.seal(fileKey.bytes)
      return Stanza(
        type: type,
        arguments: [Base64.string(sender.encapsulatedKey, padded: false)],
        body: Array(body)
      )
    } catch {
      throw AgeError.invalidKey("cannot seal to this mlkem768x25519 recipient")
    }
  }

  /// The file key, or nil where the stanza is for somebody else. ML-KEM rejects implicitly, so a failing
  /// decapsulation means a low-order X25519 share: a header failure.
  func unwrap(with identity: Identity) throws -> FileKey? {
    var recipient: HPKE.Recipient
    do {
      recipient = try HPKE.Recipient(
        privateKey: XWingMLKEM768X25519.PrivateKey(
          seedRepresentation: identity.seed.bytes,
          publicKey: nil
        ),
        ciphersuite: Self.suite,
        info: Self.info,
        encapsulatedKey: Data(encapsulation)
      )
    } catch {
      throw AgeError.headerFailure("the share of a mlkem768x25519 stanza is a low-order point")
    }
    guard let bytes = try? recipient.open(body) else { return nil }
    return FileKey(bytes: bytes)
  }
}
