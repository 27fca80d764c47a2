import Testing

@testable import Geometry

@Suite("Technical sheets")
struct TechnicalSheetTests {
  private static let box = PreviewTests.mesh(Shapes.box(Point(100, 50, 20), at: Point(7, 8, 9)))

  /// A box with a box taken out of its middle: nothing of it is seen from outside.
  private static let hollow = PreviewTests.mesh(
    Shapes.box(Point(60, 40, 30))
      + Shapes.reversed(Shapes.box(Point(20, 10, 10), at: Point(20, 15, 10)))
  )

  /// Whether every element that is opened is closed, in order, and no text holds markup.
  private func isWellFormed(_ svg: String) -> Bool {
    var open: [Substring] = []
    var rest = svg[...]
    while let start = rest.firstIndex(of: "<") {
      guard let end = rest[start...].firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("?") || tag.hasSuffix("/") { continue }
      if tag.count(where: { $0 == "\"" }) % 2 != 0 || tag.contains("<") { return false }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else {
        open.append(tag.prefix { $0 != " " })
      }
    }
    return open.isEmpty && !rest.contains("&")
  }

  /// The width and height of what a group draws, in millimetres of paper.
  private func extent(_ group: String, _ svg: String) throws -> (Double, Double) {
    let start = try #require(svg.firstRange(of: "<g id=\"\(group)\""))
    let end = try #require(svg[start.upperBound...].firstRange(of: "</g>"))
    var low = (Double.infinity, Double.infinity)
    var high = (-Double.infinity, -Double.infinity)
    for line in svg[start.upperBound..<end.lowerBound].split(separator: "\n") {
      guard line.hasPrefix("<path d=\"M") else { continue }
      let path = line.dropFirst(10).prefix { $0 != "\"" && $0 != "Z" }
      let words = path.split { $0 == "L" || $0 == " " }
      let numbers = words.map { Double(String($0)) ?? .nan }
      for index in stride(from: 0, to: numbers.count - 1, by: 2) {
        low = (min(low.0, numbers[index]), min(low.1, numbers[index + 1]))
        high = (max(high.0, numbers[index]), max(high.1, numbers[index + 1]))
      }
    }
    return (high.0 - low.0, high.1 - low.1)
  }

  @Test("three views stand on the sheet at its scale, with the sizes")
  func views() throws {
    let svg = try TechnicalSheet.svg(Self.box, TechnicalSheetOptions(name: "box"))
    #expect(isWellFormed(svg))
    for text in [">100<", ">50<", ">20<", ">1:1<", ">100 × 50 × 20<", ">box<"] {
      #expect(svg.contains(text), "\(text)")
    }
    for (group, size) in [
      ("front-visible", (100.0, 20.0)), ("top-visible", (100, 50)), ("right-visible", (50, 20)),
    ] {
      let found = try extent(group, svg)
      #expect(abs(found.0 - size.0) < 0.05 && abs(found.1 - size.1) < 0.05, "\(group) \(found)")
    }
    #expect(!svg.contains("-hidden"))
  }

  @Test(
    "the scale is the largest round one that fits",
    arguments: [
      (Point(10, 10, 10), "5:1"), (Point(1000, 500, 500), "1:10"), (Point(60, 40, 8), "2:1"),
      (Point(0.001, 0.001, 0.001), "50000:1"),
    ])
  func scales(size: Point, text: String) throws {
    let mesh = PreviewTests.mesh(Shapes.box(size))
    let svg = try TechnicalSheet.svg(mesh, TechnicalSheetOptions(name: "box"))
    #expect(svg.contains(">\(text)<"))
  }

  @Test("edges behind others are dashed")
  func hidden() throws {
    var options = TechnicalSheetOptions(name: "hollow")
    let svg = try TechnicalSheet.svg(Self.hollow, options)
    let inner = try extent("front-hidden", svg)
    #expect(abs(inner.0 - 20) < 0.1 && abs(inner.1 - 10) < 0.1, "\(inner)")
    options.showsHidden = false
    #expect(!(try TechnicalSheet.svg(Self.hollow, options)).contains("-hidden"))
  }

  @Test("the view from the right is left of the front view in first angle projection only")
  func projections() throws {
    func left(_ group: String, _ svg: String) throws -> Double {
      let start = try #require(svg.firstRange(of: "<g id=\"\(group)\""))
      let path = try #require(svg[start.upperBound...].firstRange(of: "d=\"M"))
      return try #require(Double(svg[path.upperBound...].prefix { $0 != " " }))
    }
    for projection in [TechnicalSheetOptions.Projection.firstAngle, .thirdAngle] {
      let svg = try TechnicalSheet.svg(
        Self.box, TechnicalSheetOptions(name: "box", projection: projection)
      )
      let isLeft = try left("right-visible", svg) < left("front-visible", svg)
      #expect(isLeft == (projection == .firstAngle))
    }
  }

  @Test("texts of outside are escaped and bounded")
  func texts() throws {
    let name = "</text><script>&\"'\u{0}\u{202E}\u{FFFE}" + String(repeating: "x", count: 100_000)
    let svg = try TechnicalSheet.svg(
      Self.box, TechnicalSheetOptions(name: name, material: name, revision: name)
    )
    #expect(isWellFormed(svg))
    #expect(!svg.contains("<script") && svg.contains("&lt;script&gt;&amp;&quot;&#39;"))
    #expect(!svg.unicodeScalars.contains { [0, 0x202E, 0xFFFE].contains($0.value) })
    #expect(svg.utf8.count < 10_000)
  }

  @Test("a text of the title block stays in its cell: smaller, then cut")
  func cells() {
    let short = SVGText.fitted("Bracket", most: 40, height: 3.5, width: 89)
    #expect(short == ("Bracket", 3.5))
    let size = SVGText.fitted("40000 × 30000 × 10000", most: 40, height: 1.9, width: 27)
    #expect(size.text == "40000 × 30000 × 10000")
    // 15 digits of 0.64, 2 signs, 4 spaces of 0.4 font sizes.
    #expect(size.height / 0.7 * (15 * 0.64 + 2 * 0.64 + 4 * 0.4) <= 27.001)
    #expect(size.height < 1.9)
    let long = SVGText.fitted(
      String(repeating: "W", count: 60), most: 40, height: 3.5, width: 89)
    #expect(long.height == 1.75)
    #expect(long.text.hasSuffix("W…") && long.text.count == 35)
  }

  @Test("collinear edges are one line")
  func joined() throws {
    // A strip of 200 pieces on a box' top is drawn as long lines.
    var points: [Point] = []
    var corners: [UInt32] = []
    for step in 0...200 {
      points += [Point(Double(step), 0, 0), Point(Double(step), 50, 0)]
      guard step > 0 else { continue }
      let first = UInt32(2 * step - 2)
      corners += [first, first + 2, first + 1, first + 1, first + 2, first + 3]
    }
    let svg = try TechnicalSheet.svg(
      Mesh(vertices: points, corners: corners), TechnicalSheetOptions(name: "strip")
    )
    #expect(svg.utf8.count < 6_000)
  }
}
