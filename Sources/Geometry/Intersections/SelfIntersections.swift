/// Where a mesh runs into itself: pairs of facets with a point in common that is within one of them.
///
/// Decided exactly, for the coordinates as they are; no tolerance is involved. What legitimately touches
/// does not count: facets that share an edge or a corner, or touch along their edges; facets that overlap
/// in a plane do count, duplicates among them. Facets without area are left out. Two shells
/// or bodies pushed into each other count like one that runs into itself: a slicer merges both.
///
/// Pairs come from a tree of boxes. A mesh whose facets overlap all over has a number of pairs that
/// grows with the square of its size, so both pairs and steps are limited, and `isComplete` says
/// whether the limits were reached.
public struct SelfIntersections: Hashable, Sendable {
  /// A pair of facets that run into each other.
  public struct Pair: Hashable, Sendable {
    /// The facets' numbers in the mesh; the smaller first.
    public let facets: SIMD2<Int>
    /// A point that they have in common, to rounding, in millimetres.
    public let point: SIMD3<Double>
    /// Whether they lie in one plane and share a part of it; otherwise they cross.
    public let isOverlap: Bool
  }

  /// Pairs found; at least those there are unless `isComplete`, and then exactly.
  public let count: Int
  /// Whether every facet was compared. If not, there may be more pairs than `count`, or some where it
  /// is zero.
  public let isComplete: Bool
  /// The first of the pairs found, by the facets' numbers.
  public let pairs: [Pair]

  /// Whether the mesh runs into itself; nil if none was found and not all was compared.
  public var isPresent: Bool? { count > 0 ? true : isComplete ? false : nil }
}

extension Mesh {
  /// Finds the pairs of facets that run into each other. See `SelfIntersections`.
  ///
  /// - Parameters:
  ///   - pairsMax: Pairs after which the search stops; eight bytes each.
  ///   - placesMax: Pairs of which the place is told.
  ///   - stepsMax: Boxes and facets looked at before the search stops, each pair that is compared as
  ///     nine of them; by default 400 a facet and a million.
  ///   - tree: The tree over this mesh, where there is one already.
  /// - Returns: nil if the mesh has no facets or cannot have a tree (see `FacetTree.init`).
  public func selfIntersections(
    pairsMax: Int = 100_000,
    placesMax: Int = 100,
    stepsMax: Int? = nil,
    tree: FacetTree? = nil
  ) -> SelfIntersections? {
    guard let tree = tree ?? FacetTree(self) else { return nil }
    let crossing = FacetCrossing(self)
    var steps = StepCounter(limit: stepsMax ?? 400 * triangles + 1_000_000)
    var found: [UInt64] = []
    var isCut = false
    tree.visitOverlaps(steps: &steps) { first, second in
      guard crossing.meeting(first, second) != .apart else { return true }
      if found.count == pairsMax {
        isCut = true
        return false
      }
      found.append(UInt64(min(first, second)) << 32 | UInt64(max(first, second)))
      return true
    }
    let isComplete = !isCut && !steps.isExhausted
    found.sort()
    let pairs = found.prefix(placesMax).map { code -> SelfIntersections.Pair in
      let (first, second) = (Int(code >> 32), Int(code & 0xffff_ffff))
      let meeting = crossing.meeting(first, second)
      return SelfIntersections.Pair(
        facets: SIMD2(first, second),
        point: crossing.place(of: meeting, first, second),
        isOverlap: meeting == .overlapping)
    }
    return SelfIntersections(count: found.count, isComplete: isComplete, pairs: pairs)
  }
}
