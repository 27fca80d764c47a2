/// Facets sorted along a Morton curve: 21 bits of each of the centroid's coordinates, interleaved.
struct MortonKeys {
  /// The codes, ascending once sorted.
  private(set) var codes: [UInt64]
  /// The facet of each code.
  private(set) var facets: [UInt32]

  /// The codes of all facets, unsorted. Positions, moved by −`centre` and scaled, lie within ±1.
  init(mesh: Mesh, centre: SIMD3<Double>, scale: Double) {
    codes = (0..<mesh.triangles).map { facet in
      let (a, b, c) = mesh.positions(of: facet)
      let centroid = ((a - centre) + (b - centre) + (c - centre)) * (scale / 3)
      return Self.code(of: centroid)
    }
    facets = (0..<UInt32(mesh.triangles)).map { $0 }
  }

  /// The place along the curve of a point within ±1.
  @inline(__always)
  static func code(of point: SIMD3<Double>) -> UInt64 {
    let cells = (point + 1) * 0x1p20
    return spread(cells.x) << 2 | spread(cells.y) << 1 | spread(cells.z)
  }

  /// Every third bit of the result is one of the number's 21.
  @inline(__always)
  private static func spread(_ coordinate: Double) -> UInt64 {
    var bits = UInt64(min(max(coordinate, 0), 0x1p21 - 1))
    bits = (bits | bits &<< 32) & 0x1f_0000_0000_ffff
    bits = (bits | bits &<< 16) & 0x1f_0000_ff00_00ff
    bits = (bits | bits &<< 8) & 0x100f_00f0_0f00_f00f
    bits = (bits | bits &<< 4) & 0x10c3_0c30_c30c_30c3
    return (bits | bits &<< 2) & 0x1249_2492_4924_9249
  }

  /// Sorts by code (least significant digit first), and facets of one code by their corners' positions,
  /// so that the facets' order in the file does not show.
  mutating func sort(_ mesh: Mesh) {
    var spareCodes = codes
    var spareFacets = facets
    for shift in stride(from: UInt64(0), to: 63, by: 11) {
      var starts = [Int](repeating: 0, count: 2049)
      for code in codes { starts[Int(code &>> shift & 2047) + 1] += 1 }
      if starts.contains(codes.count) { continue }
      for digit in 1...2048 { starts[digit] += starts[digit - 1] }
      for index in codes.indices {
        let code = codes[index]
        let digit = Int(code &>> shift & 2047)
        let place = starts[digit]
        starts[digit] = place + 1
        spareCodes[place] = code
        spareFacets[place] = facets[index]
      }
      swap(&codes, &spareCodes)
      swap(&facets, &spareFacets)
    }

    var start = 0
    while start < codes.count {
      var end = start + 1
      while end < codes.count, codes[end] == codes[start] { end += 1 }
      if end - start > 1 { facets[start..<end].sort { Self.isOrdered($0, $1, in: mesh) } }
      start = end
    }
  }

  private static func isOrdered(_ first: UInt32, _ second: UInt32, in mesh: Mesh) -> Bool {
    for corner in 0..<3 {
      let p = mesh.vertices[Int(mesh.corners[3 * Int(first) + corner])]
      let q = mesh.vertices[Int(mesh.corners[3 * Int(second) + corner])]
      if p.x != q.x { return p.x < q.x }
      if p.y != q.y { return p.y < q.y }
      if p.z != q.z { return p.z < q.z }
    }
    return first < second
  }
}
