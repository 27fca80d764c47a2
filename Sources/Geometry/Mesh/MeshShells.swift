/// The shells of a mesh: facets that hang together by shared edges.
public struct MeshShells: Hashable, Sendable {
  /// What a shell is in its mesh.
  public enum Kind: Hashable, Sendable {
    /// Has a boundary, or encloses nothing.
    case open
    /// Closed, facing outwards.
    case solid
    /// Closed, facing inwards, with material around it.
    case cavity
    /// Closed, facing inwards, with nothing around it.
    case insideOut
    /// Closed, facing inwards; whether anything is around it would have taken too long to find out.
    case cavityOrInsideOut
  }

  /// One shell.
  public struct Shell: Hashable, Sendable {
    /// Its facets.
    public fileprivate(set) var facets = 0
    /// Its volume in cubic millimetres, negative where it faces inwards; without meaning if `open`.
    public fileprivate(set) var signedVolume = 0.0
    /// What it is.
    public fileprivate(set) var kind = Kind.solid
  }

  /// The shells, in the order of their first facets.
  public fileprivate(set) var shells: [Shell] = []
  /// For each facet the number of its shell; nil where its corners coincide.
  public func shell(of facet: Int) -> Int? {
    numbers[facet] == .max ? nil : Int(numbers[facet])
  }

  fileprivate var numbers: [UInt32]

  /// How many shells are of a kind.
  public func count(of kind: Kind) -> Int { shells.count { $0.kind == kind } }
}

extension Mesh {
  /// Tells the shells apart, measures each and says what it is. Weld first.
  ///
  /// Volumes are sums over tetrahedra, as in `MeshMeasurement`. A shell that faces inwards is a cavity
  /// where the facets of the other closed shells wind around one of its vertices. That takes a step for
  /// each such shell and facet above or below it in y, of which at most `stepsMax` are made.
  public func shells(stepsMax: Int = 200_000_000) -> MeshShells {
    var boundary = BoundaryFacets()
    var sheets = MeshSheets(self, visitor: &boundary)
    var found = MeshShells(numbers: [UInt32](repeating: .max, count: triangles))
    var roots = [UInt32](repeating: .max, count: sheets.numberCount)
    var sums: [(origin: SIMD3<Double>, sixfold: CompensatedSum)] = []
    for facet in 0..<triangles {
      let first = 3 * facet
      guard corners[first] != corners[first + 1], corners[first + 1] != corners[first + 2],
        corners[first + 2] != corners[first]
      else { continue }
      let root = Int(sheets.component(ofCorner: first))
      let (a, b, c) = positions(of: facet)
      if roots[root] == .max {
        roots[root] = UInt32(found.shells.count)
        found.shells.append(.init())
        sums.append((a, CompensatedSum()))
      }
      let shell = Int(roots[root])
      found.numbers[facet] = roots[root]
      found.shells[shell].facets += 1
      let origin = sums[shell].origin
      sums[shell].sixfold.add(dot(a - origin, cross(b - origin, c - origin)))
    }
    for facet in boundary.facets { found.shells[Int(found.numbers[facet])].kind = .open }
    for shell in found.shells.indices {
      let volume = sums[shell].sixfold.value / 6
      found.shells[shell].signedVolume = volume
      if volume == 0 { found.shells[shell].kind = .open }
    }
    findCavities(in: &found, origins: sums.map(\.origin), stepsMax: stepsMax)
    return found
  }

  private func findCavities(in found: inout MeshShells, origins: [SIMD3<Double>], stepsMax: Int) {
    let inward = found.shells.indices
      .filter { found.shells[$0].kind == .solid && found.shells[$0].signedVolume < 0 }
      .sorted { (origins[$0].y, $0) < (origins[$1].y, $1) }
    let heights = inward.map { origins[$0].y }
    var windings = [Int](repeating: 0, count: inward.count)
    var steps = 0
    for facet in 0..<triangles where !inward.isEmpty {
      guard let own = found.shell(of: facet), found.shells[own].kind != .open else { continue }
      let (a, b, c) = positions(of: facet)
      let low = min(a.y, b.y, c.y)
      let high = max(a.y, b.y, c.y)
      var index = heights.partition(at: low)
      while index < heights.count, heights[index] < high {
        if inward[index] != own {
          windings[index] += Self.crossing(origins[inward[index]], a, b, c)
        }
        index += 1
        steps += 1
      }
      if steps > stepsMax { break }
    }
    for (index, shell) in inward.enumerated() {
      found.shells[shell].kind =
        steps > stepsMax ? .cavityOrInsideOut : windings[index] > 0 ? .cavity : .insideOut
    }
  }

  /// +1 or −1 where the ray from a point upwards leaves or enters through a facet. The facet's shadow
  /// holds its lower ends in y and not its upper ones, so that a ray through an edge meets one facet.
  private static func crossing(
    _ point: SIMD3<Double>, _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>
  ) -> Int {
    var winding = 0
    for (p, q) in [(a, b), (b, c), (c, a)] where (p.y <= point.y) != (q.y <= point.y) {
      // From the lower end whichever way it is walked, so that both facets see the same.
      let (lower, upper) = p.y <= q.y ? (p, q) : (q, p)
      let side =
        (upper.x - lower.x) * (point.y - lower.y) - (upper.y - lower.y) * (point.x - lower.x)
      if side > 0 { winding += p.y <= point.y ? 1 : -1 }
    }
    guard winding != 0 else { return 0 }
    let normal = cross(b - a, c - a)
    guard normal.z != 0 else { return 0 }
    return dot(normal, a - point) / normal.z > 0 ? winding : 0
  }
}

extension [Double] {
  /// The first place, in an ascending array, of a number that is not below `bound`.
  fileprivate func partition(at bound: Double) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < bound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A facet for each edge that is not walked as often one way as the other.
private struct BoundaryFacets: EdgeVisitor {
  var facets: [Int] = []

  mutating func visit(duplicate facet: UInt32) {}

  mutating func visit(edgeOf vertex: UInt32, _ sides: ArraySlice<VertexLink.Side>) {
    if 2 * sides.count(where: \.isOutward) != sides.count, let first = sides.first {
      facets.append(Int(first.edge / 3))
    }
  }
}
