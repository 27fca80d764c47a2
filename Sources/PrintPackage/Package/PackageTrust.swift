public import Domain
public import Sealing

/// The keys that a package and a lease grant must be signed with.
public struct PackageTrust: Sendable, Hashable {
  /// The broker's verification keys.
  public let brokers: [VerificationKey]

  /// Trust in some of a broker's keys.
  public init(brokers: [VerificationKey]) { self.brokers = brokers }

  /// Trust as the trust document writes it. Refuses a text that is no key, and no key at all
  /// (`package.trust`).
  public init(texts: [String]) throws(Problem) {
    let keys = texts.compactMap { try? VerificationKey(parsing: $0) }
    guard !keys.isEmpty, keys.count == texts.count else {
      throw Problem(
        .invalid, "package.trust", "The trust document names no usable key for the broker.")
    }
    brokers = keys
  }
}

/// What a package has to be, beyond being signed.
public struct PackageExpectation: Sendable, Hashable {
  /// How far the wall clocks of broker and bureau may differ.
  public static let tolerance = Duration.seconds(300)

  let now: Instant
  let bureau: BureauID?
  let recipient: String?
  let job: JobID?
  let limits: PackageLimits

  /// Expects a package that is valid now and, where given, is for this bureau, sealed to this age
  /// recipient, and for this job.
  public init(
    now: Instant, bureau: BureauID? = nil, recipient: String? = nil, job: JobID? = nil,
    limits: PackageLimits = PackageLimits()
  ) {
    self.now = now
    self.bureau = bureau
    self.recipient = recipient
    self.job = job
    self.limits = limits
  }

  func check(_ manifest: Manifest) throws(Problem) {
    try manifest.check(limits)
    guard bureau.map({ $0 == manifest.bureau }) ?? true,
      recipient.map({ $0 == manifest.recipient }) ?? true
    else {
      throw Problem(
        .invalid, "package.other_bureau", "The package is for another bureau, or another key.")
    }
    guard job.map({ $0 == manifest.job }) ?? true else {
      throw Problem(.invalid, "package.other_job", "The package is for another job.")
    }
    guard now <= manifest.expiresAt + Self.tolerance else {
      throw Problem(
        .invalid, "package.expired",
        "The package expired at \(manifest.expiresAt): lease the job again and fetch a new one.")
    }
    guard manifest.issuedAt <= now + Self.tolerance else {
      throw Problem(
        .invalid, "package.not_yet_valid",
        "The package was issued at \(manifest.issuedAt), which is in the future: check the clock.")
    }
  }
}
