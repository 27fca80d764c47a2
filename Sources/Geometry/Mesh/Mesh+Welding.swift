extension Mesh {
  /// The mesh whose vertices at equal positions are one, without the vertices that no facet uses.
  ///
  /// Positions are equal when their coordinates have the same bits, with −0 taken as +0. Nothing is
  /// rounded: what a tolerance would close, a printer's slicer may leave open. Vertices are numbered in
  /// the order in which the facets come to them, whatever the key (`MeshHashKey`).
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
    for start in stride(from: 0, to: used.count, by: 192) {
      let block = used[start..<min(start + 192, used.count)].map { vertex in
        // −0 + 0 is +0.
        let position = vertices[Int(vertex)] + SIMD3(repeating: 0)
        return SIMD3(position.x.bitPattern, position.y.bitPattern, position.z.bitPattern)
      }
      table.number(block, into: &numbers)
    }
    return Mesh(
      vertices: table.takePoints().map { point in
        SIMD3(
          Double(bitPattern: point.x), Double(bitPattern: point.y), Double(bitPattern: point.z))
      },
      corners: corners.map { numbers[Int(places[Int($0)]) - 1] })
  }
}
