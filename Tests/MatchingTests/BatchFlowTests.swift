import Matching
import TestSupport
import Testing

/// Larger batches, in which candidates have to be looked up again, against a minimum-cost flow that knows all of them.
@Suite("Batches are minimum-cost flows")
struct BatchFlowTests {
  private struct Arc {
    var from: Int
    var to: Int
    var room: Int
    var cost: Double
  }

  /// How many orders are assigned, and the least cost of that: shortest paths by Bellman and Ford, one order at a
  /// time, over all pairs. Whoever stays is paid `stay`.
  private func flow(
    _ costs: [[Double?]], _ capacities: [Int], staying: [Int?], stay: Double
  ) -> (assigned: Int, cost: Double) {
    let (source, sink) = (costs.count + capacities.count, costs.count + capacities.count + 1)
    var arcs: [Arc] = []
    func add(_ from: Int, _ to: Int, _ room: Int, _ cost: Double) {
      arcs.append(Arc(from: from, to: to, room: room, cost: cost))
      arcs.append(Arc(from: to, to: from, room: 0, cost: -cost))
    }
    for (order, row) in costs.enumerated() {
      add(source, order, 1, 0)
      for (bureau, cost) in row.enumerated() {
        guard let cost else { continue }
        add(order, costs.count + bureau, 1, staying[order] == bureau ? cost - stay : cost)
      }
    }
    for (bureau, capacity) in capacities.enumerated() {
      add(costs.count + bureau, sink, capacity, 0)
    }
    var (assigned, total) = (0, 0.0)
    while true {
      var lengths = [Double](repeating: .infinity, count: sink + 1)
      var last = [Int](repeating: -1, count: sink + 1)
      lengths[source] = 0
      var isShorter = true
      while isShorter {
        isShorter = false
        for (number, arc) in arcs.enumerated()
        where arc.room > 0 && lengths[arc.from] + arc.cost < lengths[arc.to] - 1e-9 {
          (lengths[arc.to], last[arc.to], isShorter) = (
            lengths[arc.from] + arc.cost, number, true
          )
        }
      }
      guard lengths[sink] < .infinity else { return (assigned, total) }
      var node = sink
      while node != source {
        let arc = last[node]
        arcs[arc].room -= 1
        arcs[arc ^ 1].room += 1
        node = arcs[arc].from
      }
      assigned += 1
      total += lengths[sink]
    }
  }

  @Test("crowded ones, with and without an earlier plan", arguments: [false, true])
  func crowded(isKept: Bool) {
    var random = RandomBureaus(seed: isKept ? 31 : 30)
    var (wrong, lookedUp, full) = (0, 0, 0)
    for _ in 0..<60 {
      let (orders, bureaus) = (random.pick([10, 25, 40]), random.pick([9, 12, 20]))
      let capacities = (0..<bureaus).map { _ in random.pick([0, 1, 1, 2, 4]) }
      // Most orders crowd around the first bureaus.
      let costs = (0..<orders).map { _ in
        (0..<bureaus).map { bureau -> Double? in
          random.pick([true, true, true, false])
            ? Double(bureau) * 3 + Double.random(in: 0..<20, using: &random.generator) : nil
        }
      }
      let staying = (0..<orders).map { order -> Int? in
        let bureau = Int.random(in: 0..<bureaus, using: &random.generator)
        return isKept && random.pick([true, false]) && costs[order][bureau] != nil ? bureau : nil
      }
      let wanted = flow(costs, capacities, staying: staying, stay: 1e5)
      let ranked = costs.map { row in
        row.indices.compactMap { bureau in
          row[bureau].map { BatchProblem.Candidate(bureau: bureau, cost: $0) }
        }.sorted { ($0.cost, $0.bureau) < ($1.cost, $1.bureau) }
      }
      let incumbents = staying.enumerated().map { order, bureau in
        bureau.flatMap { place in ranked[order].first { $0.bureau == place } }
      }
      let plan = BatchProblem(
        orderCount: orders, capacities: capacities, costMax: 100,
        incumbents: isKept ? incumbents : []
      ) { order, count in
        if count > 8 { lookedUp += 1 }
        return Array(ranked[order].prefix(count))
      }.solved()
      let kept = zip(staying, plan.assigned).count { $0 != nil && $0 == $1?.bureau }
      if plan.assignedCount != wanted.assigned
        || abs(plan.cost - 1e5 * Double(kept) - wanted.cost) > 1e-6 || plan.gap > 1e-6
      {
        wrong += 1
      }
      if plan.assignedCount < orders { full += 1 }
    }
    #expect(wrong == 0)
    #expect(lookedUp > 100 && full > 10)
  }
}
