/// The largest ball that touches the surface at a point without a facing wall reaching into it, found
/// by shrinking one that is too large.
///
/// J. Ma, S. W. Bae, S. Choi, "3D medial axis point approximation using nearest neighbors and the normal
/// field", The Visual Computer 28 (2012), section 3, on facets instead of points, and shrunk on one way
/// through the tree. It starts as large as there is room along the normal. And a wall counts only
/// - if it faces the point: its normal is within 30° of being opposite (`facingCosine`). Near an edge a
///   ball is squeezed by the neighbouring side, whose distance says nothing of a wall. Walls that meet
///   at a larger angle than this are an edge, and those that meet at a smaller one are a blade, which
///   is as thin as it is measured;
/// - and if it is seen from the point: nothing lies between them.
struct InscribedBall {
  /// In the tree's frame.
  private(set) var radius: Double
  /// Where the ball touches the facing wall, and the facet there, by position in the tree.
  private(set) var touched: (point: SIMD3<Double>, position: Int)?

  /// On which side of the surface the ball lies.
  enum Side {
    /// In the solid: the diameter is a wall's thickness.
    case inside
    /// In the air: the diameter is a gap.
    case outside
  }

  enum Outcome {
    case found(diameter: Double, opposite: SIMD3<Double>, position: Int)
    /// No wall faces the point, or nothing at all is met along its normal.
    case open
    /// The point does not lie between solid and air: another body covers it, or its own is inside out.
    case covered
    /// The steps were used up.
    case unfinished
  }

  /// cos 30°.
  private static let facingCosine = 0.8660254037844387
  /// What is nearer than this in the tree's frame is the point's own surface: a ten millionth of a
  /// millimetre on a part of 200 mm.
  static let nearby = 1e-9

  /// The ball that touches the surface in `point`, of which `normal` is the outward unit normal. Its
  /// diameter is too large by at most the fraction `tolerance`.
  static func at(
    _ point: SIMD3<Double>, normal: SIMD3<Double>, side: Side, in tree: FacetTree,
    tolerance: Double, steps: inout StepCounter
  ) -> Outcome {
    let inwards = side == .inside ? -normal : normal
    let outside = tree.firstHit(Ray(from: point, along: normal), beyond: nearby, steps: &steps)
    if outside?.isExit == true { return .covered }
    let ray = side == .inside ? exit(from: point, along: inwards, in: tree, steps: &steps) : outside
    if steps.isExhausted { return .unfinished }
    // In a solid every ray comes out; one that does not tells of a shell turned inside out.
    guard let ray else { return side == .inside ? .covered : .open }

    var ball = InscribedBall(radius: ray.distance / 2)
    if isFacing(tree.triangle(ray.position), normal) {
      ball.touched = (point + inwards * ray.distance, ray.position)
    }
    let start = ball
    ball.shrink(
      at: point, along: inwards, normal: normal, in: tree, tolerance: tolerance,
      seen: nil, steps: &steps)
    // What the ball touches is nearly always seen. Where it is not, every facet that would shrink the
    // ball is looked at first, which takes much longer.
    if let touched = ball.touched,
      !isSeen(touched.point, touched.position, from: point, side: side, in: tree, steps: &steps)
    {
      ball = start
      ball.shrink(
        at: point, along: inwards, normal: normal, in: tree, tolerance: tolerance, seen: side,
        steps: &steps)
    }
    if steps.isExhausted { return .unfinished }
    guard let touched = ball.touched else { return .open }
    return .found(
      diameter: 2 * ball.radius, opposite: touched.point, position: touched.position)
  }

  /// Goes through the boxes that reach into the ball, which shrinks on the way.
  private mutating func shrink(
    at point: SIMD3<Double>, along inwards: SIMD3<Double>, normal: SIMD3<Double>,
    in tree: FacetTree, tolerance: Double, seen: Side?, steps: inout StepCounter
  ) {
    let facing = NormalCells.cone(around: -normal, cosine: Self.facingCosine)
    let (floatPoint, floatInwards) = (
      SIMD4(SIMD3<Float>(point), 0), SIMD4(SIMD3<Float>(inwards), 0)
    )
    var waiting = InlineArray<96, UInt32>(repeating: 0)
    var depth = 1
    while depth > 0 {
      depth -= 1
      var node = Int(waiting[depth])
      while true {
        if steps.isExhausted { return }
        let current = tree.nodes[node]
        // Only what shrinks the ball by more than the tolerance is of interest, and that is what
        // reaches into the smaller ball that touches the same point.
        let reach = Float(radius * (1 - tolerance))
        let centre = floatPoint + floatInwards * reach
        if current.count > 0 {
          steps.take(1 + Int(current.count))
          for position in Int(current.link)..<Int(current.link) + Int(current.count) {
            meet(
              position, at: point, along: inwards, normal: normal, in: tree, tolerance: tolerance,
              seen: seen, steps: &steps)
          }
          break
        }
        steps.take()
        let first = node + 1
        let second = Int(current.link)
        let toFirst =
          tree.nodes[first].normals & facing == 0
          ? .infinity : tree.nodes[first].squaredDistance(to: centre)
        let toSecond =
          tree.nodes[second].normals & facing == 0
          ? .infinity : tree.nodes[second].squaredDistance(to: centre)
        let limit = reach * reach
        if min(toFirst, toSecond) > limit { break }
        node = toFirst <= toSecond ? first : second
        if max(toFirst, toSecond) <= limit {
          waiting[depth] = UInt32(toFirst <= toSecond ? second : first)
          depth += 1
        }
      }
    }
  }

  /// Shrinks the ball until the facet, if it counts, does not reach into it.
  @inline(__always)
  private mutating func meet(
    _ position: Int, at point: SIMD3<Double>, along inwards: SIMD3<Double>, normal: SIMD3<Double>,
    in tree: FacetTree, tolerance: Double, seen: Side?, steps: inout StepCounter
  ) {
    let triangle = tree.triangle(position)
    guard Self.isFacing(triangle, normal) else { return }
    // The nearest point moves as the ball shrinks; two or three turns, and never many.
    for _ in 0..<16 {
      let reach = radius * (1 - tolerance)
      let centre = point + inwards * reach
      let candidate = triangle.nearest(to: centre)
      let toCentre = candidate - centre
      guard dot(toCentre, toCentre) < reach * reach else { return }
      let offset = candidate - point
      let height = dot(offset, inwards)
      guard height > Self.nearby else { return }
      if let seen,
        !Self.isSeen(candidate, position, from: point, side: seen, in: tree, steps: &steps)
      {
        return
      }
      // The ball through it that still touches the point: |q − p|² = 2 r (q − p)·n.
      radius = dot(offset, offset) / (2 * height)
      touched = (candidate, position)
    }
  }

  @inline(__always)
  private static func isFacing(_ triangle: Triangle, _ normal: SIMD3<Double>) -> Bool {
    let vector = triangle.areaVector
    let along = -dot(vector, normal)
    return along > 0 && along * along >= facingCosine * facingCosine * dot(vector, vector)
  }

  /// Whether nothing lies between a point and another on a facet: no solid in air, and in the solid no air.
  private static func isSeen(
    _ other: SIMD3<Double>, _ position: Int, from point: SIMD3<Double>, side: Side,
    in tree: FacetTree, steps: inout StepCounter
  ) -> Bool {
    let offset = other - point
    let distance = dot(offset, offset).squareRoot()
    let direction = offset / distance
    let before = distance - nearby
    switch side {
    case .outside:
      let ray = Ray(from: point, along: direction)
      return !tree.hasHit(ray, beyond: nearby, before: before, steps: &steps)
    case .inside:
      return exit(from: point, along: direction, before: before, in: tree, steps: &steps) == nil
        && !isCovered(other, position, in: tree, steps: &steps)
    }
  }

  /// Where a ray that starts inwards on the surface comes out of the solid, which may be several bodies
  /// that touch or overlap; nil if it does not before `limit`.
  private static func exit(
    from point: SIMD3<Double>, along direction: SIMD3<Double>, before limit: Double = .infinity,
    in tree: FacetTree, steps: inout StepCounter
  ) -> RayHit? {
    let ray = Ray(from: point, along: direction)
    var bodies = 1
    var reached = nearby
    while let hit = tree.firstHit(ray, beyond: reached, before: limit, steps: &steps) {
      bodies += hit.isExit ? -1 : 1
      if bodies == 0 {
        let place = point + direction * hit.distance
        if !isCovered(place, hit.position, in: tree, steps: &steps) { return hit }
        bodies = 1
      }
      // Facets that share an edge or lie on each other are passed together.
      reached = hit.distance + nearby
    }
    return nil
  }

  /// Whether what lies outside of a facet is another body.
  private static func isCovered(
    _ point: SIMD3<Double>, _ position: Int, in tree: FacetTree, steps: inout StepCounter
  ) -> Bool {
    let vector = tree.triangle(position).areaVector
    let ray = Ray(from: point, along: vector / dot(vector, vector).squareRoot())
    return tree.firstHit(ray, beyond: nearby, steps: &steps)?.isExit == true
  }
}
