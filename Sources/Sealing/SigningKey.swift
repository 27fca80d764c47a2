import Crypto
import FoundationEssentials

/// One logical signer: an Ed25519 and an ML-DSA-65 private key, 32 bytes of seed each.
///
/// Two algorithms, so that a break of either does not forge a package: Ed25519 is old and well understood,
/// ML-DSA withstands a quantum computer.
public struct SigningKey: Sendable, CustomStringConvertible {
  static let mldsaSignatureByteCount = 3309
  private static let begin = "-----BEGIN EVERPART SIGNING KEY-----"
  private static let end = "-----END EVERPART SIGNING KEY-----"

  /// What verifiers need.
  public let verificationKey: VerificationKey
  private let seeds: SecretBytes

  /// Makes a new signer from 64 bytes of the generator.
  public static func generate(using generator: inout some RandomNumberGenerator) throws
    -> SigningKey
  {
    try SigningKey(seeds: randomBytes(64, using: &generator))
  }

  /// Reads what `text` wrote; white space around the lines does not matter. Throws `DSSEError.invalidKey`.
  public init(parsing text: String) throws {
    guard text.utf8.count <= 4096 else { throw DSSEError.invalidKey("not a signing key") }
    let lines = text.split(whereSeparator: \.isWhitespace)
    let marks = [Self.begin, Self.end].map { $0.split(separator: " ") }
    guard lines.starts(with: marks[0]), lines.suffix(marks[1].count) == marks[1][...],
      lines.count > marks[0].count + marks[1].count
    else { throw DSSEError.invalidKey("not a signing key") }
    let body = lines.dropFirst(marks[0].count).dropLast(marks[1].count).joined()
    guard let seeds = Base64.decode(body.utf8, padded: true), seeds.count == 64 else {
      throw DSSEError.invalidKey("not a signing key")
    }
    try self.init(seeds: seeds)
  }

  private init(seeds: [UInt8]) throws {
    self.seeds = SecretBytes(seeds)
    do {
      let classical = try Curve25519.Signing.PrivateKey(rawRepresentation: seeds[..<32])
      let quantumSafe = try MLDSA65.PrivateKey(seedRepresentation: seeds[32...], publicKey: nil)
      verificationKey = try VerificationKey(
        ed25519: Array(classical.publicKey.rawRepresentation),
        mldsa65: Array(quantumSafe.publicKey.rawRepresentation)
      )
    } catch { throw DSSEError.invalidKey("not a signing key") }
  }

  /// The secret text, PEM-like, around the base64 of both seeds. For key files (mode 0600) only.
  public var text: String {
    let body = Base64.string(seeds.bytes, padded: true)
    return "\(Self.begin)\n\(body.prefix(64))\n\(body.dropFirst(64))\n\(Self.end)\n"
  }

  /// Names the public key's id and nothing secret.
  public var description: String { "SigningKey(redacted, \(verificationKey.keyid))" }

  /// Ed25519, then ML-DSA-65 over the same message. swift-crypto's ML-DSA draws its hedging randomness from
  /// the operating system, so two signatures of one message differ.
  func signatures(for message: [UInt8]) throws -> [[UInt8]] {
    do {
      let bytes = seeds.bytes
      let classical = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes[..<32])
      let quantumSafe = try MLDSA65.PrivateKey(seedRepresentation: bytes[32...], publicKey: nil)
      return [
        Array(try classical.signature(for: message)),
        Array(try quantumSafe.signature(for: message)),
      ]
    } catch { throw DSSEError.signingFailed }
  }
}
