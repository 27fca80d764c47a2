public import Domain
public import Sealing

/// The broker's word that one holder may print one attempt, under one epoch.
public struct LeaseGrant: StatementPredicate {
  /// `urn:everpart:lease-grant:1`.
  public static let predicateType = "urn:everpart:lease-grant:1"
  /// `grant`.
  public static let problemPrefix = "grant"
  /// `grant.statement`.
  public static let contentCode = "grant.statement"

  /// The job.
  public let job: JobID
  /// The bureau that holds it.
  public let bureau: BureauID
  /// The lease's epoch.
  public let epoch: Int
  /// The attempt that may be printed.
  public let attempt: Int
  /// The manifest, by the digest of its signed bytes.
  public let manifestSHA256: ContentDigest
  /// When it was granted.
  public let issuedAt: Instant
  /// How long the lease holds without a heartbeat, in seconds.
  public let termSeconds: Int

  /// A grant from its members.
  public init(
    job: JobID, bureau: BureauID, epoch: Int, attempt: Int, manifestSHA256: ContentDigest,
    issuedAt: Instant, termSeconds: Int
  ) {
    self.job = job
    self.bureau = bureau
    self.epoch = epoch
    self.attempt = attempt
    self.manifestSHA256 = manifestSHA256
    self.issuedAt = issuedAt
    self.termSeconds = termSeconds
  }

  /// The manifest.
  public var subjects: [StatementSubject] {
    [StatementSubject(name: PackageLayout.manifestName, sha256: manifestSHA256)]
  }

  /// The grant in an envelope, if the trusted broker signed it for exactly this lease. Whether a
  /// package is the one that was leased, its manifest's digest tells.
  ///
  /// - Throws: `grant.untrusted`, `grant.signature`, `grant.statement`, or `grant.mismatch` where it
  ///   is for another job, bureau, epoch or attempt.
  public static func verified(
    _ envelope: Envelope, trust: PackageTrust, job: JobID, bureau: BureauID, epoch: Int,
    attempt: Int
  ) throws -> LeaseGrant {
    let grant = try verified(envelope, trusted: trust.brokers).predicate
    guard grant.job == job, grant.bureau == bureau, grant.epoch == epoch, grant.attempt == attempt
    else {
      throw Problem(
        .invalid, "grant.mismatch",
        "The lease grant is for another job, bureau, epoch or attempt.")
    }
    return grant
  }

  private enum CodingKeys: String, CodingKey {
    case job, bureau, epoch, attempt
    case manifestSHA256 = "manifest_sha256"
    case issuedAt = "issued_at"
    case termSeconds = "term_seconds"
  }
}
