extension RepairWork {
  /// Refuses a tolerance that is none, or large beside the part.
  func check(_ tolerance: Double) throws(RepairRefusal) {
    let size = Mesh(vertices: vertices, corners: corners).bounds?.size ?? .zero
    let diagonal = dot(size, size).squareRoot()
    guard tolerance >= 0, tolerance <= diagonal / 100 || tolerance == 0 else {
      throw RepairRefusal(
        .toleranceOutOfRange,
        "A tolerance lies between 0 and a hundredth of the part's diagonal, \(diagonal / 100) mm.")
    }
  }

  /// See `MeshRepair.weld`.
  mutating func weldRims(tolerance: Double) throws(RepairRefusal) {
    try check(tolerance)
    let uses = edgeUses
    guard tolerance > 0, uses.openEdges > 0 else { return }
    var isOnRim = [Bool](repeating: false, count: vertices.count)
    for halfEdge in corners.indices where uses.counts[halfEdge] == 1 {
      isOnRim[Int(corners[halfEdge])] = true
      isOnRim[Int(corners[EdgeUses.next(halfEdge)])] = true
    }
    var clusters = VertexClusters(vertices, tolerance: tolerance)
    var numbers = [UInt32](0..<UInt32(vertices.count))
    var merged = RepairReport()
    for number in vertices.indices where isOnRim[number] {
      let kept = clusters.keptVertex(for: number)
      guard kept != number else { continue }
      numbers[number] = UInt32(kept)
      let move = vertices[number] - vertices[kept]
      merged.verticesMoved += 1
      merged.moveMaxMillimetres = max(merged.moveMaxMillimetres, dot(move, move).squareRoot())
    }
    guard merged.verticesMoved > 0 else { return }

    let moved = corners.map { numbers[Int($0)] }
    let after = EdgeUses(corners: moved, vertexCount: vertices.count)
    let glued = corners.indices.count { uses.counts[$0] == 2 && after.counts[$0] > 2 }
    guard glued == 0 else {
      throw RepairRefusal(
        .toleranceGlues,
        "A tolerance of \(tolerance) mm would make one of surfaces that are apart, in \(glued) "
          + "places. A smaller one may close what is open.")
    }
    corners = moved
    report.verticesMerged += merged.verticesMoved
    report.verticesMoved += merged.verticesMoved
    report.moveMaxMillimetres = max(report.moveMaxMillimetres, merged.moveMaxMillimetres)
    report.degenerateFacetsRemoved += removeCollapsed()
  }
}

/// Vertices that were kept, in the cells of a grid as wide as the tolerance.
///
/// Kept vertices are more than the tolerance apart, so that a cell holds eight at most and looking
/// through a vertex's neighbourhood is a bounded task, however many vertices lie in it.
private struct VertexClusters {
  private let vertices: [SIMD3<Double>]
  private let tolerance: Double
  /// The last vertex kept in a cell.
  private var cells: [SIMD3<Double>: Int] = [:]
  /// The one kept in the same cell before it.
  private var earlier: [Int: Int] = [:]

  init(_ vertices: [SIMD3<Double>], tolerance: Double) {
    self.vertices = vertices
    self.tolerance = tolerance
  }

  /// The nearest vertex kept within the tolerance, the first kept of equally near ones; `number` itself
  /// where there is none, which then is kept.
  mutating func keptVertex(for number: Int) -> Int {
    let point = vertices[number]
    let cell = self.cell(of: point)
    var best = number
    var nearest = tolerance * tolerance
    for x in -1...1 {
      for y in -1...1 {
        for z in -1...1 {
          var candidate = cells[cell + SIMD3(Double(x), Double(y), Double(z))]
          while let kept = candidate {
            let offset = vertices[kept] - point
            let squared = dot(offset, offset)
            if squared < nearest || squared == nearest && (best == number || kept < best) {
              nearest = squared
              best = kept
            }
            candidate = earlier[kept]
          }
        }
      }
    }
    if best == number { earlier[number] = cells.updateValue(number, forKey: cell) }
    return best
  }

  /// The grid's cell: whole numbers, whose neighbours differ by one. Where they are too large for that,
  /// positions are farther apart than the tolerance anyway.
  private func cell(of point: SIMD3<Double>) -> SIMD3<Double> {
    (point / tolerance).rounded(.down) + SIMD3(repeating: 0)
  }
}
