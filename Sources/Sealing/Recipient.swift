import Crypto
import FoundationEssentials

/// The two kinds of age keys that files are sealed to.
public enum KeyKind: String, Sendable, Hashable, CaseIterable {
  /// X25519, for peers without post-quantum keys.
  case x25519 = "x25519"
  /// ML-KEM-768 with X25519 (X-Wing) through HPKE; the default for new keys.
  case mlkem768x25519 = "mlkem768x25519"

  var publicByteCount: Int { self == .x25519 ? 32 : 1216 }
  var recipientPrefix: String { self == .x25519 ? "age" : "age1pq" }
  var identityPrefix: String { self == .x25519 ? "age-secret-key-" : "age-secret-key-pq-" }
}

/// A public key to seal to: `age1…` or `age1pq1…`.
public struct Recipient: Sendable, Hashable, CustomStringConvertible {
  /// Which of the two schemes.
  public let kind: KeyKind
  let publicKey: [UInt8]

  /// Reads `age1…` or `age1pq1…` in its one canonical, lower-case spelling.
  ///
  /// Throws `AgeError.invalidKey` for everything else, including keys to which nothing can be sealed
  /// (low-order points, ML-KEM coefficients out of range), so that a bad key is refused when it is
  /// registered and not when a job waits for it.
  public init(parsing text: String) throws {
    guard let (prefix, bytes) = Bech32.decode(text, uppercase: false),
      let kind = KeyKind.allCases.first(where: { $0.recipientPrefix == prefix }),
      bytes.count == kind.publicByteCount
    else { throw AgeError.invalidKey("not an age recipient") }
    self.init(kind: kind, publicKey: bytes)
    do {
      switch kind {
      case .x25519:
        // Any scalar tells: a low-order point gives the all-zero secret, which is refused.
        _ = try contributorySecret(
          of: .init(rawRepresentation: [UInt8](repeating: 0x55, count: 32)),
          with: bytes
        )
      case .mlkem768x25519:
        _ = try XWingMLKEM768X25519.PublicKey(rawRepresentation: bytes).encapsulate()
      }
    } catch {
      throw AgeError.invalidKey("this age recipient is not a usable public key")
    }
  }

  init(kind: KeyKind, publicKey: [UInt8]) {
    self.kind = kind
    self.publicKey = publicKey
  }

  /// Whether what is sealed to this recipient withstands a quantum computer.
  public var isPostQuantum: Bool { kind == .mlkem768x25519 }

  /// The canonical text.
  public var description: String {
    Bech32.encode(prefix: kind.recipientPrefix, publicKey, uppercase: false)
  }

  /// The beginning and the end of the text, for a person to compare: a post-quantum one has 2,000
  /// characters.
  public var abbreviated: String {
    let text = description
    return text.utf8.count <= 64 ? text : "\(text.prefix(20))…\(text.suffix(12))"
  }
}
