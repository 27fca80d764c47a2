extension RepairWork {
  /// See `MeshRepair.removeDuplicates`.
  mutating func removeDuplicates() {
    let edges = EdgeRuns(corners: corners, vertexCount: vertices.count)
    var layers = FacetLayers(edges, triangles: triangles)
    guard layers.hasDuplicates else { return }
    layers.judgeBalanced(edges)
    report.duplicateFacetsRemoved += keepFacets { layers.isKept($0) }
  }
}

/// Facets over the same three vertices, as one thing each: a stack, known by its first facet.
private struct FacetLayers {
  private(set) var hasDuplicates = false
  /// The first facet of the stack that a facet lies in.
  private var stack: [UInt32]
  /// The facet of the stack that stays, if any does, at the place of its first.
  private var keeper: [UInt32]
  /// Whether as many of the stack face one way as the other, at the place of its first.
  private var isBalanced: [Bool]
  private var isDropped: [Bool]

  init(_ edges: EdgeRuns, triangles: Int) {
    stack = (0..<UInt32(triangles)).map { $0 }
    keeper = stack
    isBalanced = [Bool](repeating: false, count: triangles)
    isDropped = isBalanced
    var start = 0
    while start < edges.count {
      let first = edges[start]
      var end = start + 1
      while end < edges.count, edges[end].isOver(first), edges[end].opposite == first.opposite {
        end += 1
      }
      // A stack is looked at once only, at the edge between its two smallest vertices.
      if end - start > 1, first.opposite > first.high { note(edges, start..<end) }
      start = end
    }
  }

  /// Equal edges come in the order of their facets, so that the first of a run is the first facet.
  private mutating func note(_ edges: EdgeRuns, _ run: Range<Int>) {
    hasDuplicates = true
    let first = edges[run.lowerBound].facet
    let forward = run.count { edges[$0].isForward }
    let isForwardKept =
      forward * 2 == run.count ? edges[run.lowerBound].isForward : forward * 2 > run.count
    let kept = run.first { edges[$0].isForward == isForwardKept } ?? run.lowerBound
    for position in run { stack[Int(edges[position].facet)] = first }
    keeper[Int(first)] = edges[kept].facet
    isBalanced[Int(first)] = forward * 2 == run.count
  }

  /// Drops the stacks that only divide the inside of a solid.
  ///
  /// Balanced stacks that share edges are one region. Where each edge of its rim has an even number of
  /// other stacks, the surface is closed without the region; else one layer of it is needed. A region
  /// without a rim is a shell with two layers, and keeps one.
  mutating func judgeBalanced(_ edges: EdgeRuns) {
    var regions = DisjointSets(count: stack.count)
    var rims: [(stack: UInt32, isOdd: Bool)] = []
    edges.forEachEdge { run in
      var others = 0
      var balanced: UInt32?
      var last: UInt32?
      for position in run {
        let here = stack[Int(edges[position].facet)]
        if here == last { continue }
        last = here
        if !isBalanced[Int(here)] {
          others += 1
        } else if let earlier = balanced {
          _ = regions.join(earlier, here)
        } else {
          balanced = here
        }
      }
      if let balanced, others > 0 { rims.append((balanced, others % 2 == 1)) }
    }
    var hasRim = [Bool](repeating: false, count: stack.count)
    var isNeeded = hasRim
    for rim in rims {
      let region = Int(regions.root(of: rim.stack))
      hasRim[region] = true
      if rim.isOdd { isNeeded[region] = true }
    }
    for facet in stack.indices where isBalanced[facet] {
      let region = Int(regions.root(of: UInt32(facet)))
      isDropped[facet] = hasRim[region] && !isNeeded[region]
    }
  }

  func isKept(_ facet: Int) -> Bool {
    let first = Int(stack[facet])
    return !isDropped[first] && keeper[first] == UInt32(facet)
  }
}
