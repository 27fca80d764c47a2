extension Mesh {
  /// The mesh whose vertices at equal positions are one, without the vertices that no facet uses.
  ///
  /// Positions are equal when their coordinates have the same bits, with −0 taken as +0. Nothing is
  /// rounded: what a tolerance would close, a printer's slicer may leave open.
  public func welded() -> Mesh {
    var numbers: [SIMD3<Double>: UInt32] = [:]
    var distinct: [SIMD3<Double>] = []
    let welded = corners.map { corner in
      // −0 + 0 is +0.
      let position = vertices[Int(corner)] + SIMD3(repeating: 0)
      if let number = numbers[position] { return number }
      let number = UInt32(distinct.count)
      numbers[position] = number
      distinct.append(position)
      return number
    }
    return Mesh(vertices: distinct, corners: welded)
  }
}
