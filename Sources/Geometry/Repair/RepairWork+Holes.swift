extension RepairWork {
  /// See `MeshRepair.stitch`. A crack is a hole that is no wider, on the whole, than a millionth of the
  /// part's diagonal: what is lost where a format keeps single precision.
  mutating func stitch() {
    let size = Mesh(vertices: vertices, corners: corners).bounds?.size ?? .zero
    let width = dot(size, size).squareRoot() * 1e-6
    let closed = fill(upTo: MeshRepair.HoleLimits(), crackWidth: width) { _ in }
    report.cracksClosed += closed
    absorbFlatFacets()
  }

  /// See `MeshRepair.closeHoles`.
  mutating func closeHoles(_ limits: MeshRepair.HoleLimits) {
    var open: [OpenHole] = []
    report.holesClosed += fill(upTo: limits, crackWidth: nil) { open.append($0) }
    for hole in open { report.leave(hole) }
  }

  /// Closes what is within the limits, and no wider than a crack where that is asked for; says how many
  /// were closed, and hands over the others.
  private mutating func fill(
    upTo limits: MeshRepair.HoleLimits, crackWidth: Double?, orLeave leave: (OpenHole) -> Void
  ) -> Int {
    let uses = edgeUses
    guard uses.openEdges > 0 else { return 0 }
    let loops = HoleLoops(self, uses)
    var filler = HoleFiller(self, uses, limits)
    var closed = 0
    for number in 0..<loops.count {
      let rim = Array(loops[number])
      let perimeter = perimeter(of: rim)
      switch filler.filling(of: rim, perimeter: perimeter, in: loops.halfEdges[number] / 3) {
      case .success(let filling):
        if let crackWidth, filling.area > crackWidth * perimeter { continue }
        filler.take(filling)
        corners += filling.corners
        report.facetsAdded += filling.corners.count / 3
        closed += 1
      case .failure(let refusal):
        leave(
          OpenHole(
            reason: refusal.reason, edges: rim.count, perimeterMillimetres: perimeter,
            place: vertices[Int(rim[0])]))
      }
    }
    if let stray = loops.strays.first {
      leave(
        OpenHole(
          reason: .brokenRim, edges: loops.strays.count,
          perimeterMillimetres: loops.strays.reduce(0) { $0 + length(of: $1) },
          place: position(stray)))
    }
    return closed
  }

  private func perimeter(of rim: [UInt32]) -> Double {
    var perimeter = 0.0
    var last = vertices[Int(rim[rim.count - 1])]
    for vertex in rim {
      let step = vertices[Int(vertex)] - last
      perimeter += dot(step, step).squareRoot()
      last = vertices[Int(vertex)]
    }
    return perimeter
  }

  private func length(of halfEdge: Int) -> Double {
    let step = position(EdgeUses.next(halfEdge)) - position(halfEdge)
    return dot(step, step).squareRoot()
  }
}

/// Decides on the holes of one mesh, one after the other.
private struct HoleFiller {
  /// Why a hole is left open.
  struct Refusal: Error { let reason: OpenHole.Reason }

  /// A sheet is not closed by what is nearly as large as itself.
  private static let looseShare = 0.999

  private let vertices: [SIMD3<Double>]
  private let limits: MeshRepair.HoleLimits
  private let sheets: SheetAreas
  private var edges: RimEdges
  private var steps: Int

  init(_ work: RepairWork, _ uses: EdgeUses, _ limits: MeshRepair.HoleLimits) {
    vertices = work.vertices
    self.limits = limits
    steps = limits.stepsMax
    sheets = SheetAreas(work, uses)
    edges = RimEdges(work, uses)
  }

  mutating func filling(
    of rim: [UInt32], perimeter: Double, in facet: Int
  ) -> Result<HoleFilling, Refusal> {
    if rim.count > limits.edgesMax { return .failure(Refusal(reason: .tooManyEdges)) }
    if perimeter > limits.perimeterMillimetresMax { return .failure(Refusal(reason: .tooLong)) }
    let filling: HoleFilling?
    if rim.count <= HoleFilling.rimEdgesMax {
      steps -= rim.count * rim.count * rim.count / 6 + rim.count
      if steps < 0 { return .failure(Refusal(reason: .outOfSteps)) }
      filling = HoleFilling(smallestOver: rim, vertices, avoiding: edges.keys)
    } else {
      filling = HoleFilling(flat: rim, vertices, avoiding: edges.keys, steps: &steps)
      if steps < 0 { return .failure(Refusal(reason: .outOfSteps)) }
    }
    guard let filling else {
      let isSmall = rim.count <= HoleFilling.rimEdgesMax
      return .failure(Refusal(reason: isSmall ? .blocked : .notFlat))
    }
    guard filling.area < sheets.area(of: facet) * Self.looseShare else {
      return .failure(Refusal(reason: .looseSheet))
    }
    return .success(filling)
  }

  /// Notes the edges of facets that the mesh now has.
  mutating func take(_ filling: HoleFilling) {
    for start in filling.corners.indices {
      edges.keys.insert(
        RimEdges.key(filling.corners[start], filling.corners[EdgeUses.next(start)]))
    }
  }
}

/// The edges of a mesh both of whose ends lie on a rim.
struct RimEdges {
  fileprivate(set) var keys: Set<UInt64> = []

  fileprivate init(_ work: RepairWork, _ uses: EdgeUses) {
    var isOnRim = [Bool](repeating: false, count: work.vertices.count)
    for halfEdge in work.corners.indices where uses.counts[halfEdge] == 1 {
      isOnRim[Int(work.corners[halfEdge])] = true
      isOnRim[Int(work.corners[EdgeUses.next(halfEdge)])] = true
    }
    for halfEdge in work.corners.indices {
      let (from, to) = (work.corners[halfEdge], work.corners[EdgeUses.next(halfEdge)])
      if isOnRim[Int(from)], isOnRim[Int(to)] { keys.insert(Self.key(from, to)) }
    }
  }

  /// An edge's number, whichever way it runs.
  static func key(_ a: UInt32, _ b: UInt32) -> UInt64 {
    UInt64(min(a, b)) << 32 | UInt64(max(a, b))
  }
}

/// The areas of the sheets that a mesh consists of.
private struct SheetAreas {
  private let sheets: OrientedSheets
  private var areas: [Double]

  init(_ work: RepairWork, _ uses: EdgeUses) {
    sheets = OrientedSheets(corners: work.corners, uses)
    areas = [Double](repeating: 0, count: sheets.count)
    for facet in 0..<work.triangles {
      let normal = work.areaVector(of: facet)
      areas[Int(sheets.numbers[facet])] += dot(normal, normal).squareRoot() / 2
    }
  }

  /// The area of the sheet that a facet belongs to, in square millimetres.
  func area(of facet: Int) -> Double { areas[Int(sheets.numbers[facet])] }
}
