/// That a part was probably read in the wrong unit, said aloud to whoever sent it; nothing is converted.
///
/// STL, OBJ and PLY state no unit, and programs differ in which they mean. Only the size tells: a part
/// whose longest edge is none that is printed, but would be if every length were 10, 25.4 or 1000 times
/// as long or as short. What fits several ways is listed, the likeliest first. A part of a size that is
/// printed raises no suspicion, though it may be wrong as well.
public struct UnitSuspicion: Hashable, Sendable, Codable {
  /// One way to make sense of the size.
  public struct Reading: Hashable, Sendable, Codable {
    /// What every length would be multiplied by.
    public let factor: Double
    /// The unit in which the file's coordinates would be read; nil where there is no such unit, as after
    /// a conversion too many.
    public let unit: LengthUnit?
    /// The size that the part would have, in millimetres.
    public let size: SIMD3<Double>
  }

  /// Parts whose longest edge is shorter are suspected: smaller ones than dental crowns and watch parts.
  public static let longestMillimetresMin = 5.0
  /// Parts whose longest edge is longer are suspected: the largest common machines, for powder bed fusion
  /// and vat photopolymerisation, end at 0.7 m and 1.5 m.
  public static let longestMillimetresMax = 1500.0
  /// The longest edge of an ordinary part. Of several readings the one nearest to it, in proportion, is
  /// the likeliest.
  public static let longestMillimetresUsual = 80.0
  /// Inches or metres or centimetres for millimetres, and the other way round.
  private static let factors = [25.4, 1000, 10, 1 / 25.4, 0.001, 0.1]

  /// At least one, the likeliest first.
  public let readings: [Reading]
  /// The reasoning, in English.
  public let message: String

  /// What is suspected of a part of this size in millimetres, whose coordinates were read in `unit`; nil
  /// if nothing is, or if no other reading makes sense either.
  public init?(size: SIMD3<Double>, readAs unit: LengthUnit) {
    let longest = size.max()
    let range = Self.longestMillimetresMin...Self.longestMillimetresMax
    guard longest > 0, !range.contains(longest) else { return nil }
    // How far from usual, in proportion; the order of `factors` decides between equals.
    func distance(_ reading: Reading) -> Double {
      let ratio = reading.size.max() / Self.longestMillimetresUsual
      return max(ratio, 1 / ratio)
    }
    readings = Self.factors
      .map { factor in
        Reading(
          factor: factor,
          unit: LengthUnit.allCases.first {
            abs($0.millimetres / (unit.millimetres * factor) - 1) < 1e-9
          },
          size: size * factor
        )
      }
      .filter { range.contains($0.size.max()) }
      .enumerated()
      .sorted { (distance($0.element), $0.offset) < (distance($1.element), $1.offset) }
      .map(\.element)
    guard !readings.isEmpty else { return nil }

    let verdict =
      longest < Self.longestMillimetresMin
      ? "smaller than almost anything that is printed" : "larger than almost any machine"
    let ways = readings.map { reading in
      let how =
        if let unit = reading.unit {
          "in \(Self.plural(unit))"
        } else if reading.factor > 1 {
          "\(Self.digits(reading.factor)) times as large"
        } else {
          "\(Self.digits(1 / reading.factor)) times as small"
        }
      return "\(how) \(Self.dimensions(reading.size))"
    }
    message =
      "Read in \(Self.plural(unit)) the part is \(Self.dimensions(size)), \(verdict). It would be "
      + ways.joined(separator: ", ") + ". Say which unit is meant."
  }

  private static func plural(_ unit: LengthUnit) -> String {
    switch unit {
    case .inch: "inches"
    case .foot: "feet"
    default: unit.rawValue + "s"
    }
  }

  private static func dimensions(_ size: SIMD3<Double>) -> String {
    "\(digits(size.x)) × \(digits(size.y)) × \(digits(size.z)) mm"
  }

  /// Three significant digits are enough to recognise a size by.
  private static func digits(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return "0" }
    var scale = 1.0
    while value * scale < 100, scale < 1e12 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
