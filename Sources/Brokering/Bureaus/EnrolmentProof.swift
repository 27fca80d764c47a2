import Domain
import FoundationEssentials
import Sealing

/// The keys of an enrolment whose proof of possession held: the statement names the verification key
/// that signed it, the bureau that it is for and the recipient that packages are sealed to, so that
/// nobody can enrol another's key, or another recipient with it.
struct EnrolmentProof: Sendable {
  static let payloadType = "application/vnd.in-toto+json"
  static let statementType = "https://in-toto.io/Statement/v1"
  static let predicateType = "urn:everpart:enrolment:1"
  /// How far a statement's time may be from ours, either way: a copy of an older enrolment cannot
  /// bring retired keys back.
  static let toleranceSeconds: Int64 = 3600

  let recipient: Recipient
  let verificationKey: VerificationKey

  private struct Statement: Decodable {
    struct Predicate: Decodable {
      let bureau: BureauID
      let recipient: String
      let verificationKey: String
      let issuedAt: Instant

      enum CodingKeys: String, CodingKey {
        case bureau, recipient
        case verificationKey = "verification_key"
        case issuedAt = "issued_at"
      }
    }

    let type: String
    let predicateType: String
    let predicate: Predicate

    enum CodingKeys: String, CodingKey {
      case type = "_type"
      case predicateType, predicate
    }
  }

  /// Verifies a bureau's statement. `enrolment.statement` for one that cannot be read,
  /// `enrolment.signature`, `enrolment.other_bureau`, `enrolment.stale`, `enrolment.recipient`.
  init(_ envelope: Envelope, bureau: BureauID, at now: Instant) throws(Problem) {
    // The claimed key is read from bytes not verified yet and used for nothing but verifying them;
    // everything else is read from the verified bytes.
    guard let claimed = Data(base64Encoded: envelope.payload),
      let key = try? Self.parse(claimed).verificationKey
    else { throw Self.unreadable }
    let verified: [UInt8]
    do {
      verified = try envelope.verify(payloadType: Self.payloadType, trusted: [key])
    } catch {
      throw Problem(
        .invalid, "enrolment.signature",
        "The statement is not signed with the verification key that it names.")
    }
    guard let (predicate, signer) = try? Self.parse(Data(verified)), signer == key else {
      throw Self.unreadable
    }
    guard predicate.bureau == bureau else {
      throw Problem(
        .invalid, "enrolment.other_bureau", "The statement is for another bureau.")
    }
    guard
      abs(now.milliseconds - predicate.issuedAt.milliseconds) <= Self.toleranceSeconds * 1000
    else {
      throw Problem(
        .invalid, "enrolment.stale",
        "The statement was made more than an hour ago or ahead: check the clock and enrol again.")
    }
    guard let recipient = try? Recipient(parsing: predicate.recipient) else {
      throw Problem(
        .invalid, "enrolment.recipient", "The statement's recipient is not an age recipient.")
    }
    self.recipient = recipient
    verificationKey = key
  }

  private static let unreadable = Problem(
    .invalid, "enrolment.statement", "This is not an enrolment statement.")

  private static func parse(
    _ payload: Data
  ) throws -> (predicate: Statement.Predicate, verificationKey: VerificationKey) {
    let statement = try JSONDecoder().decode(Statement.self, from: payload)
    guard statement.type == statementType, statement.predicateType == predicateType else {
      throw unreadable
    }
    let predicate = statement.predicate
    return (predicate, try VerificationKey(parsing: predicate.verificationKey))
  }
}
