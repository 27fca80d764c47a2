extension FacetTree {
  /// Steps that a pair takes which is handed over: comparing two facets exactly costs about as much as this
  /// many boxes, and a fan of very many facets is nothing but such pairs.
  private static let pairSteps = 8

  /// Hands over every pair of facets, by their numbers in the mesh, whose boxes along the axes overlap or
  /// touch; each pair once, the facet that comes first in the tree first. Stops when `visit` returns
  /// false or the steps are used up.
  ///
  /// The boxes are padded (`padding`): facets that do not touch are among the pairs, but no two that
  /// touch are missing.
  func visitOverlaps(steps: inout StepCounter, visit: (Int, Int) -> Bool) {
    // Both subtrees of a pair lie on the way down from the root, so this stays short.
    var waiting: [(first: Int, second: Int)] = [(0, 0)]
    while let (first, second) = waiting.popLast() {
      if steps.isExhausted { return }
      steps.take()
      let one = nodes[first]
      let other = nodes[second]
      if first == second {
        if one.count > 0 {
          if !visitPairs(one, one, &steps, visit) { return }
        } else {
          waiting.append((first + 1, Int(one.link)))
          waiting.append((Int(one.link), Int(one.link)))
          waiting.append((first + 1, first + 1))
        }
        continue
      }
      guard Self.overlap(one, other) else { continue }
      if one.count > 0 && other.count > 0 {
        if !visitPairs(one, other, &steps, visit) { return }
      } else if one.count > 0 || (other.count == 0 && Self.size(other) > Self.size(one)) {
        waiting.append((first, Int(other.link)))
        waiting.append((first, second + 1))
      } else {
        waiting.append((Int(one.link), second))
        waiting.append((first + 1, second))
      }
    }
  }

  /// False if the visitor wants no more.
  private func visitPairs(
    _ one: Node, _ other: Node, _ steps: inout StepCounter, _ visit: (Int, Int) -> Bool
  ) -> Bool {
    let isSame = one.link == other.link
    for first in Int(one.link)..<Int(one.link) + Int(one.count) {
      let box = paddedBox(first)
      let start = isSame ? first + 1 : Int(other.link)
      for second in start..<Int(other.link) + Int(other.count) {
        steps.take()
        guard Self.overlap(box, paddedBox(second)) else { continue }
        steps.take(Self.pairSteps)
        if !visit(Int(facets[first]), Int(facets[second])) { return false }
      }
    }
    return true
  }

  private func paddedBox(_ position: Int) -> (low: SIMD3<Double>, high: SIMD3<Double>) {
    let (a, b, c) = (triangle(position).a, triangle(position).b, triangle(position).c)
    let padding = SIMD3(repeating: Double(Self.padding))
    return (
      pointwiseMin(a, pointwiseMin(b, c)) - padding, pointwiseMax(a, pointwiseMax(b, c)) + padding
    )
  }

  private static func overlap(
    _ one: (low: SIMD3<Double>, high: SIMD3<Double>),
    _ other: (low: SIMD3<Double>, high: SIMD3<Double>)
  ) -> Bool {
    all(one.low .<= other.high) && all(other.low .<= one.high)
  }

  private static func overlap(_ one: Node, _ other: Node) -> Bool {
    all(one.low .<= other.high) && all(other.low .<= one.high)
  }

  private static func size(_ node: Node) -> Float { (node.high - node.low).sum() }
}
