extension RepairWork {
  /// See `MeshRepair.orient`.
  mutating func orient() {
    let before = corners
    let uses = edgeUses
    var shells = OrientedShells(self, uses)
    for shell in 0..<shells.count where shells.turnsMost(shell) { shells.turnAll(shell) }
    for facet in 0..<triangles where shells.isTurned[facet] { turn(facet) }
    report.shellsWithoutSides += shells.withoutSides

    let closed = shells.closed(self)
    let nesting = ShellNesting(self, shells, closed)
    for shell in closed {
      let volume = signedVolume(of: shells.facets(of: shell))
      let isCavity = nesting.isInOddNumber(shell)
      if isCavity == nil { report.shellsNotPlaced += 1 }
      if isCavity == true { report.cavities += 1 }
      guard isCavity == true ? volume > 0 : volume < 0 else { continue }
      for facet in shells.facets(of: shell) { turn(facet) }
    }
    report.facetsTurned += stride(from: 0, to: corners.count, by: 3).count {
      corners[$0 + 1] != before[$0 + 1]
    }
  }

  /// Whether a closed shell faces inwards without being a cavity.
  var hasInvertedShell: Bool {
    let shells = OrientedShells(self, edgeUses)
    let closed = shells.closed(self)
    let inverted = closed.filter { signedVolume(of: shells.facets(of: $0)) < 0 }
    guard !inverted.isEmpty else { return false }
    let nesting = ShellNesting(self, shells, closed)
    return inverted.contains { nesting.isInOddNumber($0) != true }
  }
}

/// Facets that hang together by edges of exactly two facets, and which of them must turn round so that
/// neighbours agree.
struct OrientedShells {
  /// FacetShells that cannot be given an outside.
  private(set) var withoutSides = 0
  /// Facets to turn round.
  private(set) var isTurned: [Bool]
  /// The shell of each facet.
  private(set) var numbers: [UInt32]
  /// The facets, shell by shell.
  private var members: [UInt32] = []
  private var ends: [Int] = []
  private let uses: EdgeUses

  init(_ work: RepairWork, _ uses: EdgeUses) {
    self.uses = uses
    isTurned = [Bool](repeating: false, count: work.triangles)
    numbers = [UInt32](repeating: EdgeUses.none, count: work.triangles)
    members.reserveCapacity(work.triangles)
    for seed in 0..<work.triangles where numbers[seed] == EdgeUses.none {
      flood(from: seed, work)
    }
  }

  var count: Int { ends.count }

  /// The facets of a shell.
  func facets(of shell: Int) -> some Collection<Int> {
    members[range(of: shell)].lazy.map { Int($0) }
  }

  private func range(of shell: Int) -> Range<Int> {
    (shell == 0 ? 0 : ends[shell - 1])..<ends[shell]
  }

  /// Whether more of a shell's facets must turn than stay.
  func turnsMost(_ shell: Int) -> Bool {
    2 * facets(of: shell).count(where: { isTurned[$0] }) > range(of: shell).count
  }

  /// Turns what stayed, and leaves what turned.
  mutating func turnAll(_ shell: Int) {
    for facet in members[range(of: shell)] { isTurned[Int(facet)].toggle() }
  }

  /// From neighbour to neighbour, breadth first.
  private mutating func flood(from seed: Int, _ work: RepairWork) {
    let shell = UInt32(ends.count)
    var next = members.count
    var agrees = true
    numbers[seed] = shell
    members.append(UInt32(seed))
    while next < members.count {
      let facet = Int(members[next])
      next += 1
      for side in 3 * facet..<3 * facet + 3 where uses.mates[side] != EdgeUses.none {
        let mate = Int(uses.mates[side])
        let walksAlike = work.corners[side] == work.corners[mate]
        let turns = isTurned[facet] != walksAlike
        if numbers[mate / 3] == EdgeUses.none {
          numbers[mate / 3] = shell
          isTurned[mate / 3] = turns
          members.append(UInt32(mate / 3))
        } else if isTurned[mate / 3] != turns {
          agrees = false
        }
      }
    }
    ends.append(members.count)
    guard !agrees else { return }
    withoutSides += 1
    for facet in facets(of: Int(shell)) { isTurned[facet] = false }
  }

  /// The shells without a boundary, once their facets are turned: each edge is walked as often one way as
  /// the other by the facets of the one shell.
  func closed(_ work: RepairWork) -> [Int] {
    var isOpen = [Bool](repeating: false, count: count)
    let edges = EdgeRuns(corners: work.corners, vertexCount: work.vertices.count)
    edges.forEachEdge { run in
      var balance: [UInt32: Int] = [:]
      if run.count == 2, let shell = pair(edges[run.lowerBound], edges[run.lowerBound + 1]) {
        if edges[run.lowerBound].isForward == edges[run.lowerBound + 1].isForward {
          isOpen[shell] = true
        }
        return
      }
      for position in run {
        let edge = edges[position]
        balance[numbers[Int(edge.facet)], default: 0] += edge.isForward ? 1 : -1
      }
      for (shell, sum) in balance where sum != 0 { isOpen[Int(shell)] = true }
    }
    return (0..<count).filter { !isOpen[$0] }
  }

  private func pair(_ first: EdgeRuns.Edge, _ second: EdgeRuns.Edge) -> Int? {
    let shell = numbers[Int(first.facet)]
    return shell == numbers[Int(second.facet)] ? Int(shell) : nil
  }
}
