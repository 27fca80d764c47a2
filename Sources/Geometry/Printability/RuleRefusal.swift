/// Why a file of printability rules is refused.
public struct RuleRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of refusal. Their raw values are part of the API.
  public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// The file is larger than `PrintabilityRules.bytesMax`.
    case tooLarge = "rules.too_large"
    /// The file is not JSON.
    case notJSON = "rules.not_json"
    /// `format` names another format than `PrintabilityRules.format`.
    case format = "rules.format"
    /// A member is missing, or null.
    case missing = "rules.missing"
    /// A member is of another kind: text where a number belongs.
    case wrongKind = "rules.wrong_kind"
    /// There is no such member in the format.
    case unknownMember = "rules.unknown_member"
    /// A number or text is outside of what makes sense, or not one of the words that are known.
    case value = "rules.value"
    /// A source is named that `sources` does not hold.
    case unknownSource = "rules.unknown_source"
    /// Something comes twice, or too often.
    case count = "rules.count"
  }

  /// What kind of refusal it is.
  public let code: Code
  /// The member, such as `processes[2].limits[0].limit`; empty for the file as a whole.
  public let member: String
  /// What is wrong, for a person; it never quotes the file.
  public let message: String

  /// The code, the member and the message, for a log.
  public var description: String {
    member.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue): \(member): \(message)"
  }
}
