import Domain
import Matching
import TestSupport
import Testing

@Suite("Maps of decisions")
struct DecisionMapTests {
  private func place(_ latitude: Double, _ longitude: Double) -> Coordinates {
    guard let place = Coordinates(latitude: latitude, longitude: longitude) else {
      preconditionFailure("no place")
    }
    return place
  }

  private func map(
    _ destination: Coordinates, _ places: [Coordinates], excluded: [Coordinates] = [],
    name: String = "Bureau"
  ) -> DecisionMap {
    DecisionMap(
      title: name, subtitle: "\(name) \(name)", destination: destination,
      candidates: places.map { place in
        .init(
          name: name, place: place,
          distanceKilometres: destination.greatCircleKilometres(to: place), score: 0.5)
      }, chosen: places.isEmpty ? nil : 0,
      excluded: excluded.enumerated().map { number, place in
        .init(place: place, gate: MatchGate.allCases[number % 6])
      })
  }

  @Test("every number is one, wherever the part goes")
  func numbers() {
    let places = [
      place(90, 0), place(-90, 0), place(0, 180), place(0, -180), place(0, 0), place(52, 13),
      place(-52, -167), place(52, 13),
    ]
    for destination in places {
      for some in [[], [destination], places, [place(-destination.latitude, 0)]] {
        let svg = map(destination, some, excluded: places).svg
        #expect(!svg.contains("nan") && !svg.contains("inf") && svg.hasSuffix("</svg>\n"))
        #expect(svg.utf8.count < 300_000)
      }
    }
  }

  @Test("names cannot break out of the picture, nor turn its words around")
  func hostile() {
    let name = "<script>\"&'</text>\u{202E}\u{0}\u{FFFE}" + String(repeating: "x", count: 300)
    let svg = map(place(50, 10), [place(51, 11)], name: name).svg
    #expect(svg.contains("&lt;script&gt;&quot;&amp;'&lt;/text&gt;\u{FFFD}\u{FFFD}\u{FFFD}x"))
    #expect(!svg.contains("<script") && !svg.contains("\u{202E}") && !svg.contains("\u{0}"))
    #expect(svg.utf8.count < 30_000)
  }

  @Test("a network of many stays a small file that counts all of them")
  func many() {
    var random = RandomBureaus(seed: 4)
    let excluded = (0..<5000).map { _ in
      place(
        50 + Double.random(in: -3...3, using: &random.generator),
        10 + Double.random(in: -3...3, using: &random.generator))
    }
    let svg = map(place(50, 10), [place(51, 12)], excluded: excluded).svg
    #expect(svg.contains(">5000 cannot make it<") && svg.utf8.count < 100_000)
    #expect(svg.contains(">400 of those that cannot are on the map.<"))
  }

  /// The sea is one rectangle and land one path over it; a renderer says what is where.
  @Test(
    "land is where land is, on both sides of the date line and of the Earth",
    arguments: [
      // In the middle of a country; in the Pacific with Africa on the other side; in Antarctica.
      (place: (50.1, 8.7), isLand: true), ((-17.7, 178.1), true), ((-25, -150), false),
      ((-80, 40), true), ((0, -25), false), ((39, -98), true), ((43, 50.5), false),
      ((-41, 174.9), true),
    ] as [(place: (Double, Double), isLand: Bool)])
  func land(place: (Double, Double), isLand: Bool) {
    let svg = map(self.place(place.0, place.1), [self.place(place.0, place.1)]).svg
    let around = "M-9e4-9e4H9e4V9e4H-9e4Z"
    let corners = "M-90000 -90000L90000 -90000L90000 90000L-90000 90000Z"
    let after = svg.split(separator: "fill-rule=\"evenodd\" d=\"").last ?? ""
    let path = after.prefix { $0 != "\"" }.replacing(around, with: corners)
    // How often a line from the destination, in the middle of the map, to the right crosses the outlines.
    let (x, y) = (380.05, 320.05)
    var crossings = 0
    for ring in path.split(separator: "M") {
      let points = ring.dropLast().split(separator: "L").map { pair -> SIMD2<Double> in
        let numbers = pair.split(separator: " ").compactMap { Double($0) }
        return numbers.count == 2 ? SIMD2(numbers[0], numbers[1]) : SIMD2(0, 0)
      }
      for (from, to) in zip(points, points.dropFirst() + points.prefix(1))
      where (from.y > y) != (to.y > y) {
        let share = (y - from.y) / (to.y - from.y)
        if from.x + share * (to.x - from.x) > x { crossings += 1 }
      }
    }
    #expect((crossings % 2 == 1) == isLand)
  }
}
