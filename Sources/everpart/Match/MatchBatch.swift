import Domain
import Matching

/// All requests of a file at once, sharing what the bureaus can take.
struct MatchBatch {
  private let requests: [MatchedRequest]
  private let plan: BatchPlan
  private let policy: MatchPolicy
  /// How many are no longer where they were; `nil` when they were nowhere.
  private let movedCount: Int?
  /// The bureau of each request.
  let assigned: [RankedBureau?]

  /// - Parameters:
  ///   - kept: where requests are already, by their identifiers.
  ///   - bonus: what a further request for the same destination at the same bureau saves, in the unit of
  ///     ``MatchPolicy/cost(of:)``.
  init(
    _ requests: [MatchedRequest], in index: NetworkIndex, by policy: MatchPolicy,
    kept: [String: String]?, bonus: Double
  ) throws {
    let ranking = try policy.ranking()
    func candidate(_ one: RankedBureau) -> BatchProblem.Candidate {
      .init(bureau: one.bureau, cost: policy.cost(of: one))
    }
    let incumbents = kept.map { kept in
      requests.map { request in
        kept[request.id].flatMap(index.number(of:)).flatMap {
          index.ranked($0, for: request.request, by: ranking).map(candidate)
        }
      }
    }
    let problem = BatchProblem(
      orderCount: requests.count, capacities: index.capacities, costMax: policy.costMax,
      incumbents: incumbents ?? []
    ) { order, count in
      index.best(count, for: requests[order].request, by: ranking).map(candidate)
    }
    Terminal.progress("assigning \(requests.count) requests …")
    defer { Terminal.progress("") }
    var groups: [Coordinates: Int] = [:]
    for place in requests.map(\.request.destination) where groups[place] == nil {
      groups[place] = groups.count
    }
    let plan = problem.solved().consolidated(
      problem, groups: requests.map { groups[$0.request.destination] }, bonus: bonus)
    assigned = zip(requests, plan.assigned).map { request, place in
      place.flatMap { index.ranked($0.bureau, for: request.request, by: ranking) }
    }
    movedCount = kept.map { kept in
      zip(requests, plan.assigned).count { request, place in
        kept[request.id].map { $0 != place.map { index.id(of: $0.bureau) } } ?? false
      }
    }
    (self.requests, self.plan, self.policy) = (requests, plan, policy)
  }

  /// What came of it, in a line.
  var summary: String {
    let cost =
      policy == .nearest
      ? "\(Int(plan.cost.rounded())) km in all"
      : "\(((Double(plan.assignedCount) - plan.cost) * 1000).rounded() / 1000) points in all"
    let gap =
      plan.gap < 1e-9
      ? "no assignment of as many is better"
      : "at most \(max(0.001, (plan.gap * 100_000).rounded() / 1000)) % from the best one"
    let moved = movedCount.map { ", \($0) moved" } ?? ""
    return "\(plan.assignedCount) of \(requests.count) requests assigned\(moved); \(cost), \(gap)"
  }
}
