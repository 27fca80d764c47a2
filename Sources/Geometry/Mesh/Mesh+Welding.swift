extension Mesh {
  /// The mesh whose vertices at equal positions are one, without the vertices that no facet uses.
  ///
  /// Positions are equal when their coordinates have the same bits, with −0 taken as +0. Nothing is
  /// rounded: what a tolerance would close, a printer's slicer may leave open. Vertices are numbered in
  /// the order in which the facets come to them, whatever the key (`MeshHashKey`).
  public func welded(key: MeshHashKey = .process) -> Mesh {
    var table = VertexTable<UInt64>(key: key)
    var distinct: [SIMD3<Double>] = []
    // One more than each vertex's new number; 0 before a facet has come to it.
    var numbers = [UInt32](repeating: 0, count: vertices.count)
    let welded = corners.map { corner in
      if numbers[Int(corner)] > 0 { return numbers[Int(corner)] - 1 }
      // −0 + 0 is +0.
      let position = vertices[Int(corner)] + SIMD3(repeating: 0)
      let number = table.number(
        of: SIMD3(position.x.bitPattern, position.y.bitPattern, position.z.bitPattern))
      if number == distinct.count { distinct.append(position) }
      numbers[Int(corner)] = number + 1
      return number
    }
    return Mesh(vertices: distinct, corners: welded)
  }
}
