import CryptoExtras
import FoundationEssentials

/// The hash of RSA-OAEP, for its digest and for its mask (MGF1) alike.
public enum OAEPHash: Sendable {
  case sha1, sha256

  fileprivate var padding: _RSA.Encryption.Padding {
    switch self {
    case .sha1: .PKCS1_OAEP
    case .sha256: .PKCS1_OAEP_SHA256
    }
  }
}

/// Sizes of RSA keys that are used. Less is broken too soon; more only costs time.
private let keyBits = 2048...8192
/// Bytes that a key's text may have: several times what the largest takes.
private let pemBytesMax = 1 << 15

/// An RSA public key that wraps content keys with RSAES-OAEP (RFC 8017, 7.1, with an empty label).
///
/// For formats that leave no other choice, such as 3MF Secure Content: what is our own is sealed with age.
public struct RSAPublicKey: Sendable {
  private let encoded: [UInt8]

  /// Reads `PUBLIC KEY` (RFC 7468, 13) or `RSA PUBLIC KEY`; nil unless it is one of 2048 to 8192 bits.
  public init?(pem: String) {
    guard pem.utf8.count <= pemBytesMax,
      let key = try? _RSA.Encryption.PublicKey(pemRepresentation: pem),
      keyBits.contains(key.keySizeInBits)
    else { return nil }
    encoded = Array(key.derRepresentation)
  }

  /// Wraps a key of at most 64 bytes, with randomness of the operating system: no two wraps are alike.
  /// Nil if the cipher failed.
  public func wrap(_ key: [UInt8], hash: OAEPHash) -> [UInt8]? {
    guard key.count <= 64, let own = try? _RSA.Encryption.PublicKey(derRepresentation: encoded),
      let wrapped = try? own.encrypt(key, padding: hash.padding)
    else { return nil }
    return Array(wrapped)
  }
}

/// An RSA private key that unwraps what `RSAPublicKey` wrapped. Descriptions and dumps show nothing of it.
public struct RSAPrivateKey: Sendable, CustomStringConvertible {
  private let encoded: SecretBytes

  /// Reads `PRIVATE KEY` (RFC 7468, 10) or `RSA PRIVATE KEY`, neither under a passphrase; nil unless it
  /// is one of 2048 to 8192 bits.
  public init?(pem: String) {
    guard pem.utf8.count <= pemBytesMax,
      let key = try? _RSA.Encryption.PrivateKey(pemRepresentation: pem),
      keyBits.contains(key.keySizeInBits)
    else { return nil }
    encoded = SecretBytes(key.derRepresentation)
  }

  /// The key that is wrapped; nil if it was wrapped for another key or another hash, or was changed.
  ///
  /// Why it fails is not told apart, here or in the time that it takes (BoringSSL decodes OAEP in constant
  /// time): whoever may try many wraps could otherwise open one piece by piece (J. Manger, "A Chosen
  /// Ciphertext Attack on RSA-OAEP", CRYPTO 2001).
  public func unwrap(_ wrapped: [UInt8], hash: OAEPHash) -> [UInt8]? {
    guard let own = try? _RSA.Encryption.PrivateKey(derRepresentation: encoded.bytes),
      let key = try? own.decrypt(wrapped, padding: hash.padding)
    else { return nil }
    return Array(key)
  }

  /// Says nothing of the key.
  public var description: String { "RSAPrivateKey(redacted)" }
}
