/// How a bureau that can make a job is valued: from 0 to 1, more is better.
///
/// Each criterion has its own value from 0 to 1, which depends on that bureau alone: nothing that another
/// bureau does changes the order of two others, and a score that was told yesterday is the same tomorrow. A
/// distance d is worth 500 km ÷ (500 km + d), a wait t is worth 72 h ÷ (72 h + t). The score is their mean
/// by weight.
public struct Ranking: Hashable, Sendable {
  /// The distance that is worth half, in kilometres.
  public static let halfKilometres = 500.0
  /// The wait that is worth half, in hours.
  public static let halfHours = 72.0

  /// The weight of the distance, of a sum of 1.
  let distance: Double
  /// The weight of the wait.
  let load: Double

  /// From weights of any sum above 0; `nil` for others, and for those that are negative or not finite.
  public init?(distance: Double, load: Double) {
    let sum = distance + load
    guard distance >= 0, load >= 0, sum > 0, sum.isFinite else { return nil }
    self.distance = distance / sum
    self.load = load / sum
  }

  private init(nearestFirst: Void) { (distance, load) = (1, 0) }

  /// Nothing but the distance.
  public static let nearest = Ranking(nearestFirst: ())

  /// The score of a bureau so far away, where a job waits so long.
  @inline(__always)
  public func score(kilometres: Double, queueHours: Double) -> Double {
    var score = distance * (Self.halfKilometres / (Self.halfKilometres + kilometres))
    if load > 0 { score += load * (Self.halfHours / (Self.halfHours + queueHours)) }
    return score
  }
}
