extension BatchPlan {
  /// The same plan with orders of one group brought together where that saves more than it costs: each
  /// further order of a group at the same bureau saves `bonus` (one parcel, one set-up).
  ///
  /// Which orders to bring together is as hard as packing bins, so this looks for better plans around the
  /// cheapest one: a group's orders, or one of them, go to one bureau that has room. It is never worse than
  /// before, and ``lowerBound`` is lowered by all that could be saved, so that ``gap`` stays true.
  ///
  /// - Parameters:
  ///   - problem: what this is a plan of.
  ///   - groups: the group of each order; `nil` for one that is by itself.
  ///   - candidatesMax: how many candidates of an order are looked at.
  public func consolidated(
    _ problem: BatchProblem, groups: [Int?], bonus: Double, candidatesMax: Int = 32
  ) -> BatchPlan {
    guard bonus > 0 else { return self }
    let orders = Dictionary(grouping: groups.indices.filter { groups[$0] != nil }) {
      groups[$0] ?? 0
    }.filter { $0.value.count > 1 }
    var plan = self
    var room = problem.capacities.map { $0 ?? .max }
    for place in assigned.compactMap(\.self) where room[place.bureau] != .max {
      room[place.bureau] -= 1
    }
    for group in orders.keys.sorted() {
      guard let all = orders[group] else { continue }
      // Another plan may assign others of them.
      plan.lowerBound -= bonus * Double(all.count - 1)
      let members = all.filter { assigned[$0] != nil }
      guard members.count > 1 else { continue }
      let candidates = members.map { order in
        Dictionary(
          problem.candidates(order, candidatesMax).map { ($0.bureau, $0.cost) },
          uniquingKeysWith: { first, _ in first })
      }
      // Each improvement saves something, and there are only so many ways to be somewhere.
      while let moves = plan.bestMoves(members, candidates, room, bonus) {
        for (order, place) in moves {
          guard let old = plan.assigned[order] else { continue }
          if room[old.bureau] != .max { room[old.bureau] += 1 }
          if room[place.bureau] != .max { room[place.bureau] -= 1 }
          plan.assigned[order] = place
        }
      }
      plan.saved += bonus * plan.together(members)
    }
    return plan
  }

  /// How many orders of a group are where another one is already.
  private func together(_ members: [Int]) -> Double {
    Double(members.count - Set(members.compactMap { assigned[$0]?.bureau }).count)
  }

  /// The moves of one or all of a group's orders to one bureau that save most; `nil` when none saves anything.
  private func bestMoves(
    _ members: [Int], _ candidates: [[Int: Double]], _ room: [Int], _ bonus: Double
  ) -> [(Int, BatchProblem.Candidate)]? {
    var best: (saving: Double, moves: [(Int, BatchProblem.Candidate)]) = (1e-9, [])
    for bureau in Set(candidates.flatMap(\.keys)).sorted() where room[bureau] > 0 {
      var moves: [(Int, BatchProblem.Candidate)] = []
      for (order, costs) in zip(members, candidates) where assigned[order]?.bureau != bureau {
        if let cost = costs[bureau] { moves.append((order, .init(bureau: bureau, cost: cost))) }
      }
      for some in moves.map({ [$0] }) + [moves] where some.count <= room[bureau] {
        var plan = self
        var saving = 0.0
        for (order, place) in some {
          saving += (assigned[order]?.cost ?? 0) - place.cost
          plan.assigned[order] = place
        }
        saving += bonus * (plan.together(members) - together(members))
        if saving > best.saving { best = (saving, some) }
      }
    }
    return best.moves.isEmpty ? nil : best.moves
  }
}
