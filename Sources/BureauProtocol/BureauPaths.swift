public import Domain

/// The paths of the bureau API as an agent asks them.
public enum BureauPaths {
  /// `GET`: what the broker trusts and is trusted by (``TrustDocument``); needs no key.
  public static let trust = "/v1/trust"
  /// `GET`: the bureau itself (``BureauView``).
  public static let bureau = "/v1/bureau"
  /// `PUT` an ``EnrolmentRequest``; answers ``BureauView``.
  public static let enrolment = "/v1/bureau/enrolment"
  /// `GET`: the open offers (``OfferList``), page by page; with `?wait=` seconds and `?seen=` once they are
  /// others than those that were seen.
  public static let offers = "/v1/bureau/offers"
  /// `GET`: the bureau's jobs that are not finished (``JobList``), or those of a `?stage=` (``JobStage``),
  /// page by page; with `?wait=` seconds and `?seen=` once they are others than those that were seen.
  public static let jobs = "/v1/bureau/jobs"
  /// The longest `wait` that is honoured, in seconds; a longer one is taken as this.
  public static let waitSecondsMax = 30

  /// `POST` a ``NewMachine``; answers `Machine`.
  public static func machines(_ site: SiteID) -> String { "/v1/bureau/sites/\(site)/machines" }
  /// `GET`: one ``OfferView``.
  public static func offer(_ offer: OfferID) -> String { "\(offers)/\(offer)" }
  /// `POST` without a body; answers the accepted job's ``JobView``.
  public static func accept(_ offer: OfferID) -> String { "\(offers)/\(offer)/accept" }
  /// `POST` a ``DeclineRequest``; answers ``OfferView``.
  public static func decline(_ offer: OfferID) -> String { "\(offers)/\(offer)/decline" }
  /// `GET`: one ``JobView``.
  public static func job(_ job: JobID) -> String { "\(jobs)/\(job)" }
  /// `POST` a ``LeaseRequest``; answers ``LeaseView``.
  public static func lease(_ job: JobID) -> String { "\(jobs)/\(job)/lease" }
  /// `POST` a ``HeartbeatRequest``; answers ``LeaseTerm``.
  public static func heartbeat(_ job: JobID) -> String { "\(jobs)/\(job)/heartbeat" }
  /// `POST` a ``ReportRequest``; answers ``JobView``.
  public static func reports(_ job: JobID) -> String { "\(jobs)/\(job)/reports" }
  /// `POST` without a body: the carrier has delivered; answers ``JobView``.
  public static func delivered(_ job: JobID) -> String { "\(jobs)/\(job)/delivered" }
  /// `POST` a ``LostRequest``: the parcel is lost; answers ``JobView``.
  public static func lost(_ job: JobID) -> String { "\(jobs)/\(job)/lost" }
  /// `GET`: the print package, `application/x-tar`.
  public static func package(_ job: JobID) -> String { "\(jobs)/\(job)/package" }
}
