extension FacetTree {
  /// The nearest hit of a ray further than `low` and nearer than `high`, in the tree's frame. Of hits at
  /// one distance, the one that comes first in the tree.
  func firstHit(
    _ ray: Ray, beyond low: Double, before high: Double = .infinity, steps: inout StepCounter
  ) -> RayHit? {
    var nearest: RayHit?
    var reach = high
    visitHits(ray, beyond: low, reach: &reach, steps: &steps) { hit, reach in
      if let known = nearest, hit.distance == known.distance, hit.position > known.position {
        return true
      }
      nearest = hit
      reach = hit.distance
      return true
    }
    return nearest
  }

  /// Whether a ray hits anything further than `low` and nearer than `high`.
  func hasHit(
    _ ray: Ray, beyond low: Double, before high: Double, steps: inout StepCounter
  ) -> Bool {
    var found = false
    var reach = high
    visitHits(ray, beyond: low, reach: &reach, steps: &steps) { hit, _ in
      found = hit.distance < high
      return !found
    }
    return found
  }

  /// All hits of a ray further than `low`, by distance and then by position in the tree. A hit on an edge
  /// comes once for each facet there.
  func allHits(_ ray: Ray, beyond low: Double, steps: inout StepCounter) -> [RayHit] {
    var hits: [RayHit] = []
    var reach = Double.infinity
    visitHits(ray, beyond: low, reach: &reach, steps: &steps) { hit, _ in
      hits.append(hit)
      return true
    }
    hits.sort {
      $0.distance == $1.distance ? $0.position < $1.position : $0.distance < $1.distance
    }
    return hits
  }

  /// Hands over hits within `low` (exclusive) and `reach` (inclusive), nearer boxes first, until the
  /// visitor returns false. It may shorten the reach.
  @inline(__always)
  private func visitHits(
    _ ray: Ray, beyond low: Double, reach: inout Double, steps: inout StepCounter,
    visit: (RayHit, inout Double) -> Bool
  ) {
    // Rounding in single precision must not pass by a box at the ends of the interval.
    let slack = 4 * Self.padding
    let lowest = Float(low) - slack
    var waiting = InlineArray<96, UInt32>(repeating: 0)
    var entries = InlineArray<96, Float>(repeating: 0)
    var depth = 0
    var node = 0
    guard ray.entry(nodes[0], from: lowest, to: Float(reach) + slack) != nil else { return }
    while true {
      if steps.isExhausted { return }
      let current = nodes[node]
      if current.count > 0 {
        steps.take(1 + Int(current.count))
        for position in Int(current.link)..<Int(current.link) + Int(current.count) {
          guard let (distance, isExit, isOnEdge) = ray.hit(triangle(position)),
            distance > low, distance <= reach
          else { continue }
          let hit = RayHit(
            distance: distance, position: position, isExit: isExit, isOnEdge: isOnEdge)
          if !visit(hit, &reach) { return }
        }
      } else {
        steps.take()
        let first = node + 1
        let second = Int(current.link)
        let limit = Float(reach) + slack
        let toFirst = ray.entry(nodes[first], from: lowest, to: limit)
        let toSecond = ray.entry(nodes[second], from: lowest, to: limit)
        if let toFirst, let toSecond {
          let isFirstNearer = toFirst <= toSecond
          waiting[depth] = UInt32(isFirstNearer ? second : first)
          entries[depth] = isFirstNearer ? toSecond : toFirst
          depth += 1
          node = isFirstNearer ? first : second
          continue
        } else if toFirst != nil {
          node = first
          continue
        } else if toSecond != nil {
          node = second
          continue
        }
      }
      repeat {
        if depth == 0 { return }
        depth -= 1
      } while entries[depth] > Float(reach) + slack
      node = Int(waiting[depth])
    }
  }
}
