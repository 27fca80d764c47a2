import Domain
import FoundationEssentials
public import Sealing

/// What one kind of signed statement says; the predicate of an in-toto statement.
public protocol StatementPredicate: Codable, Hashable, Sendable {
  /// The kind: `urn:everpart:…:1`.
  static var predicateType: String { get }
  /// The first part of the codes that a refusal has: `package`, `grant`, ….
  static var problemPrefix: String { get }
  /// The code for a statement whose content is not what it has to be.
  static var contentCode: String { get }
  /// What the statement is about. A verifier demands exactly these subjects.
  var subjects: [StatementSubject] { get }
}

/// An artifact that a statement is about (in-toto `resource_descriptor.md`).
public struct StatementSubject: Codable, Hashable, Sendable {
  /// What it is called.
  public let name: String
  /// Its digests by algorithm; here always and only `sha256`.
  public let digest: [String: ContentDigest]

  /// An artifact by its SHA-256.
  public init(name: String, sha256: ContentDigest) {
    self.name = name
    digest = ["sha256": sha256]
  }
}

/// A predicate whose signatures were verified, with the exact bytes that they cover.
public struct VerifiedStatement<Predicate: StatementPredicate>: Sendable {
  /// What was said.
  public let predicate: Predicate
  /// SHA-256 of the signed bytes: what other statements name this one by.
  public let digest: ContentDigest
  /// Who of the trusted signed it.
  public let signers: [VerificationKey]
}

/// The in-toto statement around a predicate (`https://in-toto.io/Statement/v1`, `statement.md`).
struct InTotoStatement<Predicate: StatementPredicate>: Codable {
  static var type: String { "https://in-toto.io/Statement/v1" }
  static var payloadType: String { "application/vnd.in-toto+json" }

  let type: String
  let subject: [StatementSubject]
  let predicateType: String
  let predicate: Predicate

  enum CodingKeys: String, CodingKey {
    case type = "_type"
    case subject, predicateType, predicate
  }

  init(_ predicate: Predicate) {
    type = Self.type
    subject = predicate.subjects
    predicateType = Predicate.predicateType
    self.predicate = predicate
  }
}

extension StatementPredicate {
  /// The bytes to sign, and their digest.
  func payload() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(InTotoStatement(self)))
  }

  /// The statement in a DSSE envelope, signed with both algorithms of the signer.
  public func signed(by signer: SigningKey) throws -> Envelope {
    try Envelope.sign(
      payload: try payload(), payloadType: InTotoStatement<Self>.payloadType, with: signer)
  }

  /// The statement in an envelope, if one of the trusted keys signed it and it is of this kind.
  /// What is read is exactly what was verified.
  ///
  /// - Throws: `Problem` with the code `<prefix>.untrusted` where no trusted key is even named,
  ///   `<prefix>.signature` where one is and its signatures do not hold, and ``contentCode`` where
  ///   the signed bytes are not such a statement.
  public static func verified(
    _ envelope: Envelope, trusted: [VerificationKey]
  ) throws -> VerifiedStatement<Self> {
    let verified: Envelope.Verified
    do {
      verified = try envelope.verified(
        payloadType: InTotoStatement<Self>.payloadType, trusted: trusted)
    } catch DSSEError.untrusted where !names(envelope, anyOf: trusted) {
      throw Problem(
        .invalid, "\(problemPrefix).untrusted", "The statement is not signed by a trusted key.")
    } catch {
      throw Problem(
        .invalid, "\(problemPrefix).signature",
        "The statement's signatures do not hold: both algorithms of a trusted key are needed.",
        privateDetail: "\(error)")
    }
    let statement: InTotoStatement<Self>
    do {
      statement = try JSONDecoder().decode(
        InTotoStatement<Self>.self, from: Data(verified.payload))
    } catch {
      throw contentProblem("The signed bytes are not a statement of the kind \(predicateType).")
    }
    guard statement.type == InTotoStatement<Self>.type,
      statement.predicateType == predicateType
    else { throw contentProblem("The statement is not of the kind \(predicateType).") }
    guard statement.subject == statement.predicate.subjects else {
      throw contentProblem("The statement's subjects are not those of its predicate.")
    }
    return VerifiedStatement(
      predicate: statement.predicate, digest: ContentDigest(of: verified.payload),
      signers: verified.signers)
  }

  static func contentProblem(_ detail: String) -> Problem {
    Problem(.invalid, contentCode, detail)
  }

  /// Key ids are hints: they choose between two refusals and nothing else.
  private static func names(_ envelope: Envelope, anyOf trusted: [VerificationKey]) -> Bool {
    let hints = Set(trusted.map(\.keyid))
    return envelope.signatures.contains { signature in
      guard let name = signature.keyid?.split(separator: "/").first else { return false }
      return hints.contains(String(name))
    }
  }
}
