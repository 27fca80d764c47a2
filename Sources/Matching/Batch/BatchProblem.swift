/// Many orders for few places: which bureau makes which.
///
/// As many orders as possible are assigned; among the ways of doing that, the one of least cost is taken.
/// Costs are added in double precision to numbers that are larger by a factor of the orders, or with
/// ``incumbents`` of their square: so they count to 10⁻⁶ of the highest cost for a million orders, or for
/// ten thousand.
public struct BatchProblem {
  /// A bureau that can make an order, and what that costs.
  public struct Candidate: Hashable, Sendable {
    /// The bureau's number, from 0.
    public var bureau: Int
    /// Kilometres, points of a score or money: any number that is not negative.
    public var cost: Double

    /// A candidate.
    public init(bureau: Int, cost: Double) {
      self.bureau = bureau
      self.cost = cost
    }
  }

  /// How many orders there are.
  public var orderCount: Int
  /// How many jobs each bureau takes; `nil` for any number.
  public var capacities: [Int?]
  /// No cost is above this.
  public var costMax: Double
  /// The first so many candidates of an order, the cheapest first and of those that cost the same the
  /// lowest number; fewer when there are no more. Asked again for more of them only when they can matter.
  public var candidates: (_ order: Int, _ count: Int) -> [Candidate]
  /// Where each order is already, with what that costs: as many as possible stay there. `nil` for
  /// an order that is nowhere yet, or cannot stay where it is.
  public var incumbents: [Candidate?]

  /// A problem.
  ///
  /// - Precondition: `costMax` and all costs are finite and not negative; a candidate's bureau is one of `capacities`;
  ///   `incumbents` is empty, or has an entry for each order.
  public init(
    orderCount: Int, capacities: [Int?], costMax: Double, incumbents: [Candidate?] = [],
    candidates: @escaping (_ order: Int, _ count: Int) -> [Candidate]
  ) {
    precondition(costMax >= 0 && costMax.isFinite)
    precondition(incumbents.isEmpty || incumbents.count == orderCount)
    self.orderCount = orderCount
    self.capacities = capacities
    self.costMax = costMax
    self.incumbents = incumbents
    self.candidates = candidates
  }
}

/// Which bureau makes which order.
public struct BatchPlan: Hashable, Sendable {
  /// The candidate that each order is assigned to; `nil` where all that could make it are full.
  public var assigned: [BatchProblem.Candidate?]
  /// What no plan that assigns as many (and moves as few) costs less than.
  public var lowerBound: Double
  /// What is saved because orders are made together (``consolidated(_:groups:bonus:candidatesMax:)``).
  public var saved = 0.0

  /// What all of it costs, without what is saved.
  public var cost: Double { assigned.reduce(-saved) { $0 + ($1?.cost ?? 0) } }

  /// How many orders are assigned.
  public var assignedCount: Int { assigned.count { $0 != nil } }

  /// By how much the plan may be worse than the best one, as a part of what it costs.
  public var gap: Double { cost > lowerBound ? (cost - lowerBound) / abs(cost) : 0 }
}
