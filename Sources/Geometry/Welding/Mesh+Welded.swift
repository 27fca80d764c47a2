extension Mesh {
  /// Whether `welded()` would only number the vertices anew: no two are at one position (in the sense
  /// of `welded()`), and every one is a facet's.
  ///
  /// Files with shared vertices, such as 3MF, OBJ and PLY, nearly always are like that, and it is sooner
  /// known than done: vertices are looked at in their order, and facets need no table.
  public func isWelded(key: MeshHashKey = .process) -> Bool {
    var isUsed = [Bool](repeating: false, count: vertices.count)
    for corner in corners { isUsed[Int(corner)] = true }
    guard isUsed.allSatisfy({ $0 }) else { return false }
    let hash = PointHash(key: key)
    var sizeBits = 10
    while 3 << sizeBits < vertices.count * 4 { sizeBits += 1 }
    let shift = UInt64(PointHash.bits - sizeBits)
    let mask = 1 << sizeBits - 1
    // One more than a vertex's number; 0 is free. Linear probing.
    var slots = [UInt32](repeating: 0, count: 1 << sizeBits)
    for number in vertices.indices {
      let position = CanonicalPosition.of(vertices[number])
      let bits = SIMD3(position.x.bitPattern, position.y.bitPattern, position.z.bitPattern)
      var slot = Int(truncatingIfNeeded: hash.value(bits) &>> shift)
      while slots[slot] > 0 {
        let other = vertices[Int(slots[slot] - 1)]
        if CanonicalPosition.of(other) == position { return false }
        slot = (slot + 1) & mask
      }
      slots[slot] = UInt32(number + 1)
    }
    return true
  }
}
