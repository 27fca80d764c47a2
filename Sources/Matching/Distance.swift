public import Domain
import Glibc

extension Coordinates {
  /// The mean radius of the Earth in kilometres (IUGG).
  static let earthRadiusKilometres = 6_371.0088

  /// The great-circle distance in kilometres on a sphere of the Earth's mean radius (haversine
  /// formula: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984).
  public func greatCircleKilometres(to other: Coordinates) -> Double {
    let radian = Double.pi / 180
    let latitudes = sin((other.latitude - latitude) * radian / 2)
    let longitudes = sin((other.longitude - longitude) * radian / 2)
    let haversine =
      latitudes * latitudes
      + cos(latitude * radian) * cos(other.latitude * radian) * longitudes * longitudes
    return 2 * Self.earthRadiusKilometres * asin(min(1, haversine.squareRoot()))
  }

  /// An estimate of the road distance in kilometres: great circle × 1.2.
  public func roadKilometres(to other: Coordinates) -> Double {
    greatCircleKilometres(to: other) * 1.2
  }
}
