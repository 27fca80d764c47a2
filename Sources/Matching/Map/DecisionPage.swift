import Domain

/// Draws a ``DecisionMap``: the map to the left, who is on it to the right.
struct DecisionPage {
  private typealias Pixel = SIMD2<Double>

  private let map: DecisionMap
  private let projection: MapProjection
  private let frame: MapFrame
  private let candidates: ArraySlice<DecisionMap.Candidate>
  private var svg = ""
  /// What marks already cover.
  private var taken: [Pixel] = []

  init(_ map: DecisionMap) {
    self.map = map
    let projection = MapProjection(centre: map.destination)
    self.projection = projection
    candidates = map.candidates.prefix(DecisionMap.candidatesMax)
    // What is far beyond the others is told beside the map, so that the others are not one spot.
    var points = [MapProjection.Point(0, 0)]
    var reach = 60.0
    let chosen = map.chosen.map { map.candidates[$0].distanceKilometres } ?? 0
    for candidate in candidates.sorted(by: { $0.distanceKilometres < $1.distanceKilometres })
    where candidate.distanceKilometres <= max(chosen, reach * 2.5) {
      reach = max(reach, candidate.distanceKilometres)
      points.append(projection.point(candidate.place))
    }
    if candidates.isEmpty {
      let near = map.excluded.map { projection.point($0.place) }.sorted { $0.length < $1.length }
      points += near.prefix(12)
    }
    frame = MapFrame(
      around: points, size: DecisionMap.mapSize, origin: .zero, leastKilometres: 240)
  }

  mutating func drawn() -> String {
    begin()
    drawLand()
    drawRings()
    drawExcluded()
    drawRoute()
    drawCandidates()
    drawDestination()
    drawScale()
    write("</g>\n")
    drawPanel()
    write("</svg>\n")
    return svg
  }

  private mutating func write(_ text: String) { svg += text }

  private mutating func begin() {
    let (size, area) = (DecisionMap.size, DecisionMap.mapSize)
    write(
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(text(size.x)) \(text(size.y))" \
      width="\(text(size.x))" height="\(text(size.y))" role="img">
      <title>\(escaped(map.title, 120))</title>
      <desc>\(escaped(summary, 400))</desc>
      <style>
      svg{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
      text{fill:#22313b}.soft{fill:#64747f}.page{fill:#fff}.sea{fill:#dbe7ef}
      .land{fill:#f6f3ea;stroke:#b9b3a3;stroke-width:.6}
      .border{fill:none;stroke:#b9b3a3;stroke-width:.7;stroke-dasharray:3 2}
      .ring{fill:none;stroke:#93a9b8;stroke-dasharray:2 4}.scale{fill:none;stroke:#22313b;stroke-width:1.5}
      .halo{paint-order:stroke;stroke:#f6f3ea;stroke-width:3;stroke-linejoin:round}
      .go{fill:#0b7a4b;stroke:#0b7a4b}.can{fill:#2f6db3;stroke:#2f6db3}.pin{fill:#c8372d}
      .mark,.dot,.pin{stroke:#fff}.mark{stroke-width:2}.mark+text,.eye{fill:#fff}
      @media (prefers-color-scheme:dark){text{fill:#e8eef2}.soft{fill:#9fb0bb}.page{fill:#111b22}.sea{fill:#16242e}
      .land{fill:#2b3942;stroke:#55646e}.border{stroke:#55646e}.ring{stroke:#50687a}.scale{stroke:#e8eef2}
      .halo{stroke:#2b3942}.go{fill:#2fbf82;stroke:#2fbf82}.can{fill:#6ba8ea;stroke:#6ba8ea}
      .mark,.dot,.pin{stroke:#111b22}.mark+text{fill:#0b141a}}
      </style>
      <rect width="\(text(size.x))" height="\(text(size.y))" class="page"/>
      <clipPath id="map"><rect width="\(text(area.x))" height="\(text(area.y))"/></clipPath>
      <g clip-path="url(#map)">
      <rect width="\(text(area.x))" height="\(text(area.y))" class="sea"/>

      """)
  }

  private var summary: String {
    guard let chosen = map.chosen else { return "\(map.subtitle). No bureau can make it." }
    let best = map.candidates[chosen]
    return "\(map.subtitle). \(best.name) makes it, \(kilometres(best.distanceKilometres)) away."
  }

  // MARK: The map

  private mutating func drawLand() {
    var (land, borders) = ("", "")
    for line in CoastLines.all.lines {
      let points = line.points.map {
        projection.point(longitude: $0.longitude, latitude: $0.latitude)
      }
      guard line.isLand else {
        // Where a border passes the other side of the Earth, its ends are on both sides of the map.
        let isTorn = zip(points, points.dropFirst()).contains { ($1 - $0).length > 5000 }
        if !isTorn { borders += path(frame.visible(points)) }
        continue
      }
      let ring = path(frame.visible(points))
      let isAround = MapProjection.surroundsTheOtherSide(points)
      if !ring.isEmpty || isAround { land += ring.isEmpty ? "" : ring + "Z" }
      // Land that lies around the other side of the Earth is outside of its ring.
      if isAround { land += "M-9e4-9e4H9e4V9e4H-9e4Z" }
    }
    write("<path class=\"land\" fill-rule=\"evenodd\" d=\"\(land)\"/>\n")
    if !borders.isEmpty { write("<path class=\"border\" d=\"\(borders)\"/>\n") }
  }

  private func path(_ points: [MapProjection.Point]) -> String {
    guard points.count > 1 else { return "" }
    var (path, last) = ("", "")
    for (index, point) in points.enumerated() {
      let pixel = frame.pixel(
        pointwiseMax(pointwiseMin(point, SIMD2(repeating: 9e4)), SIMD2(repeating: -9e4)))
      let place = "\(text(pixel.x)) \(text(pixel.y))"
      if place == last { continue }
      path += (index == 0 ? "M" : "L") + place
      last = place
    }
    return path
  }

  private mutating func drawRings() {
    let corners = [
      frame.low, frame.high, SIMD2(frame.low.x, frame.high.y), SIMD2(frame.high.x, frame.low.y),
    ]
    let reach = corners.map(\.length).max() ?? 0
    let step = roundStep(reach / 3.5)
    let centre = frame.pixel(.zero)
    for number in 1..<20 {
      let radius = Double(number) * step
      guard radius < reach, radius < 20_000 else { break }
      write("<circle class=\"ring\" \(at(centre)) r=\"\(text(radius * frame.scale))\"/>\n")
      let label = frame.pixel(SIMD2(0, -radius))
      if (20...DecisionMap.mapSize.y - 10).contains(label.y) {
        write(label + SIMD2(4, -4), "\(kilometres(radius))", 11, "soft halo")
      }
    }
  }

  private mutating func drawExcluded() {
    let near = map.excluded.map { (point: projection.point($0.place), gate: $0.gate) }
      .filter { frame.contains($0.point) }.sorted { $0.point.length < $1.point.length }
    for one in near.prefix(DecisionMap.excludedMax).reversed() {
      write(
        "<circle \(at(frame.pixel(one.point))) r=\"4\" class=\"dot\" fill=\"\(one.gate.colour)\"/>\n"
      )
    }
  }

  private mutating func drawRoute() {
    guard let chosen = map.chosen else { return }
    let candidate = map.candidates[chosen]
    let (from, to) = (frame.pixel(projection.point(candidate.place)), frame.pixel(.zero))
    write(
      "<line x1=\"\(text(from.x))\" y1=\"\(text(from.y))\" x2=\"\(text(to.x))\" y2=\"\(text(to.y))\" "
        + "class=\"go\" stroke-width=\"3\" stroke-linecap=\"round\"/>\n")
  }

  private mutating func drawCandidates() {
    let centre = frame.pixel(.zero)
    // The pin's foot and its head.
    taken = [centre, centre - SIMD2(0, 21)]
    // The chosen one first, so that it is where it belongs.
    let order = candidates.indices.sorted {
      ($0 == map.chosen ? -1 : $0) < ($1 == map.chosen ? -1 : $1)
    }
    var marks: [(place: Pixel, index: Int, style: String)] = []
    for index in order {
      let point = projection.point(candidates[index].place)
      guard frame.contains(point) else { continue }
      let place = frame.pixel(point)
      let mark = free(near: place)
      let style = index == map.chosen ? "go" : "can"
      if (mark - place).length > 1 {
        write(
          "<line x1=\"\(text(place.x))\" y1=\"\(text(place.y))\" x2=\"\(text(mark.x))\" y2=\"\(text(mark.y))\" "
            + "class=\"\(style)\"/><circle \(at(place)) r=\"3\" class=\"\(style)\"/>\n")
      }
      marks.append((mark, index, style))
    }
    for mark in marks { writeMark(mark.place, mark.index, mark.style) }
  }

  private mutating func writeMark(_ place: Pixel, _ index: Int, _ style: String) {
    write(
      "<circle \(at(place)) r=\"11\" class=\"\(style) mark\"/>"
        + "<text x=\"\(text(place.x))\" y=\"\(text(place.y + 4))\" font-size=\"12\" font-weight=\"600\" "
        + "text-anchor=\"middle\">\(index + 1)</text>\n")
  }

  /// A place for a mark that covers no other one, as near as can be.
  private mutating func free(near place: Pixel) -> Pixel {
    let eighths: [Pixel] = [
      [1, 0], [0, -1], [-1, 0], [0, 1], [0.7, -0.7], [-0.7, -0.7], [-0.7, 0.7], [0.7, 0.7],
    ]
    let choices =
      [place] + (1...4).flatMap { ring in eighths.map { place + $0 * (25 * Double(ring)) } }
    let area = DecisionMap.mapSize
    let found = choices.first { choice in
      taken.allSatisfy { ($0 - choice).length >= 24 }
        && all(choice .>= SIMD2(repeating: 12)) && all(choice .<= area - 12)
    }
    let mark = found ?? place
    taken.append(mark)
    return mark
  }

  private mutating func drawDestination() {
    let place = frame.pixel(.zero)
    write(
      "<path d=\"M\(text(place.x)) \(text(place.y))c-3-9-10-13-10-21a10 10 0 1 1 20 0c0 8-7 12-10 21z\" "
        + "class=\"pin\" stroke-width=\"1.5\"/>"
        + "<circle \(at(place - SIMD2(0, 21))) r=\"3.6\" class=\"eye\"/>\n")
  }

  private mutating func drawScale() {
    let kilometres = roundStep(140 / frame.scale)
    let (width, y) = (kilometres * frame.scale, DecisionMap.mapSize.y - 18)
    write(
      "<path d=\"M16 \(text(y - 5))v5h\(text(width))v-5\" class=\"scale\"/>\n"
    )
    write(SIMD2(22 + width, y), self.kilometres(kilometres), 11, "halo")
  }

  // MARK: The panel

  private mutating func drawPanel() {
    let left = DecisionMap.mapSize.x + 24
    var y = 40.0
    write([left, y], map.title, 20, "", bold: true, length: 30)
    y += 24
    for line in wrapped(map.subtitle, columns: 48).prefix(3) {
      write([left, y], line, 13, "soft")
      y += 18
    }
    y += 16
    if candidates.isEmpty {
      write([left, y], "No bureau can make it.", 15, "", bold: true); y += 26
    }
    for (index, candidate) in candidates.enumerated() {
      let style = index == map.chosen ? "go" : "can"
      writeMark([left + 11, y - 4], index, style)
      write([left + 32, y], candidate.name, 14, "", bold: index == map.chosen, length: 26)
      let isOutside = !frame.contains(projection.point(candidate.place))
      write(
        [DecisionMap.size.x - 20, y],
        kilometres(candidate.distanceKilometres) + (isOutside ? " ↗" : ""), 13, "soft",
        anchor: "end")
      y += 27
    }
    if map.candidateCount > candidates.count {
      write([left + 32, y], "and \(map.candidateCount - candidates.count) more", 13, "soft")
      y += 24
    }
    drawLegend(left, y + 8)
  }

  private mutating func drawLegend(_ left: Double, _ top: Double) {
    var y = max(top, DecisionMap.size.y - 196)
    let counts = Dictionary(grouping: map.excluded, by: \.gate).mapValues(\.count)
    if !map.excluded.isEmpty {
      write([left, y], "\(map.excluded.count) cannot make it", 13, "", bold: true)
      y += 21
    }
    for gate in MatchGate.allCases.reversed() {
      guard let count = counts[gate] else { continue }
      write("<circle \(at([left + 6, y - 4])) r=\"5\" fill=\"\(gate.colour)\"/>\n")
      let words = gate.words(count: count, country: nil)
      write([left + 20, y], "\(count) \(words)", 13, "")
      y += 20
    }
    let shown = map.excluded.count { frame.contains(projection.point($0.place)) }
    let notes = [
      "Pin: where the part goes. Rings: distance from there.",
      shown < map.excluded.count
        ? "\(min(shown, DecisionMap.excludedMax)) of those that cannot are on the map." : "",
    ].filter { !$0.isEmpty }
    y = max(y + 6, DecisionMap.size.y - 16 - 15 * Double(notes.count - 1))
    for note in notes {
      write([left, y], note, 11, "soft")
      y += 15
    }
  }

  // MARK: Words and numbers

  private mutating func write(
    _ place: Pixel, _ words: String, _ size: Int, _ style: String, bold: Bool = false,
    length: Int = 80,
    anchor: String? = nil
  ) {
    write(
      "<text x=\"\(text(place.x))\" y=\"\(text(place.y))\" font-size=\"\(size)\""
        + (style.isEmpty ? "" : " class=\"\(style)\"") + (bold ? " font-weight=\"600\"" : "")
        + (anchor.map { " text-anchor=\"\($0)\"" } ?? "") + ">\(escaped(words, length))</text>\n")
  }

  private func at(_ place: Pixel) -> String { "cx=\"\(text(place.x))\" cy=\"\(text(place.y))\"" }

  /// A number with at most one digit after the point.
  private func text(_ number: Double) -> String {
    let tenths = (number * 10).rounded()
    guard abs(tenths) < 1e8 else { return "0" }
    let whole = Int(tenths)
    return whole % 10 == 0 ? "\(whole / 10)" : "\(Double(whole) / 10)"
  }

  private func kilometres(_ distance: Double) -> String {
    distance < 10 ? "\(text(distance)) km" : "\(Int(distance.rounded())) km"
  }

  /// 1, 2 or 5 times a power of ten, at most so much.
  private func roundStep(_ most: Double) -> Double {
    var step = 1.0
    while step * 10 <= most { step *= 10 }
    return step * 5 <= most ? step * 5 : step * 2 <= most ? step * 2 : step
  }

  private func wrapped(_ words: String, columns: Int) -> [String] {
    words.split(separator: " ").reduce(into: [String]()) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= columns {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
  }

  /// Words as XML has them: cut, and without what could be taken for markup or changes what is seen.
  private func escaped(_ words: String, _ length: Int) -> String {
    let cut = words.count > length ? words.prefix(length - 1) + "…" : words[...]
    return cut.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      default:
        let isPlain = String(scalar).isPlainText(maximumBytes: 8) && scalar.value & 0xFFFE != 0xFFFE
        text.unicodeScalars.append(isPlain ? scalar : "\u{FFFD}")
      }
    }
  }
}

extension MatchGate {
  /// Told apart by those who see fewer colours, too (M. Okabe, K. Ito, "Color Universal Design", 2008).
  var colour: String {
    switch self {
    case .process: "#9aa5ad"
    case .material: "#cc79a7"
    case .buildVolume: "#56b4e9"
    case .certification: "#e69f00"
    case .territory: "#8c6d46"
    case .capacity: "#d55e00"
    }
  }
}

extension SIMD2<Double> {
  var length: Double { (x * x + y * y).squareRoot() }
}

extension MapProjection {
  /// Whether the place on the other side of the Earth is within a ring of land: then it winds around the
  /// centre the other way than one that the centre is in. Rings of land go clockwise, rings of water in it,
  /// which are no wider than a quarter of the Earth, the other way.
  static func surroundsTheOtherSide(_ ring: [Point]) -> Bool {
    guard ring.contains(where: { $0.length > 10_000 }) else { return false }
    var turned = 0.0
    for (from, to) in zip(ring, ring.dropFirst()) {
      // The angle at the centre, counted clockwise since y points down.
      turned += angle(from, to)
    }
    return turned < -.pi
  }
}
