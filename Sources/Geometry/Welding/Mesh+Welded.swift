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
    // The lower half of a vertex's hash and one more than its number; 0 is free. Linear probing, for some
    // hundred at a time as in `VertexTable`. Hashes that differ spare the way to the other vertex.
    var slots = [UInt64](scattered: 0, count: 1 << sizeBits)
    var values: [UInt64] = []
    var touched: UInt64 = 0
    for start in stride(from: 0, to: vertices.count, by: 256) {
      let block = start..<min(start + 256, vertices.count)
      values.removeAll(keepingCapacity: true)
      for number in block {
        let position = CanonicalPosition.of(vertices[number])
        values.append(
          hash.value(
            SIMD3(position.x.bitPattern, position.y.bitPattern, position.z.bitPattern)))
      }
      for value in values { touched ^= slots[Int(value &>> shift)] }
      for number in block {
        let value = values[number - start]
        var slot = Int(value &>> shift)
        while slots[slot] != 0 {
          if slots[slot] &>> 32 == value & 0xffff_ffff {
            let other = vertices[Int(slots[slot] & 0xffff_ffff) - 1]
            if CanonicalPosition.of(other) == CanonicalPosition.of(vertices[number]) {
              return false
            }
          }
          slot = (slot + 1) & mask
        }
        slots[slot] = value << 32 | UInt64(number + 1)
      }
    }
    return withExtendedLifetime(touched) { true }
  }
}
