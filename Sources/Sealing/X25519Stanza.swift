import Crypto
import FoundationEssentials

/// `-> X25519 share`: the file key under an ephemeral Diffie-Hellman secret (C2SP `age.md`).
struct X25519Stanza: Sendable {
  static let type = "X25519"
  private static let info = Array("age-encryption.org/v1/X25519".utf8)

  let share: [UInt8]
  let body: [UInt8]

  init(_ stanza: Stanza) throws {
    try stanza.check(arguments: 1)
    share = try stanza.argument(0, bytes: 32)
    body = stanza.body
  }

  static func wrap(
    _ fileKey: FileKey,
    for recipient: [UInt8],
    using generator: inout some RandomNumberGenerator
  ) throws -> Stanza {
    do {
      let ephemeral = try Curve25519.KeyAgreement.PrivateKey(
        rawRepresentation: randomBytes(32, using: &generator)
      )
      let share = Array(ephemeral.publicKey.rawRepresentation)
      let secret = try contributorySecret(of: ephemeral, with: recipient)
      let key = secret.hkdfDerivedSymmetricKey(
        using: SHA256.self,
        salt: share + recipient,
        sharedInfo: info,
        outputByteCount: 32
      )
      return Stanza(
        type: type,
        arguments: [Base64.string(share, padded: false)],
        body: try FileKeyBody.seal(fileKey, under: key)
      )
    } catch {
      throw AgeError.invalidKey("cannot seal to this X25519 recipient")
    }
  }

  /// The file key, or nil where the stanza is for somebody else; a low-order share is a header failure.
  func unwrap(with identity: Identity) throws -> FileKey? {
    let key: SymmetricKey
    do {
      let secret = try contributorySecret(
        of: .init(rawRepresentation: identity.seed.bytes),
        with: share
      )
      key = secret.hkdfDerivedSymmetricKey(
        using: SHA256.self,
        salt: share + identity.recipient.publicKey,
        sharedInfo: Self.info,
        outputByteCount: 32
      )
    } catch {
      throw AgeError.headerFailure("the share of an X25519 stanza is a low-order point")
    }
    return FileKeyBody.open(body, under: key)
  }
}

/// The Diffie-Hellman secret, unless it is all zero (RFC 7748, section 6.1): then the public key is a low-order
/// point and the secret is the same for everybody. On Linux swift-crypto does not check this.
func contributorySecret(
  of privateKey: Curve25519.KeyAgreement.PrivateKey,
  with publicKey: [UInt8]
) throws -> SharedSecret {
  let secret = try privateKey.sharedSecretFromKeyAgreement(
    with: .init(rawRepresentation: publicKey)
  )
  guard secret.withUnsafeBytes({ $0.reduce(0) { $0 | $1 } }) != 0 else {
    throw AgeError.invalidKey("a low-order X25519 point")
  }
  return secret
}

/// ChaCha20-Poly1305 with a zero nonce, under a key that is used for this one file key only.
enum FileKeyBody {
  private static let nonce = [UInt8](repeating: 0, count: 12)

  static func seal(_ fileKey: FileKey, under key: SymmetricKey) throws -> [UInt8] {
    let box = try ChaChaPoly.seal(fileKey.bytes, using: key, nonce: .init(data: nonce))
    return Array(box.ciphertext) + Array(box.tag)
  }

  static func open(_ body: [UInt8], under key: SymmetricKey) -> FileKey? {
    guard let box = try? ChaChaPoly.SealedBox(combined: nonce + body),
      let bytes = try? ChaChaPoly.open(box, using: key)
    else { return nil }
    return FileKey(bytes: bytes)
  }
}
