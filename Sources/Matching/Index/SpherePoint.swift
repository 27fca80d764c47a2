import Domain
import Glibc

/// A place as a point of the unit sphere, with what distances need.
struct SpherePoint: Sendable {
  /// From the Earth's centre: to 0° N 0° E, to 0° N 90° E, to the north pole.
  let vector: SIMD3<Double>
  /// The place in degrees.
  let place: Coordinates
  private let cosine: Double

  init(_ place: Coordinates) {
    let radian = Double.pi / 180
    self.place = place
    cosine = cos(place.latitude * radian)
    vector = SIMD3(
      cosine * cos(place.longitude * radian), cosine * sin(place.longitude * radian),
      sin(place.latitude * radian))
  }

  /// The great-circle distance in kilometres, to the bit what ``Coordinates/greatCircleKilometres(to:)`` says.
  @inline(__always)
  func kilometres(to other: SpherePoint) -> Double {
    let radian = Double.pi / 180
    let latitudes = sin((other.place.latitude - place.latitude) * radian / 2)
    let longitudes = sin((other.place.longitude - place.longitude) * radian / 2)
    let haversine = latitudes * latitudes + cosine * other.cosine * longitudes * longitudes
    return 2 * Coordinates.earthRadiusKilometres * asin(min(1, haversine.squareRoot()))
  }
}
