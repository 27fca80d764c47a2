import FoundationEssentials

/// A DSSE v1 envelope (secure-systems-lab/dsse, `envelope.md` and `protocol.md`).
///
/// Reading the payload means verifying it: there is no other way to its bytes.
public struct Envelope: Sendable, Hashable, Codable {
  /// One signature and a hint whose it is.
  public struct Signature: Sendable, Hashable, Codable {
    /// A hint, never a reason to trust: `VerificationKey.keyid`, `/` and the algorithm.
    public let keyid: String?
    /// Base64, in either alphabet.
    public let sig: String
  }

  /// Signatures in one envelope: two for each signer.
  public static let signatureCountMax = 32
  private static let signatureTextBytesMax = 8192

  /// The payload in base64, in either alphabet.
  public let payload: String
  /// Says how to read the payload; covered by the signatures.
  public let payloadType: String
  /// The signatures in no particular order.
  public let signatures: [Signature]

  /// Signs with both algorithms of the signer; throws `DSSEError.signingFailed`.
  public static func sign(
    payload: some Collection<UInt8>,
    payloadType: String,
    with signer: SigningKey
  ) throws -> Envelope {
    let bytes = Array(payload)
    let message = preAuthenticationEncoding(payloadType: payloadType, payload: bytes)
    return Envelope(
      payload: Base64.string(bytes, padded: true),
      payloadType: payloadType,
      signatures: try signatures(of: message, by: signer)
    )
  }

  /// What is signed: `DSSEv1 SP len(type) SP type SP len(body) SP body` (`protocol.md`, "PAE").
  public static func preAuthenticationEncoding(payloadType: String, payload: [UInt8]) -> [UInt8] {
    Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
  }

  /// What a verified envelope says, and who says it.
  public struct Verified: Sendable {
    /// Exactly the bytes that the signatures cover.
    public let payload: [UInt8]
    /// The trusted signers that signed with both algorithms.
    public let signers: [VerificationKey]
  }

  /// The payload, if it is of the expected type and at least `threshold` different trusted signers signed it
  /// with both Ed25519 and ML-DSA-65.
  ///
  /// Repeated signatures and repeated trusted keys count once, and so do signers that share a key. Throws
  /// `DSSEError.wrongPayloadType`, `.malformed` or `.untrusted`.
  public func verified(
    payloadType expected: String,
    trusted: [VerificationKey],
    threshold: Int = 1
  ) throws -> Verified {
    guard payloadType == expected else { throw DSSEError.wrongPayloadType }
    guard signatures.count <= Self.signatureCountMax else {
      throw DSSEError.malformed("more than \(Self.signatureCountMax) signatures")
    }
    let payload = try decode(payload)
    let signatures = try self.signatures.map {
      guard $0.sig.utf8.count <= Self.signatureTextBytesMax else {
        throw DSSEError.malformed("a signature of more than \(Self.signatureTextBytesMax) bytes")
      }
      return try decode($0.sig)
    }
    let message = Self.preAuthenticationEncoding(payloadType: payloadType, payload: payload)
    var signers: [VerificationKey] = []
    for key in trusted where !signers.contains(key) {
      if key.verifies(message, signatures: signatures) { signers.append(key) }
    }
    let count = min(Set(signers.map(\.ed25519)).count, Set(signers.map(\.mldsa65)).count)
    guard threshold >= 1, count >= threshold else {
      throw DSSEError.untrusted(signers: count, needed: max(1, threshold))
    }
    return Verified(payload: payload, signers: signers)
  }

  /// The payload of `verified(payloadType:trusted:threshold:)`, which is to be parsed as it is.
  public func verify(
    payloadType expected: String,
    trusted: [VerificationKey],
    threshold: Int = 1
  ) throws -> [UInt8] {
    try verified(payloadType: expected, trusted: trusted, threshold: threshold).payload
  }

  private static func signatures(of message: [UInt8], by signer: SigningKey) throws -> [Signature] {
    zip(["ed25519", "ml-dsa-65"], try signer.signatures(for: message)).map { algorithm, bytes in
      Signature(
        keyid: "\(signer.verificationKey.keyid)/\(algorithm)",
        sig: Base64.string(bytes, padded: true)
      )
    }
  }

  private func decode(_ text: String) throws -> [UInt8] {
    let utf8 = Array(text.utf8)
    guard
      let bytes = Base64.decode(utf8, padded: true)
        ?? Base64.decode(utf8, padded: true, alphabet: .urlSafe)
    else { throw DSSEError.malformed("a member is not base64") }
    return bytes
  }
}

extension Envelope {
  /// An envelope in JSON is never larger than this unless the caller says so.
  public static let jsonBytesMax = 4 << 20

  /// Reads an envelope from JSON; members that DSSE does not know are ignored, as it demands. Throws
  /// `DSSEError.malformed`.
  public init(json: some Collection<UInt8>, bytesMax: Int = jsonBytesMax) throws {
    guard json.count <= bytesMax else { throw DSSEError.malformed("more than \(bytesMax) bytes") }
    guard let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(json)) else {
      throw DSSEError.malformed("not a DSSE envelope in JSON")
    }
    self = envelope
  }

  /// The envelope as JSON with its members in alphabetical order.
  public func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }
}
