/// A refusal: what a caller is told (a stable code, a title and a detail) and, apart from it, what
/// only the log may hold. Sent as RFC 9457 `application/problem+json`.
public struct Problem: Error, Hashable, Sendable {
  /// The class of a refusal; each maps to one HTTP status and never to another.
  public enum Class: Int, Sendable {
    /// The request cannot be read.
    case malformed = 400
    /// No valid key.
    case unauthenticated = 401
    /// The key's role may not do this.
    case forbidden = 403
    /// Not there, or another tenant's.
    case absent = 404
    /// The method does not exist here.
    case method = 405
    /// The request did not arrive in time.
    case slow = 408
    /// Not in this state, or in flight.
    case conflict = 409
    /// It was there and is no more (an offer that expired).
    case gone = 410
    /// `If-Match` does not hold.
    case preconditionFailed = 412
    /// Larger than the limit.
    case tooLarge = 413
    /// The media type is not taken here.
    case mediaType = 415
    /// Read and understood, but refused.
    case invalid = 422
    /// Somebody else is at it.
    case locked = 423
    /// `If-Match` has to be sent.
    case preconditionRequired = 428
    /// Too many at once.
    case tooMany = 429
    /// The bytes are not those of the checksum that came with them (tus 1.0, "Checksum").
    case checksum = 460
    /// Our fault.
    case failed = 500
    /// Not now.
    case unavailable = 503
  }

  /// The class, whose raw value is the HTTP status.
  public let kind: Class
  /// Stable and machine-readable: `licence.count_exhausted`.
  public let code: String
  /// For the caller: what is wrong and what to do about it.
  public let detail: String
  /// For the log only, never for the caller.
  public let privateDetail: String?

  /// A refusal of a class with a stable code and a detail for the caller.
  public init(_ kind: Class, _ code: String, _ detail: String, privateDetail: String? = nil) {
    self.kind = kind
    self.code = code
    self.detail = detail
    self.privateDetail = privateDetail
  }

  /// What every lookup that finds nothing answers, so that another tenant's identifier and an
  /// invented one look the same.
  public static func absent(_ what: String) -> Problem {
    Problem(.absent, "not_found", "There is no such \(what).")
  }

  /// Something inside failed; the caller learns no more than that.
  public static func failed(_ privateDetail: String) -> Problem {
    Problem(
      .failed, "internal", "Something failed here. Nothing was changed; try again.",
      privateDetail: privateDetail)
  }
}

extension Optional {
  /// The value, or the problem that an unknown and another tenant's identifier both get.
  public func orAbsent(_ what: String) throws(Problem) -> Wrapped {
    guard let self else { throw Problem.absent(what) }
    return self
  }
}

extension Problem: CustomStringConvertible {
  /// `code: detail`, without the private part.
  public var description: String { "\(code): \(detail)" }
}
