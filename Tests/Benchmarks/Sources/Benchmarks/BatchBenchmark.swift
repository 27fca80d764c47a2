import Domain
import Foundation
import Matching

/// 10,000 orders for 1,000 bureaus that take twelve each, the fewest kilometres: against OR-tools'
/// minimum-cost flow on each order's nearest bureaus, and its optimum on all.
enum BatchBenchmark {
  static func run(_ settings: Settings) throws -> [Row] {
    try ["places anywhere", "places around 100 cities"].enumerated().flatMap {
      number, name -> [Row] in
      let problem = Places(isClustered: number == 1)
      let file = "\(settings.memory)/batch-\(number).json"
      try problem.write(to: file)
      let index = problem.index
      var plan: BatchPlan?
      var peers: [JSON] = []
      let pairs = try Pairs.measure(rounds: settings.rounds) {
        let start = uptime()
        plan = problem.batch(index).solved()
        return uptime() - start
      } peer: {
        // The pruned graph that assigns all, and is the quickest of those.
        peers = try ["20", "60"].map { nearest in
          try Child.json(
            settings.python, ["\(settings.peers)/batch.py", file, nearest], in: settings.memory)
        }
        let whole = peers.first { $0["assigned"].number == 10_000 } ?? peers[1]
        return whole["seconds"].number
      }
      let best = try Child.json(
        settings.python, ["\(settings.peers)/batch.py", file, "1000"], in: settings.memory)
      guard let plan else { return [] }
      func percent(_ cost: Double, _ assigned: Double) -> String {
        assigned < 10_000
          ? "\(Int(assigned)) assigned"
          : "\(decimal((cost / best["kilometres"].number - 1) * 100, 3)) % above the optimum"
      }
      return [
        Row(
          "10,000 orders to 1,000 bureaus, \(name)", pairs, peer: "OR-tools, pruned",
          rate: milliseconds),
        Row(
          "  how good; the optimum takes OR-tools \(milliseconds(best["seconds"].number))",
          ours: percent(plan.cost, Double(plan.assignedCount)),
          peer: zip([20, 60], peers).map { nearest, peer in
            "nearest \(nearest): \(percent(peer["kilometres"].number, peer["assigned"].number))"
          }.joined(separator: "; "), ratio: nil),
      ]
    }
  }

  private struct Places {
    let orders: [Coordinates]
    let bureaus: [Coordinates]

    init(isClustered: Bool) {
      var generator = SplitMix(seed: 7)
      func anywhere() -> Coordinates {
        let height = Double.random(in: -1...1, using: &generator)
        guard
          let place = Coordinates(
            latitude: asin(height) * 180 / .pi,
            longitude: Double.random(in: -180...180, using: &generator))
        else { fatalError("no place") }
        return place
      }
      let cities = (0..<100).map { _ in anywhere() }
      func around() -> Coordinates {
        let city = cities[
          min(
            Int.random(in: 0..<100, using: &generator), Int.random(in: 0..<100, using: &generator))]
        func near(_ value: Double, _ limit: Double) -> Double {
          max(-limit, min(limit, value + Double.random(in: -0.5...0.5, using: &generator)))
        }
        return Coordinates(latitude: near(city.latitude, 90), longitude: near(city.longitude, 180))
          ?? city
      }
      bureaus = (0..<1000).map { _ in isClustered ? around() : anywhere() }
      orders = (0..<10_000).map { _ in isClustered ? around() : anywhere() }
    }

    private static let box = BoxSize(x: 1, y: 1, z: 1)
    private static let country = Country("DE")

    var index: NetworkIndex {
      guard let box = Self.box, let country = Self.country else { fatalError("no box") }
      return NetworkIndex(
        version: 1,
        bureaus.enumerated().map { number, place in
          BureauCapabilities(
            id: "\(10_000 + number)", name: "",
            sites: [
              .init(
                coordinates: place, country: country,
                machines: [.init(id: "m", process: "MEX", materials: ["PLA"], buildVolume: box)])
            ])
        })
    }

    func batch(_ index: NetworkIndex) -> BatchProblem {
      guard let box = Self.box, let country = Self.country else { fatalError("no box") }
      let requests = orders.map { place in
        MatchRequest(
          process: "MEX", material: "PLA", sizes: [box], schemes: [],
          productionDay: CalendarDay(daysSinceEpoch: 20_000), destination: place, country: country)
      }
      return BatchProblem(
        orderCount: orders.count, capacities: Array(repeating: 12, count: bureaus.count),
        costMax: 20_016
      ) { order, count in
        index.best(count, for: requests[order], by: .nearest).map {
          .init(bureau: $0.bureau, cost: $0.distanceKilometres)
        }
      }
    }

    func write(to file: String) throws {
      func pairs(_ places: [Coordinates]) -> String {
        "[" + places.map { "[\($0.latitude),\($0.longitude)]" }.joined(separator: ",") + "]"
      }
      let text = "{\"orders\":\(pairs(orders)),\"bureaus\":\(pairs(bureaus)),\"capacity\":12}"
      try writeFile(file) { try $0.write(contentsOf: Data(text.utf8)) }
    }
  }
}
