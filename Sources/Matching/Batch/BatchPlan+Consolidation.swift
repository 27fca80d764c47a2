extension BatchPlan {
  /// The same plan with orders of one group brought together where that saves more than it costs: each
  /// further order of a group at the same bureau saves `bonus` (one parcel, one set-up).
  ///
  /// Which orders to bring together is as hard as packing bins, so this looks for better plans around the
  /// cheapest one: a group's orders, or one of them, go to one bureau that has room; those that are where they
  /// were (``BatchProblem/incumbents``) stay there. It is never worse than before, and ``lowerBound`` is lowered
  /// by all that could be saved, so that ``gap`` stays true.
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
      let movable = zip(members, candidates).filter { order, _ in
        problem.incumbents.isEmpty || problem.incumbents[order] == nil
          || problem.incumbents[order]?.bureau != assigned[order]?.bureau
      }
      // So many that small groups come to rest, and so few that a large one ends.
      for _ in 0..<64 {
        guard let moves = plan.bestMoves(movable, of: members, room, bonus) else { break }
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

  /// How many of a group's orders are at each bureau.
  private func counts(_ members: [Int]) -> [Int: Int] {
    members.reduce(into: [:]) { counts, order in
      if let bureau = assigned[order]?.bureau { counts[bureau, default: 0] += 1 }
    }
  }

  /// How many orders of a group are where another one is already.
  private func together(_ members: [Int]) -> Double {
    Double(members.count - counts(members).count)
  }

  /// The moves of one or all of a group's orders to one bureau that save most; `nil` when none saves anything.
  private func bestMoves(
    _ movable: [(order: Int, costs: [Int: Double])], of members: [Int], _ room: [Int],
    _ bonus: Double
  ) -> [(Int, BatchProblem.Candidate)]? {
    let counts = counts(members)
    var best: (saving: Double, moves: [(Int, BatchProblem.Candidate)]) = (1e-9, [])
    func consider(_ saving: Double, _ moves: @autoclosure () -> [(Int, BatchProblem.Candidate)]) {
      if saving > best.saving { best = (saving, moves()) }
    }
    for bureau in Set(movable.flatMap(\.costs.keys)).sorted() where room[bureau] > 0 {
      var all: (saving: Double, moves: [(Int, BatchProblem.Candidate)]) = (0, [])
      var left = counts
      for (order, costs) in movable {
        guard let old = assigned[order], old.bureau != bureau, let cost = costs[bureau] else {
          continue
        }
        let move = (order, BatchProblem.Candidate(bureau: bureau, cost: cost))
        // A bureau fewer when it was the last one there, a bureau more when it is the first one here.
        let fewer = (counts[old.bureau] == 1 ? 1.0 : 0) - (counts[bureau] == nil ? 1 : 0)
        consider(old.cost - cost + bonus * fewer, [move])
        all.saving += old.cost - cost
        all.moves.append(move)
        left[old.bureau, default: 1] -= 1
      }
      guard all.moves.count <= room[bureau], !all.moves.isEmpty else { continue }
      left[bureau] = 1
      let fewer = counts.count - left.count { $0.value > 0 }
      consider(all.saving + bonus * Double(fewer), all.moves)
    }
    return best.moves.isEmpty ? nil : best.moves
  }
}
