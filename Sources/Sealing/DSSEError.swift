/// Why an envelope was refused, or a signing key not read.
public enum DSSEError: SealingError, Equatable {
  /// Not an envelope, or larger than its limits.
  case malformed(String)
  /// The payload type is not the one expected.
  case wrongPayloadType
  /// Fewer trusted signers than demanded signed with both algorithms.
  case untrusted(signers: Int, needed: Int)
  /// Not a signing or verification key.
  case invalidKey(String)
  /// The library refused to sign.
  case signingFailed

  /// See `SealingError.code`.
  public var code: String {
    switch self {
    case .malformed: "sealing.envelope"
    case .wrongPayloadType: "sealing.payload_type"
    case .untrusted: "sealing.untrusted"
    case .invalidKey: "sealing.signing_key"
    case .signingFailed: "sealing.signing_failed"
    }
  }

  /// See `SealingError.message`.
  public var message: String {
    switch self {
    case .malformed(let reason): "bad envelope: \(reason)"
    case .wrongPayloadType: "the envelope holds another type of payload"
    case .untrusted(let signers, let needed):
      "\(signers) of \(needed) needed trusted signers signed with both algorithms"
    case .invalidKey(let reason): reason
    case .signingFailed: "the signature could not be made"
    }
  }
}
