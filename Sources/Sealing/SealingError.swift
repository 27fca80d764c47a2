/// What every error of this module can say about itself.
///
/// `code` is stable and meant for programs and logs; `message` is meant for people and never contains key
/// material, plaintext or bytes from the outside.
public protocol SealingError: Error, CustomStringConvertible {
  /// A stable identifier such as `sealing.no_match`.
  var code: String { get }
  /// One sentence for a person.
  var message: String { get }
}

extension SealingError {
  /// Code and message, for logs.
  public var description: String { "\(code): \(message)" }
}

/// Why an age file could not be read or written (C2SP `age.md`).
public enum AgeError: SealingError, Equatable {
  /// No stanza opens with the given identities or passphrase.
  case noMatch
  /// The header breaks the format, or one of its limits.
  case headerFailure(String)
  /// The header opened, but its MAC is wrong: somebody changed it.
  case hmacFailure
  /// The ASCII armor breaks the format.
  case armorFailure(String)
  /// A payload chunk does not authenticate, is missing or is one too many.
  case payloadFailure(String)
  /// A recipient, identity or passphrase is not usable.
  case invalidKey(String)
  /// Post-quantum and classical recipients in one file: the classical ones would expose it.
  case mixedRecipients
  /// There is nobody to seal to, or there are more recipients than a header may hold.
  case recipientCount(Int)
  /// The scrypt work factor lies outside 1...22.
  case workFactor(Int)
  /// OpenSSL could not run the cipher: no memory, or a configuration without ChaCha20-Poly1305.
  case cipherFailure
  /// The stream was finished, or failed, before this call.
  case finished

  /// See `SealingError.code`.
  public var code: String {
    switch self {
    case .noMatch: "sealing.no_match"
    case .headerFailure: "sealing.header"
    case .hmacFailure: "sealing.hmac"
    case .armorFailure: "sealing.armor"
    case .payloadFailure: "sealing.payload"
    case .invalidKey: "sealing.key"
    case .mixedRecipients: "sealing.mixed_recipients"
    case .recipientCount: "sealing.recipient_count"
    case .workFactor: "sealing.work_factor"
    case .cipherFailure: "sealing.cipher"
    case .finished: "sealing.finished"
    }
  }

  /// See `SealingError.message`.
  public var message: String {
    switch self {
    case .noMatch: "no identity or passphrase opens this file"
    case .headerFailure(let reason): "bad age header: \(reason)"
    case .hmacFailure: "the age header was changed after it was written"
    case .armorFailure(let reason): "bad age armor: \(reason)"
    case .payloadFailure(let reason): "bad age payload: \(reason)"
    case .invalidKey(let reason): reason
    case .mixedRecipients: "post-quantum and classical recipients cannot share one file"
    case .recipientCount(let count): "cannot seal to \(count) recipients"
    case .workFactor(let factor): "scrypt work factor \(factor) is outside 1...22"
    case .cipherFailure:
      "OpenSSL could not run ChaCha20-Poly1305: check its configuration and the free memory"
    case .finished: "the stream has already ended"
    }
  }
}
