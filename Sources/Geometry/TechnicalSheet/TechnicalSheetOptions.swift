/// What a technical sheet says beside the part.
public struct TechnicalSheetOptions: Hashable, Sendable {
  /// How views are placed around the front view (ISO 5456-2).
  public enum Projection: Hashable, Sendable {
    /// Seen from above is below, seen from the right is to the left; usual in Europe.
    case firstAngle
    /// Seen from above is above, seen from the right is to the right; usual in America.
    case thirdAngle
  }

  /// The part's name. Of outside: it is bounded and escaped, as are the other texts.
  public var name: String
  /// What it is made of.
  public var material: String?
  /// Which revision this is.
  public var revision: String?
  /// How the views are placed.
  public var projection: Projection
  /// Whether edges behind others are shown dashed; only up to `TechnicalSheet.hiddenEdgesMax`.
  public var showsHidden: Bool

  /// A sheet in first angle projection with hidden edges.
  public init(
    name: String,
    material: String? = nil,
    revision: String? = nil,
    projection: Projection = .firstAngle,
    showsHidden: Bool = true
  ) {
    self.name = name
    self.material = material
    self.revision = revision
    self.projection = projection
    self.showsHidden = showsHidden
  }
}
