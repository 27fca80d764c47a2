import Brokering
import Domain
import HTTPTypes
import Hummingbird
import Vault

/// A thing that two people may edit: its answers carry a strong ETag made of its version.
protocol Versioned {
  var version: Int { get }
}

extension DesignView: Versioned {}
extension PartView: Versioned {}
extension BrandSettings: Versioned {}

/// The header that makes a change only to what its sender has seen (RFC 9110, section 13.1.1).
enum IfMatch {
  /// What a route does with one.
  enum Use: Sendable {
    case ignored
    case optional
    case required
  }

  static func tag(of version: Int) -> String { "\"\(version)\"" }

  /// What a request asks for. A weak tag, and one that is none of ours, match nothing.
  ///
  /// - Throws: `precondition.required` when there is none.
  static func required(in request: Request) throws(Problem) -> VersionCondition {
    guard let condition = optional(in: request) else {
      throw Problem(
        .preconditionRequired, "precondition.required",
        "Send the ETag that you have read as If-Match, so that nobody else's change is lost.")
    }
    return condition
  }

  static func optional(in request: Request) -> VersionCondition? {
    let values = request.headers[values: .ifMatch]
    guard !values.isEmpty else { return nil }
    let tags: [String] = values.joined(separator: ",").split(separator: ",").map { part in
      String(part.filter { $0 != " " && $0 != "\t" })
    }
    if tags == ["*"] { return .any }
    let versions = tags.compactMap { text -> Int? in
      // One spelling for each version.
      guard let version = Int(text.dropFirst().dropLast()), tag(of: version) == text else {
        return nil
      }
      return version
    }
    return .oneOf(Set(versions))
  }
}

extension Route {
  /// The same route, described as one that takes an If-Match.
  func matching(_ use: IfMatch.Use) -> Route {
    var route = self
    route.ifMatch = use
    return route
  }
}
