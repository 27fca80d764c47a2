import Matching
import TestSupport
import Testing

@Suite("Batches")
struct BatchTests {
  /// Some orders and bureaus: what each pair costs, `nil` where it cannot be.
  struct Instance {
    var costs: [[Double?]]
    var capacities: [Int?]
    var incumbents: [Int?]?

    func problem(_ asked: @escaping () -> Void = {}) -> BatchProblem {
      let ranked = costs.map { row in
        row.indices.compactMap { bureau in
          row[bureau].map { BatchProblem.Candidate(bureau: bureau, cost: $0) }
        }.sorted { ($0.cost, $0.bureau) < ($1.cost, $1.bureau) }
      }
      return BatchProblem(
        orderCount: costs.count, capacities: capacities, costMax: 100,
        incumbents: incumbents.map { places in
          places.enumerated().map { order, place in
            place.flatMap { bureau in costs[order][bureau].map { .init(bureau: bureau, cost: $0) } }
          }
        } ?? []
      ) { order, count in
        asked()
        return Array(ranked[order].prefix(count))
      }
    }

    /// How many are nowhere, how many moved, and what the others cost: less is better in that order.
    func value(_ plan: [Int?]) -> (nowhere: Int, moved: Int, cost: Double) {
      var value = (nowhere: 0, moved: 0, cost: 0.0)
      for (order, place) in plan.enumerated() {
        if let incumbent = incumbents?[order], costs[order][incumbent] != nil, incumbent != place {
          value.moved += 1
        }
        guard let place else {
          value.nowhere += 1
          continue
        }
        value.cost += costs[order][place] ?? .nan
      }
      return value
    }
  }

  /// The best of all plans there are.
  private func best(_ instance: Instance) -> (nowhere: Int, moved: Int, cost: Double) {
    var best: (nowhere: Int, moved: Int, cost: Double)?
    var left = instance.capacities.map { $0 ?? .max }
    func go(_ plan: [Int?]) {
      if plan.count == instance.costs.count {
        let value = instance.value(plan)
        if best.map({ value < $0 }) ?? true { best = value }
        return
      }
      go(plan + [nil])
      for bureau in left.indices where left[bureau] > 0 && instance.costs[plan.count][bureau] != nil
      {
        left[bureau] -= 1
        go(plan + [bureau])
        left[bureau] += 1
      }
    }
    go([])
    return best ?? (0, 0, 0)
  }

  private func instance(_ random: inout RandomBureaus, withIncumbents: Bool) -> Instance {
    let (orders, bureaus) = (random.pick([0, 1, 3, 5, 6]), random.pick([1, 2, 3, 4]))
    let isWhole = random.pick([true, false])
    var instance = Instance(costs: [], capacities: [], incumbents: nil)
    for _ in 0..<bureaus { instance.capacities.append(random.pick([0, 1, 1, 2, 3, nil])) }
    for _ in 0..<orders {
      instance.costs.append(
        (0..<bureaus).map { _ in
          random.pick([true, true, true, false])
            ? isWhole
              ? Double(Int.random(in: 0..<4, using: &random.generator))
              : Double.random(in: 0..<100, using: &random.generator) : nil
        })
    }
    if withIncumbents {
      instance.incumbents = (0..<orders).map { _ in
        random.pick([nil, Int.random(in: 0..<bureaus, using: &random.generator)])
      }
    }
    return instance
  }

  @Test("no plan is better, of all that there are", arguments: [false, true])
  func optimum(withIncumbents: Bool) {
    var random = RandomBureaus(seed: 3)
    var (wrong, full) = (0, 0)
    for _ in 0..<4000 {
      let instance = instance(&random, withIncumbents: withIncumbents)
      let plan = instance.problem().solved()
      let places = plan.assigned.map { $0?.bureau }
      let (value, best) = (instance.value(places), best(instance))
      if value.nowhere > 0 { full += 1 }
      let isWithin = instance.capacities.indices.allSatisfy { bureau in
        places.count { $0 == bureau } <= instance.capacities[bureau] ?? .max
      }
      if !isWithin || value.nowhere != best.nowhere || value.moved != best.moved
        || abs(value.cost - best.cost) > 1e-6 || abs(plan.cost - value.cost) > 1e-6
        || plan.lowerBound > best.cost + 1e-6 || plan.gap > 1e-6
      {
        wrong += 1
      }
    }
    #expect(wrong == 0)
    #expect(full > 300)
  }

  @Test("candidates beyond the first are looked up where they matter, and only there")
  func lookedUp() {
    // 40 orders nearest to twenty bureaus that take one each; a twenty-first, far away, takes all.
    let costs = (0..<40).map { order in
      (0..<20).map { Double(1 + (order + $0) % 20) as Double? } + [90]
    }
    var asked = 0
    let plan = Instance(costs: costs, capacities: Array(repeating: 1, count: 20) + [nil])
      .problem { asked += 1 }.solved()
    #expect(plan.assignedCount == 40 && plan.cost == 20 + 20 * 90 && plan.gap < 1e-9)
    // Where all have room nobody is asked twice.
    asked = 0
    let free = Instance(costs: costs, capacities: Array(repeating: nil, count: 21))
      .problem { asked += 1 }.solved()
    #expect(asked == 40 && free.cost == 40)
  }

  @Test("orders of a group come together where that saves more, and the gap stays true")
  func together() {
    var random = RandomBureaus(seed: 9)
    var (wrong, better) = (0, 0)
    for _ in 0..<2000 {
      let instance = instance(&random, withIncumbents: false)
      let groups = instance.costs.map { _ in random.pick([nil, 0, 0, 1]) }
      let bonus = random.pick([0.5, 2, 40])
      /// Without what is saved.
      func cost(_ plan: [Int?]) -> Double {
        let places = Set(
          plan.enumerated().compactMap { order, place in
            groups[order].flatMap { group in place.map { [group, $0] } }
          })
        let grouped = plan.indices.count { groups[$0] != nil && plan[$0] != nil }
        return instance.value(plan).cost - bonus * Double(grouped - places.count)
      }
      let problem = instance.problem()
      let before = problem.solved()
      let plan = before.consolidated(problem, groups: groups, bonus: bonus)
      let (places, first) = (plan.assigned.map { $0?.bureau }, before.assigned.map { $0?.bureau })
      let isWithin = instance.capacities.indices.allSatisfy { bureau in
        places.count { $0 == bureau } <= instance.capacities[bureau] ?? .max
      }
      if !isWithin || abs(cost(places) - plan.cost) > 1e-6 || cost(places) > cost(first) + 1e-6
        || plan.assignedCount != before.assignedCount || plan.lowerBound > plan.cost + 1e-6
        || plan.lowerBound > least(instance, before.assignedCount, cost) + 1e-6
      {
        wrong += 1
      }
      if cost(places) < cost(first) - 1e-6 { better += 1 }
    }
    #expect(wrong == 0)
    #expect(better > 100)
  }

  /// The least cost of a plan that assigns so many.
  private func least(
    _ instance: Instance, _ count: Int, _ cost: ([Int?]) -> Double
  ) -> Double {
    var least = Double.infinity
    var left = instance.capacities.map { $0 ?? .max }
    func go(_ plan: [Int?]) {
      if plan.count == instance.costs.count {
        if plan.count(where: { $0 != nil }) == count { least = min(least, cost(plan)) }
        return
      }
      go(plan + [nil])
      for bureau in left.indices where left[bureau] > 0 && instance.costs[plan.count][bureau] != nil
      {
        left[bureau] -= 1
        go(plan + [bureau])
        left[bureau] += 1
      }
    }
    go([])
    return least
  }

  @Test("a bureau that drops out moves its own orders, and others only where that is needed")
  func replanned() throws {
    var random = RandomBureaus(seed: 21)
    for _ in 0..<40 {
      let (orders, bureaus) = (60, 12)
      var instance = Instance(
        costs: (0..<orders).map { _ in
          (0..<bureaus).map { _ in Double.random(in: 0..<100, using: &random.generator) }
        }, capacities: Array(repeating: 6, count: bureaus), incumbents: nil)
      let before = instance.problem().solved()
      #expect(before.assignedCount == orders && before.gap < 1e-9)
      let dropped = random.pick(Array(0..<bureaus))
      instance.capacities[dropped] = 0
      instance.incumbents = before.assigned.map {
        $0.flatMap { $0.bureau == dropped ? nil : $0.bureau }
      }
      let after = instance.problem().solved()
      let moved = zip(before.assigned, after.assigned).count { $0?.bureau != $1?.bureau }
      #expect(after.assignedCount == orders)
      #expect(moved == before.assigned.count { $0?.bureau == dropped })
    }
  }

  @Test("an order whose first candidates take none goes to the first that does")
  func firstAreFull() {
    let costs = [(0..<30).map { Double($0) as Double? }]
    var capacities = [Int?](repeating: 0, count: 30)
    capacities[25] = 1
    let plan = Instance(costs: costs, capacities: capacities).problem().solved()
    #expect(plan.assigned.map { $0?.bureau } == [25])
  }

  @Test("a bonus moves nothing that stays where it was")
  func bonusAndStaying() {
    let instance = Instance(
      costs: [[0, 5, nil], [nil, 1, 2]], capacities: [nil, nil, nil], incumbents: [0, nil])
    let problem = instance.problem()
    let plan = problem.solved().consolidated(problem, groups: [7, 7], bonus: 50)
    #expect(plan.assigned.map { $0?.bureau } == [0, 1])
    let free = Instance(costs: instance.costs, capacities: instance.capacities).problem()
    let together = free.solved().consolidated(free, groups: [7, 7], bonus: 50)
    #expect(together.assigned.map { $0?.bureau } == [1, 1] && together.cost == 5 + 1 - 50)
  }
}
