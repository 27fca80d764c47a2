/// Assigns many orders at once: minimum-cost flow by successive shortest paths with prices (R. K. Ahuja, T.
/// L. Magnanti, J. B. Orlin, "Network Flows", 1993, section 9.7), from a start in which every order is
/// where it is cheapest and bureaus may be too full.
///
/// A full bureau has a price; an order is always where its cost and the price together are least. A bureau
/// that is too full passes one order on, which may make another bureau too full, and so on to one with
/// room: the cheapest such chain is found by Dijkstra's algorithm over bureaus.
///
/// An order's candidates are looked up as far as they matter. Those that are not known yet cost at least
/// what the last known one does, and no price is below the lowest: until a chain is as long as that, none
/// of them can be in it. So what is found is the optimum over all candidates, not over the nearest few.
struct BatchAssignment {
  /// How many candidates of an order are looked up first.
  private static let candidatesFirst = 8

  private let problem: BatchProblem
  private let capacities: [Int]
  private var prices: [Double]
  private var members: [[Int]]
  private var known: [Known]
  /// Where each order is.
  private var assigned: [BatchProblem.Candidate?]
  /// What an order costs that is nowhere: more than any chain of moves.
  private var priceOfNone: Double
  /// What is added to the cost of a move: more than any chain of costs, or nothing where no order is
  /// anywhere yet.
  private let moveCost: Double
  private var noneCount = 0
  private var freeCount: Int
  private var chains: BatchChains
  /// The length of the shortest chain that ends, of those that are being looked for.
  private var limit = Double.infinity

  /// What is known of an order's candidates.
  private struct Known {
    var candidates: [BatchProblem.Candidate] = []
    /// How many were asked for.
    var asked = 0
    /// Those that are not known cost at least this.
    var least = 0.0
  }

  init(_ problem: BatchProblem) {
    self.problem = problem
    capacities = problem.capacities.map { $0 ?? .max }
    prices = [Double](repeating: 0, count: capacities.count)
    members = [[Int]](repeating: [], count: capacities.count)
    known = [Known](repeating: Known(), count: problem.orderCount)
    assigned = [BatchProblem.Candidate?](repeating: nil, count: problem.orderCount)
    let chainMax = max(problem.costMax, 1e-9) * Double(problem.orderCount + 1)
    moveCost = problem.incumbents.isEmpty ? 0 : chainMax
    priceOfNone =
      (chainMax + moveCost) * Double(problem.incumbents.isEmpty ? 1 : problem.orderCount + 1)
    freeCount = capacities.count { $0 > 0 }
    chains = BatchChains(count: capacities.count)
  }

  /// The best plan.
  mutating func solved() -> BatchPlan {
    for order in 0..<problem.orderCount {
      lookUp(order, Self.candidatesFirst)
      // The first of them may all be bureaus that take none.
      while known[order].candidates.isEmpty, known[order].least < .infinity {
        lookUp(order, known[order].asked * 2)
      }
      if let first = known[order].candidates.first { put(order, first) }
    }
    for bureau in capacities.indices {
      while members[bureau].count > capacities[bureau] { passOn(from: bureau) }
    }
    return BatchPlan(
      assigned: assigned.enumerated().map { order, place in place.map { real($0, order) } },
      lowerBound: lowerBound)
  }

  private mutating func put(_ order: Int, _ place: BatchProblem.Candidate) {
    let bureau = place.bureau
    assigned[order] = place
    members[bureau].append(order)
    if members[bureau].count == capacities[bureau] { freeCount -= 1 }
  }

  /// Asks for more candidates of an order.
  private mutating func lookUp(_ order: Int, _ count: Int) {
    let incumbent = problem.incumbents.isEmpty ? nil : problem.incumbents[order]
    let found = problem.candidates(order, count)
    // Nobody goes to a bureau that takes none.
    var candidates = found.filter { capacities[$0.bureau] > 0 }
    if let incumbent {
      candidates = candidates.filter { $0.bureau != incumbent.bureau }.map {
        .init(bureau: $0.bureau, cost: $0.cost + moveCost)
      }
      if capacities[incumbent.bureau] > 0 { candidates.insert(incumbent, at: 0) }
    }
    known[order].candidates = candidates
    known[order].asked = count
    known[order].least =
      found.count < count ? .infinity : (found.last?.cost ?? 0) + (incumbent == nil ? 0 : moveCost)
  }

  /// The candidate as the problem knows it.
  private func real(_ place: BatchProblem.Candidate, _ order: Int) -> BatchProblem.Candidate {
    guard !problem.incumbents.isEmpty, let incumbent = problem.incumbents[order],
      place.bureau != incumbent.bureau
    else { return place }
    return .init(bureau: place.bureau, cost: place.cost - moveCost)
  }

  // MARK: Chains

  /// Moves an order away from a bureau that is too full, along the cheapest chain.
  private mutating func passOn(from start: Int) {
    if freeCount == 0, noneCount == 0 {
      // Nothing is free anywhere, so from now on each chain ends with an order that is nowhere, whatever
      // that costs: with the least such cost chains stay short.
      priceOfNone = min(priceOfNone, highestValue)
    }
    let floor = prices.indices.reduce(Double.infinity) {
      capacities[$1] > 0 ? min($0, prices[$1]) : $0
    }
    chains.begin(at: start)
    limit = .infinity
    var last = -1
    while let next = chains.next(within: limit) {
      switch next {
      case .bureau(let bureau, let length) where members[bureau].count < capacities[bureau]:
        return finish(length) { solver in solver.move(to: bureau, start) }
      case .bureau(let bureau, let length):
        for order in members[bureau] {
          let value = value(of: order)
          extend(order, value, at: bureau, length, from: 0, floor)
          let end = max(length, length + priceOfNone(of: order) - value)
          if end < limit { (limit, last) = (end, order) }
        }
        chains.wait(bureau, length + reach(bureau, floor))
      case .wait(let bureau, let length, let due):
        for order in members[bureau] {
          let value = value(of: order)
          while length + reach(order: order, floor) <= due {
            let count = known[order].candidates.count
            lookUp(order, known[order].asked * 2)
            extend(order, value, at: bureau, length, from: count, floor)
          }
        }
        chains.wait(bureau, length + reach(bureau, floor))
      }
    }
    precondition(last >= 0, "a chain ends")
    finish(limit) { solver in
      let bureau = solver.remove(last)
      solver.noneCount += 1
      solver.move(to: bureau, start)
    }
  }

  /// What an order costs where it is, with the price.
  private func value(of order: Int) -> Double {
    guard let place = assigned[order] else { return priceOfNone(of: order) }
    return place.cost + prices[place.bureau]
  }

  private var highestValue: Double {
    assigned.indices.reduce(0) {
      assigned[$1] == nil ? $0 : max($0, value(of: $1) - priceOfNone(of: $1) + priceOfNone)
    }
  }

  /// What it costs that an order is nowhere: one that was somewhere has moved, too.
  private func priceOfNone(of order: Int) -> Double {
    problem.incumbents.isEmpty || problem.incumbents[order] == nil
      ? priceOfNone : priceOfNone + moveCost
  }

  /// Chains that an order of a bureau could go on with, while they are shorter than one that ends already.
  private mutating func extend(
    _ order: Int, _ value: Double, at bureau: Int, _ length: Double, from first: Int,
    _ floor: Double
  ) {
    let candidates = known[order].candidates
    for place in first..<max(first, candidates.count) {
      let candidate = candidates[place]
      if length + (candidate.cost + floor - value) >= limit { break }
      let further = length + max(0, candidate.cost + prices[candidate.bureau] - value)
      guard candidate.bureau != bureau, further < limit else { continue }
      chains.reach(candidate.bureau, further, order, place, from: bureau)
      if members[candidate.bureau].count < capacities[candidate.bureau] { limit = further }
    }
  }

  /// How much longer a chain gets at least when an order of a bureau goes on to a candidate that is not known.
  private func reach(_ bureau: Int, _ floor: Double) -> Double {
    members[bureau].reduce(Double.infinity) { min($0, reach(order: $1, floor)) }
  }

  @inline(__always)
  private func reach(order: Int, _ floor: Double) -> Double {
    max(0, known[order].least + floor - value(of: order))
  }

  /// Raises the prices of what is nearer than the end of a chain, then moves along it.
  private mutating func finish(_ length: Double, _ move: (inout BatchAssignment) -> Void) {
    for (bureau, own) in chains.settled where own < length { prices[bureau] += length - own }
    move(&self)
  }

  /// Moves each order of the chain that ends at a bureau, back to the start.
  private mutating func move(to end: Int, _ start: Int) {
    var bureau = end
    while bureau != start {
      let step = chains.step(to: bureau)
      let place = known[step.order].candidates[step.place]
      _ = remove(step.order)
      put(step.order, place)
      bureau = step.from
    }
  }

  private mutating func remove(_ order: Int) -> Int {
    guard let place = assigned[order], let index = members[place.bureau].firstIndex(of: order)
    else { preconditionFailure("the order is somewhere") }
    let bureau = place.bureau
    if members[bureau].count == capacities[bureau] { freeCount += 1 }
    members[bureau].remove(at: index)
    assigned[order] = nil
    return bureau
  }

  // MARK: The bound

  /// By weak duality: what each order costs at least with the prices, less what all places come to at them.
  /// That an order is nowhere, and moves, are not counted: no plan has fewer.
  private var lowerBound: Double {
    let floor = prices.indices.reduce(Double.infinity) {
      capacities[$1] > 0 ? min($0, prices[$1]) : $0
    }
    var bound = 0.0
    for order in assigned.indices where !known[order].candidates.isEmpty {
      let least = known[order].candidates.reduce(known[order].least + floor) {
        min($0, $1.cost + prices[$1.bureau])
      }
      bound += min(least, priceOfNone(of: order))
      switch assigned[order] {
      case let place?: bound -= place.cost - real(place, order).cost
      case nil: bound -= priceOfNone(of: order)
      }
    }
    for bureau in capacities.indices where prices[bureau] > 0 {
      bound -= prices[bureau] * Double(capacities[bureau])
    }
    return bound
  }
}

extension BatchProblem {
  /// The best plan.
  public func solved() -> BatchPlan {
    var assignment = BatchAssignment(self)
    return assignment.solved()
  }
}
