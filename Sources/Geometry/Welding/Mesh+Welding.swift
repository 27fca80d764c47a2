extension Mesh {
  /// The mesh whose vertices at equal positions are one, without the vertices that no facet uses.
  ///
  /// Positions are equal when their coordinates round to the same multiple of 1e-8 millimetres
  /// (`CanonicalPosition`): what a tolerance that a printer could see would close, its slicer may leave
  /// open. Of the positions that become one the least stays, by x, then y, then z, so that no order
  /// shows; all others are as they were, with −0 as +0. Vertices are numbered in the order in which the
  /// facets come to them, whatever the key (`MeshHashKey`).
  public func welded(key: MeshHashKey = .process) -> Mesh {
    // Vertices in the order of their first use, and one more than the place there of each; 0 is unused.
    var used: [UInt32] = []
    var places = [UInt32](repeating: 0, count: vertices.count)
    for corner in corners where places[Int(corner)] == 0 {
      used.append(corner)
      places[Int(corner)] = UInt32(used.count)
    }
    var table = VertexTable<UInt64>(key: key)
    var numbers: [UInt32] = []
    numbers.reserveCapacity(used.count)
    let size = VertexTable<UInt64>.Block.count
    for start in stride(from: 0, to: used.count, by: size) {
      let block = used[start..<min(start + size, used.count)].map { vertex in
        let position = CanonicalPosition.of(vertices[Int(vertex)])
        return SIMD3(position.x.bitPattern, position.y.bitPattern, position.z.bitPattern)
      }
      table.number(block.span, into: &numbers)
    }
    var kept: [SIMD3<Double>] = []
    kept.reserveCapacity(table.takePoints().count)
    for (place, vertex) in used.enumerated() {
      // −0 + 0 is +0.
      let position = vertices[Int(vertex)] + SIMD3(repeating: 0)
      let number = Int(numbers[place])
      if number == kept.count {
        kept.append(position)
      } else if precedes(position, kept[number]) {
        kept[number] = position
      }
    }
    return Mesh(
      vertices: kept,
      corners: corners.map { numbers[Int(places[Int($0)]) - 1] })
  }
}
