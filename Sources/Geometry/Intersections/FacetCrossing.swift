/// Whether two facets run into each other: exact.
///
/// They do if they have a point in common that is within one of them, not on its boundary. So facets
/// that share an edge or a corner do not, nor do those that touch along their edges where a file
/// lists neighbours with different corners (T-junctions); but a corner or an edge that touches the middle
/// of a facet does, and so do facets in one plane that overlap, neighbours folded onto each
/// other among them. A facet without area has no inside and is left out.
struct FacetCrossing {
  typealias Corners = (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

  private let vertices: [SIMD3<Double>]
  private let corners: [UInt32]

  init(_ mesh: Mesh) {
    vertices = mesh.vertices.map(Orientation.inRange)
    corners = mesh.corners
  }

  /// How two facets meet.
  enum Meeting {
    case apart, crossing, overlapping
  }

  func positions(of facet: Int) -> Corners {
    (
      vertices[Int(corners[3 * facet])], vertices[Int(corners[3 * facet + 1])],
      vertices[Int(corners[3 * facet + 2])]
    )
  }

  /// How the facets of two numbers meet.
  func meeting(_ first: Int, _ second: Int) -> Meeting {
    let a = positions(of: first)
    let b = positions(of: second)
    let signsOfB = sides(of: second, to: first)
    if isOneSided(signsOfB) { return .apart }
    let signsOfA = sides(of: first, to: second)
    if isOneSided(signsOfA) { return .apart }
    if signsOfA == .zero || signsOfB == .zero {
      // If only one lies in the other's plane, the other has no plane.
      guard signsOfA == signsOfB else { return .apart }
      return Self.overlap(a, b) ? .overlapping : .apart
    }
    guard straddles(signsOfA) || straddles(signsOfB) else { return .apart }
    return Self.cross(a, signsOfA, b, signsOfB) ? .crossing : .apart
  }

  /// The sides of another facet's plane on which a facet's corners lie; shared ones are in it.
  @inline(__always)
  func sides(of facet: Int, to other: Int) -> SIMD3<Int> {
    let (a, b, c) = positions(of: other)
    let numbers = (corners[3 * other], corners[3 * other + 1], corners[3 * other + 2])
    var sides = SIMD3<Int>.zero
    for corner in 0..<3 {
      let number = corners[3 * facet + corner]
      if number == numbers.0 || number == numbers.1 || number == numbers.2 { continue }
      sides[corner] = Orientation.side(a, b, c, of: vertices[Int(number)])
    }
    return sides
  }

  private func isOneSided(_ sides: SIMD3<Int>) -> Bool { sides.min() > 0 || sides.max() < 0 }

  private func straddles(_ sides: SIMD3<Int>) -> Bool { sides.min() < 0 && sides.max() > 0 }

  /// Whether the stretches of the planes' common line within each facet overlap in more than an end.
  ///
  /// P. Guigue, O. Devillers, "Fast and Robust Triangle-Triangle Overlap Test Using Orientation
  /// Predicates", Journal of Graphics Tools 8 (2003), section 3, with strict comparisons. Where a facet
  /// straddles the other's plane, the inside of its stretch is its inside.
  private static func cross(
    _ a: Corners,
    _ signsOfA: SIMD3<Int>,
    _ b: Corners,
    _ signsOfB: SIMD3<Int>
  ) -> Bool {
    var (p1, q1, r1, isBelowB) = turned(a, signsOfA)
    var (p2, q2, r2, isBelowA) = turned(b, signsOfB)
    // Turning a facet over lifts the other's first corner above it.
    if isBelowB { swap(&q2, &r2) }
    if isBelowA { swap(&q1, &r1) }
    return Orientation.side(q1, p2, p1, of: q2) < 0 && Orientation.side(p1, p2, r1, of: r2) < 0
  }

  /// The corners in the same order, beginning with the one that is alone on its side of a plane, and
  /// whether that side is below.
  private static func turned(
    _ t: Corners,
    _ signs: SIMD3<Int>
  ) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>, Bool) {
    let above = (0..<3).filter { signs[$0] > 0 }
    let below = (0..<3).filter { signs[$0] < 0 }
    let alone: Int
    let isBelow: Bool
    if above.count == 1 {
      (alone, isBelow) = (above[0], false)
    } else if below.count == 1 {
      (alone, isBelow) = (below[0], true)
    } else {
      // In the plane; both others are on one side.
      alone = (0..<3).first { signs[$0] == 0 } ?? 0
      isBelow = below.isEmpty
    }
    switch alone {
    case 0: return (t.0, t.1, t.2, isBelow)
    case 1: return (t.1, t.2, t.0, isBelow)
    default: return (t.2, t.0, t.1, isBelow)
    }
  }

  /// Whether two facets in one plane have a part of it in common: no edge of either has the other
  /// wholly beyond it or on it.
  private static func overlap(_ a: Corners, _ b: Corners) -> Bool {
    guard let (projection, turnOfA) = Projection.opening(a.0, a.1, a.2) else { return false }
    let first = [projection(a.0), projection(a.1), projection(a.2)]
    let second = [projection(b.0), projection(b.1), projection(b.2)]
    let turnOfB = Orientation.side(second[0], second[1], of: second[2])
    guard turnOfB != 0 else { return false }
    func separates(_ t: [SIMD2<Double>], _ turn: Int, _ other: [SIMD2<Double>]) -> Bool {
      (0..<3).contains { edge in
        other.allSatisfy { Orientation.side(t[edge], t[(edge + 1) % 3], of: $0) * turn <= 0 }
      }
    }
    return !separates(first, turnOfA, second) && !separates(second, turnOfB, first)
  }
}
