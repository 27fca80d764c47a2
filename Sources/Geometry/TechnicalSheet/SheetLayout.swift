/// Where on an A4 sheet the views go, and at what scale; millimetres of paper from the top left.
struct SheetLayout {
  /// A view's rectangle.
  struct Box {
    let left: Double
    let top: Double
    let width: Double
    let height: Double
  }

  static let paper = (width: 297.0, height: 210.0)
  /// The frame: 20 mm for filing at the left, 10 mm elsewhere (ISO 5457).
  static let frame = Box(left: 20, top: 10, width: 267, height: 190)
  static let title = Box(left: 157, top: 172, width: 130, height: 28)
  /// Paper between views, and between the frame and a view with a dimension line.
  private static let gap = 20.0
  private static let rim = 20.0

  /// Paper millimetres a millimetre of the part.
  let scale: Double
  /// As it is written: 1:2, 5:1.
  let scaleText: String
  let front: Box
  let top: Box
  let side: Box

  /// The largest of the scales 1, 2, 5 times a power of ten (ISO 5455) at which three views fit.
  init(size: SIMD3<Double>, projection: TechnicalSheetOptions.Projection) {
    let room = (
      width: SheetLayout.frame.width - 2 * SheetLayout.rim - SheetLayout.gap,
      height: SheetLayout.title.top - SheetLayout.frame.top - 2 * 15 - SheetLayout.gap
    )
    // Halved before they are added: sizes may be as large as numbers go.
    let wanted = min(
      room.width / 2 / (size.x / 2 + size.y / 2), room.height / 2 / (size.z / 2 + size.y / 2)
    )
    (scale, scaleText) = SheetLayout.rounded(wanted)
    let (x, y, z) = (size.x * scale, size.y * scale, size.z * scale)
    let middle = SheetLayout.frame.left + SheetLayout.frame.width / 2
    let centre = (SheetLayout.frame.top + SheetLayout.title.top) / 2
    let left = middle - (x + y + SheetLayout.gap) / 2
    let upper = centre - (y + z + SheetLayout.gap) / 2
    switch projection {
    case .firstAngle:
      front = Box(left: left + y + SheetLayout.gap, top: upper, width: x, height: z)
      top = Box(left: front.left, top: upper + z + SheetLayout.gap, width: x, height: y)
      side = Box(left: left, top: upper, width: y, height: z)
    case .thirdAngle:
      front = Box(left: left, top: upper + y + SheetLayout.gap, width: x, height: z)
      top = Box(left: left, top: upper, width: x, height: y)
      side = Box(left: left + x + SheetLayout.gap, top: front.top, width: y, height: z)
    }
  }

  private static func rounded(_ wanted: Double) -> (Double, String) {
    var power = 1.0
    var zeros = 0
    if wanted >= 1 {
      while power * 10 <= wanted, zeros < 300 { (power, zeros) = (power * 10, zeros + 1) }
      let step = power * 5 <= wanted ? 5 : power * 2 <= wanted ? 2 : 1
      return (Double(step) * power, "\(digits(step, zeros)):1")
    }
    // The smallest divisor that fits.
    while zeros < 300 {
      for step in [1, 2, 5] where 1 / (Double(step) * power) <= wanted {
        return (1 / (Double(step) * power), "1:\(digits(step, zeros))")
      }
      (power, zeros) = (power * 10, zeros + 1)
    }
    return (wanted, "-")
  }

  private static func digits(_ step: Int, _ zeros: Int) -> String {
    zeros <= 6 ? "\(step)" + String(repeating: "0", count: zeros) : "\(step)e\(zeros)"
  }
}
