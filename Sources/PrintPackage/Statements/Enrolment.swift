public import Domain
import FoundationEssentials
public import Sealing

/// A bureau's word which keys are its own, signed with the key that it names: proof that whoever
/// sends it holds the private half.
public struct Enrolment: StatementPredicate {
  /// `urn:everpart:enrolment:1`.
  public static let predicateType = "urn:everpart:enrolment:1"
  /// `enrolment`.
  public static let problemPrefix = "enrolment"
  /// `enrolment.statement`.
  public static let contentCode = "enrolment.statement"
  /// How far the statement's time may lie from the broker's, either way.
  public static let tolerance = Duration.seconds(600)

  /// The bureau.
  public let bureau: BureauID
  /// The age recipient that packages are to be sealed to.
  public let recipient: String
  /// The key that its completions will be signed with.
  public let verificationKey: VerificationKey
  /// 32 hexadecimal digits of randomness.
  public let nonce: String
  /// When it was made, by the bureau's clock.
  public let issuedAt: Instant

  /// An enrolment with a fresh nonce.
  public init(
    bureau: BureauID, recipient: Recipient, verificationKey: VerificationKey, issuedAt: Instant,
    using generator: inout some RandomNumberGenerator
  ) {
    self.bureau = bureau
    self.recipient = recipient.description
    self.verificationKey = verificationKey
    self.issuedAt = issuedAt
    nonce = generator.bytes(16).hexadecimal
  }

  /// The two keys by the digests of their texts.
  public var subjects: [StatementSubject] {
    [
      StatementSubject(name: "recipient", sha256: ContentDigest(of: recipient.utf8)),
      StatementSubject(
        name: "verification-key", sha256: ContentDigest(of: verificationKey.description.utf8)),
    ]
  }

  /// The enrolment in an envelope, if it is this bureau's, made about now, and signed with both
  /// algorithms of the key that it names.
  ///
  /// The key is first read from bytes that nobody has vouched for; it only says which key to
  /// verify with, and the verified bytes are read again.
  ///
  /// - Throws: `enrolment.statement`, `enrolment.untrusted`, `enrolment.signature`,
  ///   `enrolment.other_bureau`, `enrolment.time`, `enrolment.recipient`.
  public static func verified(
    _ envelope: Envelope, bureau: BureauID, now: Instant
  ) throws -> (recipient: Recipient, verificationKey: VerificationKey) {
    guard envelope.payload.utf8.count <= 64 << 10,
      let bytes = Data(base64Encoded: envelope.payload),
      let claim = try? JSONDecoder().decode(InTotoStatement<Enrolment>.self, from: bytes)
    else { throw contentProblem("The signed bytes are not an enrolment statement.") }
    let key = claim.predicate.verificationKey
    let enrolment = try verified(envelope, trusted: [key]).predicate
    guard enrolment.verificationKey == key else {
      throw contentProblem("The enrolment names another key than the one that signed it.")
    }
    guard enrolment.bureau == bureau else {
      throw Problem(.invalid, "enrolment.other_bureau", "The enrolment is another bureau's.")
    }
    guard enrolment.issuedAt <= now + tolerance, now <= enrolment.issuedAt + tolerance else {
      throw Problem(
        .invalid, "enrolment.time",
        "The enrolment's time is more than ten minutes from the broker's: check the clock.")
    }
    guard let recipient = try? Recipient(parsing: enrolment.recipient) else {
      throw Problem(
        .invalid, "enrolment.recipient", "The enrolment's recipient is not a usable age key.")
    }
    return (recipient, key)
  }

  private enum CodingKeys: String, CodingKey {
    case bureau, recipient, nonce
    case verificationKey = "verification_key"
    case issuedAt = "issued_at"
  }
}
