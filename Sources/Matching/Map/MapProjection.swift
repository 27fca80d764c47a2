import Domain
import Glibc

/// A map on which distances and directions from its centre are true: azimuthal equidistant (J. P. Snyder,
/// "Map Projections: A Working Manual", 1987, section 25), on the sphere.
struct MapProjection {
  /// Kilometres to the east and to the south of the centre.
  typealias Point = SIMD2<Double>

  private let sinCentre: Double
  private let cosCentre: Double
  private let longitude: Double

  init(centre: Coordinates) {
    let latitude = centre.latitude * .pi / 180
    (sinCentre, cosCentre) = (sin(latitude), cos(latitude))
    longitude = centre.longitude * .pi / 180
  }

  /// Where a place is; the one on the other side of the Earth is somewhere on the rim.
  func point(longitude east: Double, latitude north: Double) -> Point {
    let (latitude, turn) = (north * .pi / 180, east * .pi / 180 - longitude)
    let x = cos(latitude) * sin(turn)
    let y = cosCentre * sin(latitude) - sinCentre * cos(latitude) * cos(turn)
    let z = sinCentre * sin(latitude) + cosCentre * cos(latitude) * cos(turn)
    let flat = (x * x + y * y).squareRoot()
    let kilometres = Coordinates.earthRadiusKilometres * atan2(flat, z)
    return flat > 1e-12
      ? Point(x, -y) / flat * kilometres : z > 0 ? Point(0, 0) : Point(0, -kilometres)
  }

  func point(_ place: Coordinates) -> Point {
    point(longitude: place.longitude, latitude: place.latitude)
  }
}

/// The part of a map that is drawn, and how large.
struct MapFrame {
  /// In kilometres (``MapProjection/Point``).
  let low: MapProjection.Point
  let high: MapProjection.Point
  /// Pixels a kilometre.
  let scale: Double
  /// Where it lies on the page.
  let origin: SIMD2<Double>

  /// The least frame of a size in pixels around some points, with room beside them.
  init(
    around points: [MapProjection.Point], size: SIMD2<Double>, origin: SIMD2<Double>,
    leastKilometres: Double
  ) {
    let low = points.reduce(points[0]) { pointwiseMin($0, $1) }
    let high = points.reduce(points[0]) { pointwiseMax($0, $1) }
    let span = pointwiseMax((high - low) * 1.3, SIMD2(repeating: leastKilometres))
    scale = min(size.x / span.x, size.y / span.y)
    let half = size / (2 * scale)
    (self.low, self.high) = ((low + high) / 2 - half, (low + high) / 2 + half)
    self.origin = origin
  }

  func contains(_ point: MapProjection.Point) -> Bool {
    all(point .>= low) && all(point .<= high)
  }

  /// Where a point is on the page.
  func pixel(_ point: MapProjection.Point) -> SIMD2<Double> { (point - low) * scale + origin }

  /// On which sides of the frame a point is outside: 1 left, 2 right, 4 above, 8 below (D. Cohen, I.
  /// Sutherland, in W. M. Newman, R. F. Sproull, "Principles of Interactive Computer Graphics", 1973).
  func sides(_ point: MapProjection.Point) -> UInt8 {
    (point.x < low.x ? 1 : point.x > high.x ? 2 : 0)
      | (point.y < low.y ? 4 : point.y > high.y ? 8 : 0)
  }

  /// The points of a line without those that change nothing of what is seen: those that are beyond one side
  /// together with all from the last one that stays to the next, or nearer than half a pixel to the last.
  func visible(_ points: [MapProjection.Point]) -> [MapProjection.Point] {
    guard points.reduce(UInt8(15), { $0 & sides($1) }) == 0 else { return [] }
    var kept = [points[0]]
    var beyond = sides(points[0])
    for (index, point) in points.enumerated().dropFirst() {
      let isLast = index == points.count - 1
      beyond &= sides(point)
      if !isLast, beyond & sides(points[index + 1]) != 0 { continue }
      let step = (point - kept[kept.count - 1]) * scale
      if !isLast, step.length < 0.5 { continue }
      kept.append(point)
      beyond = sides(point)
    }
    return kept
  }
}

extension MapProjection {
  /// The angle at the centre from one point to another, in radians, from −π to π.
  static func angle(_ from: Point, _ to: Point) -> Double {
    atan2(from.x * to.y - from.y * to.x, from.x * to.x + from.y * to.y)
  }
}
