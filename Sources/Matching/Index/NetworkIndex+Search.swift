import Domain

extension NetworkIndex {
  /// The best bureaus for a request, the best first: higher score, then the bytes of the identifier. Each
  /// is there once, with the best of its machines.
  ///
  /// - Parameter count: how many at most.
  public func best(
    _ count: Int, for request: MatchRequest, by ranking: Ranking
  ) -> [RankedBureau] {
    guard count > 0 else { return [] }
    let query = MatchQuery(request, vocabulary)
    var best = BestBureaus(count: count)
    if let process = query.process, let material = query.material, query.schemes != nil,
      let tree = base.trees[Self.pair(process, material)]
    {
      tree.search(
        from: query.destination, ranking, sides: query.sides, schemes: query.schemeBits
      ) { way in
        let (bureau, machine) = (Int(way.bureau), Int(way.machine))
        if base.table.fits(machine, query), base.table.isCertified(machine, of: bureau, query),
          base.table.lastGate(of: bureau, query) == nil, !isGone(bureau)
        {
          best.insert(base.table.ranked(machine, query, ranking)) { $0.bureau < $1.bureau }
        }
        return best.least
      }
    }
    for (place, change) in changes.enumerated() {
      guard let table = change.table else { continue }
      for machine in table.machines.indices where table.gate(ofMachine: machine, query) == nil {
        var way = table.ranked(machine, query, ranking)
        way.bureau = base.table.ids.count + place
        best.insert(way) { [self] in
          id(of: $0.bureau).utf8.lexicographicallyPrecedes(id(of: $1.bureau).utf8)
        }
      }
    }
    return best.bureaus
  }

  /// What one bureau is worth for a request, with the best of its machines; `nil` when it cannot make it.
  ///
  /// - Parameter number: the bureau's.
  public func ranked(
    _ number: Int, for request: MatchRequest, by ranking: Ranking
  ) -> RankedBureau? {
    let query = MatchQuery(request, vocabulary)
    let (table, place) = row(of: number)
    var best = BestBureaus(count: 1)
    for machine in table.bureaus[place].machines
    where table.gate(ofMachine: Int(machine), query) == nil {
      best.insert(table.ranked(Int(machine), query, ranking)) { _, _ in false }
    }
    return best.bureaus.first.map { way in
      var way = way
      way.bureau = number
      return way
    }
  }

  /// How many bureaus each gate excludes.
  public func exclusions(for request: MatchRequest) -> ExclusionCounts {
    let query = MatchQuery(request, vocabulary)
    var counts = ExclusionCounts()
    let running = query.process.map { number in
      number < base.bureausByProcess.count ? base.bureausByProcess[Int(number)] : 0
    }
    let ways = query.process.flatMap { process in
      query.material.flatMap { base.lists[Self.pair(process, $0)] }
    }
    counts[.process] = base.table.ids.count - (running ?? 0)
    counts[.material] = (running ?? 0) - (ways?.bureauCount ?? 0)
    ways?.count(query, base.table, into: &counts)
    // Those that changed are counted as they are, and not as they were.
    for change in changes {
      if let bureau = change.replaced, let gate = base.table.gate(of: bureau, query) {
        counts[gate] -= 1
      }
      if let gate = change.table?.gate(of: 0, query) { counts[gate] += 1 }
    }
    return counts
  }
}

/// The best so far, the best first.
private struct BestBureaus {
  let count: Int
  private(set) var bureaus: [RankedBureau] = []
  /// The score below which nothing is wanted any more.
  private(set) var least = -Double.infinity

  init(count: Int) { self.count = count }

  /// Puts a way in its place, where it is one of the best and the best of its bureau.
  ///
  /// - Parameter comesFirst: the order of two bureaus whose scores are the same.
  @inline(__always)
  mutating func insert(
    _ one: RankedBureau, _ comesFirst: (RankedBureau, RankedBureau) -> Bool
  ) {
    func precedes(_ left: RankedBureau, _ right: RankedBureau) -> Bool {
      left.score != right.score
        ? left.score > right.score
        : left.bureau == right.bureau ? left.machine < right.machine : comesFirst(left, right)
    }
    if let known = bureaus.firstIndex(where: { $0.bureau == one.bureau }) {
      guard precedes(one, bureaus[known]) else { return }
      bureaus.remove(at: known)
    } else if bureaus.count == count {
      guard let last = bureaus.last, precedes(one, last) else { return }
      bureaus.removeLast()
    }
    bureaus.insert(one, at: bureaus.firstIndex { precedes(one, $0) } ?? bureaus.count)
    if bureaus.count == count, let last = bureaus.last { least = last.score }
  }
}
