extension RepairWork {
  /// See `MeshRepair.removeDegenerate`. Degenerate facets of two corners are gone already.
  ///
  /// A facet without area lies along its longest edge. Turning that edge, so that it joins the facet's
  /// third corner with the opposite corner of the neighbour, makes two facets with area of the two and
  /// leaves every point of the surface where it was.
  mutating func absorbFlatFacets() {
    var flat = (0..<triangles).filter { isFlat($0) }
    guard !flat.isEmpty else { return }
    var uses = edgeUses
    // A turn may leave a facet that is flat along another line; an attacker's mesh may do so for ever.
    var tries = 16 * flat.count + 64
    var steps = 16 * triangles + 1024
    var isGone = [Bool](repeating: false, count: triangles)
    while let facet = flat.popLast(), tries > 0 {
      tries -= 1
      guard !isGone[facet], isFlat(facet) else { continue }
      let edge = longestEdge(of: facet)
      if uses.counts[edge] == 1 {
        // It hangs on the rim of a hole, which runs along its other two edges as well.
        isGone[facet] = true
        for side in 3 * facet..<3 * facet + 3 where uses.mates[side] != EdgeUses.none {
          uses.set(Int(uses.mates[side]), mate: EdgeUses.none, count: 1)
        }
        report.flatFacetsAbsorbed += 1
      } else if let other = turn(edge, &uses, &steps) {
        report.flatFacetsAbsorbed += 1
        // Neighbours that were in each other's way may now have one with area.
        for side in [3 * facet, 3 * facet + 1, 3 * other, 3 * other + 1]
        where uses.mates[side] != EdgeUses.none && isFlat(Int(uses.mates[side]) / 3) {
          flat.append(Int(uses.mates[side]) / 3)
        }
        if isFlat(facet) { flat.append(facet) }
        if isFlat(other) { flat.append(other) }
      }
    }
    _ = keepFacets { !isGone[$0] }
  }

  /// Whether a facet's height over its longest edge is nothing beside that edge.
  private func isFlat(_ facet: Int) -> Bool {
    let normal = areaVector(of: facet)
    let edge = vector(longestEdge(of: facet))
    let squared = dot(edge, edge)
    return dot(normal, normal) <= 1e-24 * squared * squared
  }

  private func vector(_ halfEdge: Int) -> SIMD3<Double> {
    position(EdgeUses.next(halfEdge)) - position(halfEdge)
  }

  private func longestEdge(of facet: Int) -> Int {
    var longest = 3 * facet
    var length = -1.0
    for side in 3 * facet..<3 * facet + 3 {
      let vector = vector(side)
      let squared = dot(vector, vector)
      if squared > length { (longest, length) = (side, squared) }
    }
    return longest
  }

  /// Turns the edge p → q between the facets (p, q, b) and (q, p, d), which become (b, p, d) and
  /// (d, q, b); gives the second, or nil where that cannot be.
  private mutating func turn(_ edge: Int, _ uses: inout EdgeUses, _ steps: inout Int) -> Int? {
    guard uses.mates[edge] != EdgeUses.none else { return nil }
    let mate = Int(uses.mates[edge])
    let (facet, other) = (edge / 3, mate / 3)
    let p = corners[edge]
    let q = corners[EdgeUses.next(edge)]
    let b = corners[EdgeUses.previous(edge)]
    let d = corners[EdgeUses.previous(mate)]
    guard corners[mate] == q, d != b else { return nil }
    guard !isEdge(from: EdgeUses.previous(edge), to: d, uses, &steps) else { return nil }
    // The new facet must lie as the old ones did: a fold would come of a neighbour that is flat too.
    let old = areaVector(of: facet) + areaVector(of: other)
    let (pp, qp, bp, dp) = (
      vertices[Int(p)], vertices[Int(q)], vertices[Int(b)], vertices[Int(d)]
    )
    guard dot(cross(pp - bp, dp - bp), old) > 0, dot(cross(qp - dp, bp - dp), old) > 0 else {
      return nil
    }
    let outer = (
      bp: uses.mates[EdgeUses.previous(edge)], pd: uses.mates[EdgeUses.next(mate)],
      dq: uses.mates[EdgeUses.previous(mate)], qb: uses.mates[EdgeUses.next(edge)]
    )
    let counts = (
      bp: uses.counts[EdgeUses.previous(edge)], pd: uses.counts[EdgeUses.next(mate)],
      dq: uses.counts[EdgeUses.previous(mate)], qb: uses.counts[EdgeUses.next(edge)]
    )
    let (f, g) = (3 * facet, 3 * other)
    corners.replaceSubrange(f..<f + 3, with: [b, p, d])
    corners.replaceSubrange(g..<g + 3, with: [d, q, b])
    uses.set(f, mate: outer.bp, count: counts.bp)
    uses.set(f + 1, mate: outer.pd, count: counts.pd)
    uses.set(f + 2, mate: UInt32(g + 2), count: 2)
    uses.set(g, mate: outer.dq, count: counts.dq)
    uses.set(g + 1, mate: outer.qb, count: counts.qb)
    uses.set(g + 2, mate: UInt32(f + 2), count: 2)
    return other
  }

  /// Whether a half edge's start has an edge with `vertex`, among the facets that are joined around it;
  /// true also where finding out would take too many steps.
  private func isEdge(
    from halfEdge: Int, to vertex: UInt32, _ uses: EdgeUses, _ steps: inout Int
  ) -> Bool {
    var current = halfEdge
    // Round one way, each time over the edge that ends in the vertex; then the other way.
    repeat {
      steps -= 1
      if steps < 0 || corners[EdgeUses.next(current)] == vertex { return true }
      let incoming = EdgeUses.previous(current)
      if corners[incoming] == vertex { return true }
      let mate = uses.mates[incoming]
      guard mate != EdgeUses.none, corners[Int(mate)] == corners[halfEdge] else {
        current = -1
        break
      }
      current = Int(mate)
    } while current != halfEdge
    guard current == -1 else { return false }
    current = halfEdge
    while uses.mates[current] != EdgeUses.none {
      steps -= 1
      let mate = Int(uses.mates[current])
      current = EdgeUses.next(mate)
      if steps < 0 || corners[current] != corners[halfEdge] { return true }
      if corners[EdgeUses.next(current)] == vertex { return true }
      if current == halfEdge { return false }
    }
    return false
  }
}
