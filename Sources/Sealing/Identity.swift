import Crypto
import FoundationEssentials

/// A private key to open with: `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`, both 32 bytes of seed.
public struct Identity: Sendable, CustomStringConvertible {
  /// Whom to seal to so that this identity can open.
  public let recipient: Recipient
  let seed: SecretBytes

  /// Reads an identity in its one canonical, upper-case spelling; throws `AgeError.invalidKey`.
  public init(parsing text: String) throws {
    guard let (prefix, bytes) = Bech32.decode(text, uppercase: true),
      let kind = KeyKind.allCases.first(where: { $0.identityPrefix == prefix }), bytes.count == 32
    else { throw AgeError.invalidKey("not an age identity") }
    try self.init(kind: kind, seed: bytes)
  }

  /// Makes a new identity from 32 bytes of the generator.
  public static func generate(
    _ kind: KeyKind = .mlkem768x25519,
    using generator: inout some RandomNumberGenerator
  ) throws -> Identity {
    try Identity(kind: kind, seed: randomBytes(32, using: &generator))
  }

  private init(kind: KeyKind, seed: [UInt8]) throws {
    self.seed = SecretBytes(seed)
    do {
      let publicKey =
        switch kind {
        case .x25519:
          try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: seed).publicKey
            .rawRepresentation
        case .mlkem768x25519:
          try XWingMLKEM768X25519.PrivateKey(seedRepresentation: seed, publicKey: nil).publicKey
            .rawRepresentation
        }
      recipient = Recipient(kind: kind, publicKey: Array(publicKey))
    } catch {
      throw AgeError.invalidKey("this age identity is not a usable private key")
    }
  }

  /// Which of the two schemes.
  public var kind: KeyKind { recipient.kind }

  /// The secret text. For identity files only.
  public var text: String {
    Bech32.encode(prefix: kind.identityPrefix, seed.bytes, uppercase: true)
  }

  /// Names the recipient and nothing secret.
  public var description: String { "Identity(redacted, for \(recipient))" }
}

/// The text file that holds identities: one a line, `#` comments and blank lines between them.
public enum IdentityFile {
  /// More than this is not an identity file.
  public static let textBytesMax = 1 << 20
  /// Each identity costs a key agreement for every stanza of every file opened with it.
  public static let identityCountMax = 256

  /// The identities in order; throws `AgeError.invalidKey` naming the line (never its text), or saying that
  /// there is none.
  public static func parse(_ text: String) throws -> [Identity] {
    guard text.utf8.count <= textBytesMax else {
      throw AgeError.invalidKey("an identity file of more than \(textBytesMax) bytes")
    }
    var identities: [Identity] = []
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, bytes) in lines.enumerated() {
      let line = String(decoding: trimmed(bytes), as: UTF8.self)
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard identities.count < identityCountMax else {
        throw AgeError.invalidKey("an identity file with more than \(identityCountMax) identities")
      }
      guard let identity = try? Identity(parsing: line) else {
        throw AgeError.invalidKey("line \(index + 1) of the identity file is not an age identity")
      }
      identities.append(identity)
    }
    guard !identities.isEmpty else {
      throw AgeError.invalidKey("the identity file holds no identity")
    }
    return identities
  }

  private static func trimmed(_ line: Substring.UTF8View) -> Substring.UTF8View {
    let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
    var rest = line.drop(while: blank)
    while let last = rest.last, blank(last) { rest.removeLast() }
    return rest
  }
}
