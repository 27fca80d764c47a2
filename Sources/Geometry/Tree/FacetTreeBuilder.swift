/// Builds the arrays of a `FacetTree`.
struct FacetTreeBuilder {
  private(set) var nodes: [FacetTree.Node] = []
  private(set) var facets: [UInt32] = []
  private(set) var corners: [UInt32] = []
  private(set) var points: [SIMD3<Double>] = []

  init(mesh: Mesh, centre: SIMD3<Double>, scale: Double) {
    var keys = MortonKeys(mesh: mesh, centre: centre, scale: scale)
    keys.sort(mesh)
    split(keys.codes)
    facets = keys.facets
    gather(mesh, centre: centre, scale: scale)
    encloseAll()
  }

  /// Lays out the nodes in preorder, without their boxes: where the highest bit differs that differs
  /// between a range's ends.
  private mutating func split(_ codes: [UInt64]) {
    let none = UInt32.max
    nodes.reserveCapacity(codes.count)
    var waiting = [(start: 0, end: codes.count, parent: none)]
    while let (start, end, parent) = waiting.popLast() {
      let node = UInt32(nodes.count)
      if parent != none { nodes[Int(parent)].link = node }
      let isLeaf = end - start <= FacetTree.leafFacetsMax
      nodes.append(
        FacetTree.Node(
          low: .zero, high: .zero, link: isLeaf ? UInt32(start) : 0,
          count: isLeaf ? UInt32(end - start) : 0, normals: 0))
      if isLeaf { continue }
      let middle = Self.middle(of: codes, start: start, end: end)
      waiting.append((middle, end, node))
      waiting.append((start, middle, none))
    }
  }

  private static func middle(of codes: [UInt64], start: Int, end: Int) -> Int {
    let difference = codes[start] ^ codes[end - 1]
    if difference == 0 { return start + (end - start) / 2 }
    let bit: UInt64 = 1 << UInt64(63 - difference.leadingZeroBitCount)
    var (low, high) = (start, end - 1)
    // codes[low] has the bit clear and codes[high] has it set.
    while high - low > 1 {
      let probe = low + (high - low) / 2
      if codes[probe] & bit == 0 { low = probe } else { high = probe }
    }
    return high
  }

  /// Copies the vertices into the frame, in the order of first use, so that neighbours in the tree are
  /// neighbours in memory.
  private mutating func gather(_ mesh: Mesh, centre: SIMD3<Double>, scale: Double) {
    let none = UInt32.max
    var numbers = [UInt32](repeating: none, count: mesh.vertices.count)
    corners.reserveCapacity(mesh.corners.count)
    points.reserveCapacity(min(mesh.vertices.count, mesh.corners.count))
    for facet in facets {
      for corner in 3 * Int(facet)..<3 * Int(facet) + 3 {
        let vertex = Int(mesh.corners[corner])
        if numbers[vertex] == none {
          numbers[vertex] = UInt32(points.count)
          points.append((mesh.vertices[vertex] - centre) * scale)
        }
        corners.append(numbers[vertex])
      }
    }
  }

  /// Gives every node its box, children before parents.
  private mutating func encloseAll() {
    for index in stride(from: nodes.count - 1, through: 0, by: -1) {
      var node = nodes[index]
      if node.count == 0 {
        let first = nodes[index + 1]
        let second = nodes[Int(node.link)]
        node.low = pointwiseMin(first.low, second.low)
        node.high = pointwiseMax(first.high, second.high)
        node.normals = first.normals | second.normals
      } else {
        enclose(&node)
      }
      nodes[index] = node
    }
  }

  private func enclose(_ leaf: inout FacetTree.Node) {
    var low = SIMD3<Double>(repeating: .infinity)
    var high = -low
    for position in Int(leaf.link)..<Int(leaf.link + leaf.count) {
      let a = points[Int(corners[3 * position])]
      let b = points[Int(corners[3 * position + 1])]
      let c = points[Int(corners[3 * position + 2])]
      low = pointwiseMin(low, pointwiseMin(a, pointwiseMin(b, c)))
      high = pointwiseMax(high, pointwiseMax(a, pointwiseMax(b, c)))
      leaf.normals |= NormalCells.cell(of: cross(b - a, c - a))
    }
    // Single precision rounds by less than the padding.
    let padding = SIMD3<Float>(repeating: FacetTree.padding)
    leaf.low = SIMD4(SIMD3<Float>(low) - padding, 0)
    leaf.high = SIMD4(SIMD3<Float>(high) + padding, 0)
  }
}
