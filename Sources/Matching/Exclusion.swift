/// One reason why a bureau, or one of its machines, cannot make a job.
public struct Exclusion: Hashable, Sendable, Codable {
  /// Who may be shown a reason.
  public enum Audience: String, Hashable, Sendable, Codable, CaseIterable {
    /// Anybody, the customer too (who sees how often a code occurs, never whose it is).
    case everyone
    /// The brand and the operator: it tells of a bureau's conduct or a brand's terms.
    case brand
  }

  /// Stable and machine-readable: `match.build_volume`.
  public var code: String
  /// In words.
  public var message: String
  /// Who may be shown it.
  public var audience: Audience

  /// A reason.
  public init(code: String, message: String, audience: Audience) {
    self.code = code
    self.message = message
    self.audience = audience
  }
}
