/// Writes the elements of a technical sheet's SVG.
struct SheetWriter {
  private(set) var svg: String

  /// Line widths in millimetres: wide and narrow ones at two to one (ISO 128-2).
  static let wide = 0.5
  static let narrow = 0.25

  init(title: String) {
    svg = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm" viewBox="0 0 297 210" \
      font-family="osifont, 'ISOCPEUR', 'DejaVu Sans', Arial, sans-serif" fill="none" \
      stroke-linecap="round" stroke-linejoin="round">
      <title>\(title)</title>
      <rect width="297" height="210" fill="#fff"/>

      """
  }

  mutating func finish() { svg += "</svg>\n" }

  mutating func open(_ name: String, width: Double, dashes: String? = nil) {
    let dash = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    svg += "<g id=\"\(name)\" stroke=\"#111\" stroke-width=\"\(SVGText.number(width))\"\(dash)>\n"
  }

  mutating func close() { svg += "</g>\n" }

  mutating func rectangle(_ box: SheetLayout.Box) {
    svg += "<rect x=\"\(SVGText.number(box.left))\" y=\"\(SVGText.number(box.top))\""
    svg += " width=\"\(SVGText.number(box.width))\" height=\"\(SVGText.number(box.height))\"/>\n"
  }

  mutating func path(_ points: [SIMD2<Double>], isClosed: Bool = false, fill: String? = nil) {
    guard let first = points.first, points.count > 1 else { return }
    svg += "<path d=\"M\(SVGText.number(first.x)) \(SVGText.number(first.y))L"
    svg += points.dropFirst()
      .map { "\(SVGText.number($0.x)) \(SVGText.number($0.y))" }
      .joined(separator: " ")
    svg += isClosed ? "Z\"" : "\""
    svg += fill.map { " fill=\"\($0)\"/>\n" } ?? "/>\n"
  }

  mutating func circle(_ centre: SIMD2<Double>, radius: Double) {
    svg += "<circle cx=\"\(SVGText.number(centre.x))\" cy=\"\(SVGText.number(centre.y))\""
    svg += " r=\"\(SVGText.number(radius))\"/>\n"
  }

  /// `text` is written as it is: what is of outside has to be escaped before.
  mutating func text(
    _ text: String,
    at place: SIMD2<Double>,
    height: Double = 3.5,
    isMiddle: Bool = false,
    isUpright: Bool = false,
    colour: String = "#111"
  ) {
    let (x, y) = (SVGText.number(place.x), SVGText.number(place.y))
    // A capital is about 0.7 of a font's size.
    svg += "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(SVGText.number(height / 0.7))\""
    svg += " fill=\"\(colour)\" stroke=\"none\""
    if isMiddle { svg += " text-anchor=\"middle\"" }
    if isUpright { svg += " transform=\"rotate(-90 \(x) \(y))\"" }
    svg += ">\(text)</text>\n"
  }

  /// A dimension between `a` and `b`, its line shifted by `offset`, which is along one axis (ISO 129-1): lines
  /// from the part, arrows of three to one, and the size above the line.
  mutating func dimension(
    _ size: String,
    from a: SIMD2<Double>,
    to b: SIMD2<Double>,
    offset: SIMD2<Double>
  ) {
    let outward = offset / max(offset.x.magnitude, offset.y.magnitude)
    let start = a + offset
    let end = b + offset
    for corner in [a, b] { path([corner + outward, corner + offset + outward * 2]) }
    let length = ((b - a) * (b - a)).sum().squareRoot()
    guard length > 0 else { return }
    let way = (b - a) / length
    let across = SIMD2(-way.y, way.x) * 0.5
    // Where there is no room between the lines, the arrows point at them from outside.
    let inside: Double = length > 7 ? 1 : -1
    if inside > 0 {
      path([start, end])
    } else {
      path([start - way * 6, end + way * 6])
    }
    for (tip, direction) in [(start, way * inside), (end, -way * inside)] {
      path(
        [tip, tip + direction * 3 + across, tip + direction * 3 - across], isClosed: true,
        fill: "#111")
    }
    let middle = (start + end) / 2
    let isUpright = way.y.magnitude > way.x.magnitude
    // Read from below or from the right: above the line is up, or to its left.
    let above = isUpright ? SIMD2(-1.2, 0) : SIMD2(0, -1.2)
    text(size, at: middle + above, isMiddle: true, isUpright: isUpright)
  }
}
