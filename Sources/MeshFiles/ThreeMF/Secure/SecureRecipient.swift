internal import Sealing

/// Somebody a 3MF package is encrypted for: a consumer, in the words of 3MF Secure Content.
public struct SecureRecipient: Sendable {
  /// What the recipient is called in the file, where everybody can read it.
  public let consumerID: String
  /// Which of the recipient's keys it is, if there are several; open like the identifier.
  public let keyID: String?
  let publicKey: RSAPublicKey

  /// Bytes that an identifier may have.
  public static let identifierBytesMax = 256

  /// A recipient with an RSA public key of 2048 to 8192 bits as PEM text (RFC 7468, 13). Throws
  /// `mesh.3mf.secure.unusable_key`, or `mesh.3mf.secure.recipients` for an identifier that is not 1 to
  /// 256 bytes of printable ASCII.
  public init(
    consumerID: String, keyID: String? = nil, publicKeyPEM: String
  ) throws(MeshRefusal) {
    for identifier in [consumerID, keyID ?? "-"] {
      guard (1...Self.identifierBytesMax).contains(identifier.utf8.count),
        identifier.utf8.allSatisfy({ 0x20...0x7e ~= $0 })
      else {
        throw MeshRefusal(
          .recipients, "A recipient's identifier is not 1 to 256 printable ASCII characters.")
      }
    }
    guard let key = RSAPublicKey(pem: publicKeyPEM) else {
      throw MeshRefusal(.unusableKey, KeyText.faultOfPublicKey(publicKeyPEM))
    }
    self.consumerID = consumerID
    self.keyID = keyID
    publicKey = key
  }
}

/// What is done to a part before it is encrypted.
public enum SecureCompression: String, Sendable {
  /// Nothing: what everybody reads. Nothing makes the file smaller later.
  case none
  /// DEFLATE. lib3mf up to 2.5.0 cannot inflate such a part of more than about 33 KB.
  case deflate
}
