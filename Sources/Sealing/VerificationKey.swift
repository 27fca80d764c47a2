import Crypto
import FoundationEssentials

/// The public half of one logical signer: Ed25519 and ML-DSA-65 together. Neither counts without the other.
///
/// Text: `ed25519+ml-dsa-65:A:B`, with the raw public keys (32 bytes, RFC 8032; 1,952 bytes, FIPS 204) in
/// unpadded base64, so that other DSSE verifiers can take them out. In JSON it is that string.
public struct VerificationKey: Sendable, Hashable, CustomStringConvertible, Codable {
  static let label = "ed25519+ml-dsa-65"
  static let ed25519ByteCount = 32
  static let mldsaByteCount = 1952

  /// The raw Ed25519 public key, 32 bytes.
  public let ed25519: [UInt8]
  /// The raw ML-DSA-65 public key, 1,952 bytes.
  public let mldsa65: [UInt8]

  /// Takes the two raw public keys; throws `DSSEError.invalidKey` where a length or encoding is wrong.
  public init(ed25519: [UInt8], mldsa65: [UInt8]) throws {
    do {
      _ = try Curve25519.Signing.PublicKey(rawRepresentation: ed25519)
      _ = try MLDSA65.PublicKey(rawRepresentation: mldsa65)
    } catch { throw DSSEError.invalidKey("not a pair of Ed25519 and ML-DSA-65 public keys") }
    self.ed25519 = ed25519
    self.mldsa65 = mldsa65
  }

  /// Reads the text form in its one canonical spelling; throws `DSSEError.invalidKey`.
  public init(parsing text: String) throws {
    let parts = text.utf8.count <= 4096 ? text.split(separator: ":") : []
    guard parts.count == 3, parts[0] == Self.label,
      let ed25519 = Base64.decode(parts[1].utf8, padded: false),
      let mldsa65 = Base64.decode(parts[2].utf8, padded: false),
      ed25519.count == Self.ed25519ByteCount, mldsa65.count == Self.mldsaByteCount
    else { throw DSSEError.invalidKey("not a verification key") }
    try self.init(ed25519: ed25519, mldsa65: mldsa65)
    guard text == description else { throw DSSEError.invalidKey("not a verification key") }
  }

  /// The text form.
  public var description: String {
    let keys = [ed25519, mldsa65].map { Base64.string($0, padded: false) }
    return ([Self.label] + keys).joined(separator: ":")
  }

  /// A hint that helps people and lookups: the first 16 bytes of the text form's SHA-256, in hex. Never a
  /// reason to trust anything.
  public var keyid: String {
    let digest = SHA256.hash(data: Array(description.utf8))
    let digits = Array("0123456789abcdef")
    return digest.prefix(16).reduce(into: "") {
      $0.append(digits[Int($1 >> 4)])
      $0.append(digits[Int($1 & 15)])
    }
  }

  /// Reads the JSON string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(parsing: try container.decode(String.self))
    } catch let error as DSSEError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
    }
  }

  /// Writes the JSON string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Whether the signatures hold one of each algorithm over `message`.
  func verifies(_ message: [UInt8], signatures: [[UInt8]]) -> Bool {
    guard let classical = try? Curve25519.Signing.PublicKey(rawRepresentation: ed25519),
      let quantumSafe = try? MLDSA65.PublicKey(rawRepresentation: mldsa65)
    else { return false }
    return signatures.contains { classical.isValidSignature($0, for: message) }
      && signatures.contains {
        $0.count == SigningKey.mldsaSignatureByteCount
          && quantumSafe.isValidSignature($0, for: message)
      }
  }
}
