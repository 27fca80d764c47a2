/// How a part is to be drawn (`Preview.render`).
public struct PreviewOptions: Hashable, Sendable {
  /// What lies behind the part.
  public enum Background: Hashable, Sendable {
    /// Plain white.
    case white
    /// Nothing: alpha is the part's coverage, and its shadow's.
    case transparent
    /// From one colour at the top to another at the bottom.
    case gradient(top: PreviewColour, bottom: PreviewColour)
  }

  /// Where the part is seen from.
  public enum View: Hashable, Sendable {
    /// A three-quarter view, chosen so that much of the part can be told: its base down, its longest
    /// side across.
    case automatic
    /// From the part towards the eye, with z up (y where the direction is along z). It need not be
    /// of unit length; one that is zero or not finite is taken as `automatic`.
    case direction(SIMD3<Double>)
  }

  /// Pixels across; from 16 to `sideMax`.
  public var width: Int
  /// Pixels down; from 16 to `sideMax`.
  public var height: Int
  /// What lies behind the part.
  public var background: Background
  /// Where the part is seen from.
  public var view: View
  /// Without perspective, when parallel edges should stay parallel.
  public var isOrthographic: Bool
  /// The part's colour.
  public var material: PreviewColour
  /// Whether creases and outlines are traced with thin lines.
  public var showsEdges: Bool
  /// Whether the part casts a soft shadow on the ground that it stands on.
  public var showsGround: Bool
  /// Whether the sizes along the axes are written beside the part, in millimetres.
  public var showsDimensions: Bool
  /// Places to point at.
  public var marks: [PreviewMark]
  /// Whether the marks are counted in a corner, by severity.
  public var showsLegend: Bool

  /// The largest width or height of a picture, in pixels.
  public static let sideMax = 4096

  /// Options; by default a shop's picture of 1024 by 768 pixels on white.
  public init(
    width: Int = 1024,
    height: Int = 768,
    background: Background = .white,
    view: View = .automatic,
    isOrthographic: Bool = false,
    material: PreviewColour = .neutral,
    showsEdges: Bool = true,
    showsGround: Bool = true,
    showsDimensions: Bool = false,
    marks: [PreviewMark] = [],
    showsLegend: Bool = false
  ) {
    self.width = width
    self.height = height
    self.background = background
    self.view = view
    self.isOrthographic = isOrthographic
    self.material = material
    self.showsEdges = showsEdges
    self.showsGround = showsGround
    self.showsDimensions = showsDimensions
    self.marks = marks
    self.showsLegend = showsLegend
  }
}

/// A colour in sRGB (IEC 61966-2-1).
public struct PreviewColour: Hashable, Sendable {
  /// Red, 0 to 255.
  public var red: UInt8
  /// Green, 0 to 255.
  public var green: UInt8
  /// Blue, 0 to 255.
  public var blue: UInt8

  /// A colour of three 8-bit components.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The grey of a part as it comes out of the powder.
  public static let neutral = PreviewColour(red: 156, green: 163, blue: 172)
}
