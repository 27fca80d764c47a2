/// Why a mesh is not drawn.
public struct PreviewRefusal: Error, Hashable, Sendable {
  /// The kinds of refusal. Their raw values are part of the API.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    /// A width or height outside of 16 to `PreviewOptions.sideMax`.
    case size = "preview.size"
    /// No facet has an area and finite corners.
    case nothingToDraw = "preview.nothing_to_draw"
    /// More facets than `Preview.trianglesMax`.
    case tooManyFacets = "preview.too_many_facets"
    /// Large facets lie over each other so often that drawing them would take minutes.
    case tooMuchOverdraw = "preview.too_much_overdraw"
  }

  /// What kind of refusal it is.
  public let code: Code
  /// What is wrong, in English.
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension PreviewRefusal: CustomStringConvertible {
  /// The code and the message, for a log.
  public var description: String { "\(code.rawValue): \(message)" }
}
