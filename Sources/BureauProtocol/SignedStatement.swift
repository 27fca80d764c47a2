public import FoundationEssentials

/// A DSSE v1 envelope as it travels in JSON (DSSE `envelope.md`, whose member names are camel case).
/// It only carries: parse, verify and read it with `Sealing`, never from these members.
public struct SignedStatement: Hashable, Sendable, Codable {
  /// One signature over the payload.
  public struct Signature: Hashable, Sendable, Codable {
    /// A hint which key made it, or `nil`.
    public var keyid: String?
    /// The signature, base64.
    public var sig: String

    /// A signature.
    public init(keyid: String?, sig: String) {
      self.keyid = keyid
      self.sig = sig
    }
  }

  /// What the payload is: `application/vnd.in-toto+json`.
  public var payloadType: String
  /// The payload, base64.
  public var payload: String
  /// The signatures.
  public var signatures: [Signature]

  /// An envelope from its members.
  public init(payloadType: String, payload: String, signatures: [Signature]) {
    self.payloadType = payloadType
    self.payload = payload
    self.signatures = signatures
  }

  /// Reads an envelope's JSON text.
  public init(json: some DataProtocol & ContiguousBytes) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(json))
  }

  /// The envelope's JSON text, the same for equal envelopes: what `Sealing` parses and verifies.
  public func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }
}
