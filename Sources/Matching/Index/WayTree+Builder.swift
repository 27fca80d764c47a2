extension WayTree {
  /// Halves ways by their widest axis until few are left.
  struct Builder {
    /// The numbers of the ways, in the order of the leaves.
    private(set) var order: [UInt32]
    private(set) var nodes: [Node] = []
    private let ways: [Way]
    private let queueHours: [Float]

    init(_ ways: [Way], _ queueHours: [Float]) {
      self.ways = ways
      self.queueHours = queueHours
      order = Array(0..<UInt32(ways.count))
    }

    /// Adds the node of some places of ``order``, and those below it: halves, so no deeper than 32.
    mutating func add(_ range: Range<Int>) {
      let number = nodes.count
      let (node, size) = node(of: range)
      nodes.append(node)
      guard range.count > WayTree.leafSize else { return }
      let axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
      let middle = range.lowerBound + range.count / 2
      split(range, at: middle, axis)
      add(range.lowerBound..<middle)
      nodes[number].second = UInt32(nodes.count)
      add(middle..<range.upperBound)
    }

    /// What the ways at some places have in common, and the size of the box around them.
    private func node(of range: Range<Int>) -> (node: Node, size: SIMD3<Float>) {
      var low = SIMD3<Float>(repeating: .infinity)
      var (high, sides) = (-low, -low)
      var (schemes, wait) = (UInt32(0), Float.infinity)
      for place in range {
        let number = Int(order[place])
        let way = ways[number]
        let point = SIMD3(way.x, way.y, way.z)
        low = pointwiseMin(low, point)
        high = pointwiseMax(high, point)
        sides = pointwiseMax(sides, SIMD3(way.shortest, way.middle, way.longest))
        schemes |= way.schemes
        wait = min(wait, queueHours[number])
      }
      let node = Node(
        low: (low.x, low.y, low.z), high: (high.x, high.y, high.z), shortest: sides.x,
        middle: sides.y, longest: sides.z, queueHours: wait, schemes: schemes,
        first: UInt32(range.lowerBound), end: UInt32(range.upperBound))
      return (node, high - low)
    }

    /// Brings what belongs before `middle` by its coordinate before it (C. A. R. Hoare, "Algorithm 65: find",
    /// Communications of the ACM 4, 1961).
    private mutating func split(_ range: Range<Int>, at middle: Int, _ axis: Int) {
      var (low, high) = (range.lowerBound, range.upperBound - 1)
      while low < high {
        let pivot = coordinate(low + (high - low) / 2, axis)
        var (left, right) = (low, high)
        while left <= right {
          while coordinate(left, axis) < pivot { left += 1 }
          while coordinate(right, axis) > pivot { right -= 1 }
          if left <= right {
            order.swapAt(left, right)
            left += 1
            right -= 1
          }
        }
        if right < middle { low = left }
        if middle < left { high = right }
      }
    }

    @inline(__always)
    private func coordinate(_ place: Int, _ axis: Int) -> Float {
      let way = ways[Int(order[place])]
      return axis == 0 ? way.x : axis == 1 ? way.y : way.z
    }
  }
}

extension Float {
  /// In single precision, rounded in one direction.
  init(_ value: Double, rounded rule: FloatingPointRoundingRule) {
    let nearest = Float(value)
    let isBeyond = rule == .up ? Double(nearest) < value : Double(nearest) > value
    self = !isBeyond ? nearest : rule == .up ? nearest.nextUp : nearest.nextDown
  }
}
