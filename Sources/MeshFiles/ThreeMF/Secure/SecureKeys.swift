internal import Crypto
internal import Sealing

/// The keys that somebody has for encrypted 3MF parts. Descriptions and dumps show nothing of them.
public struct SecureKeys: Sendable, CustomStringConvertible, CustomReflectable {
  /// A private key, and for which consumers of a key store it is.
  struct PrivateKey {
    let key: RSAPrivateKey
    /// Nil for all.
    let consumerID: String?
    /// Nil for all; a consumer that has none in the file takes any.
    let keyID: String?

    func isFor(_ consumer: KeyStore.Consumer) -> Bool {
      (consumerID == nil || consumerID == consumer.identifier)
        && (keyID == nil || consumer.keyIdentifier == nil || keyID == consumer.keyIdentifier)
    }
  }

  private(set) var privateKeys: [PrivateKey] = []
  private var contentKeys: [String: SymmetricKey] = [:]

  /// No keys.
  public init() {}

  /// Whether there are no keys.
  public var isEmpty: Bool { privateKeys.isEmpty && contentKeys.isEmpty }

  /// Adds an RSA private key of 2048 to 8192 bits as PEM text (`PRIVATE KEY` or `RSA PRIVATE KEY`, not
  /// under a passphrase). It is tried for what is encrypted for that consumer and that key of the
  /// consumer's; where they are nil, for everybody's. Throws `mesh.3mf.secure.unusable_key`.
  public mutating func add(
    privateKeyPEM: String, consumerID: String? = nil, keyID: String? = nil
  ) throws(MeshRefusal) {
    guard let key = RSAPrivateKey(pem: privateKeyPEM) else {
      throw MeshRefusal(.unusableKey, KeyText.faultOfPrivateKey(privateKeyPEM))
    }
    privateKeys.append(PrivateKey(key: key, consumerID: consumerID, keyID: keyID))
  }

  /// Adds a content key of 32 bytes by the UUID that the key store calls it (`keyuuid`), where it comes
  /// by another way than the file. Throws `mesh.3mf.secure.unusable_key`.
  public mutating func add(contentKey: [UInt8], keyUUID: String) throws(MeshRefusal) {
    guard contentKey.count == 32 else {
      throw MeshRefusal(.unusableKey, "A content key has not 32 bytes.")
    }
    contentKeys[keyUUID.lowercased()] = SymmetricKey(data: contentKey)
  }

  /// The content key of that UUID, if it was given.
  func contentKey(_ keyUUID: String) -> SymmetricKey? { contentKeys[keyUUID] }

  /// Says nothing of the keys.
  public var description: String { "SecureKeys(redacted)" }
  /// Shows nothing of the keys.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
