public import Domain

/// A refusal as it travels: RFC 9457 `application/problem+json` with a stable `code`.
public struct ProblemDocument: Hashable, Sendable, Codable {
  /// `urn:everpart:problem:` and the code.
  public var type: String
  /// The class of the refusal in words.
  public var title: String
  /// The HTTP status.
  public var status: Int
  /// What is wrong and what to do about it.
  public var detail: String
  /// Stable and machine-readable: `lease.stale_epoch`.
  public var code: String
  /// `urn:everpart:request:` and the request's identifier, which the log has too.
  public var instance: String

  /// What a caller may see of a problem that a request met.
  public init(_ problem: Problem, title: String, request: String) {
    type = "urn:everpart:problem:" + problem.code
    self.title = title
    status = problem.kind.rawValue
    detail = problem.detail
    code = problem.code
    instance = "urn:everpart:request:" + request
  }
}
