public import Domain

extension MatchVerdict.Exclusion {
  /// Why, in a sentence that a person who has never seen the rules understands.
  public func words(for request: MatchRequest) -> String {
    switch self {
    case .process(let runs) where runs.isEmpty: "has no machine"
    case .process(let runs): "does not run \(request.process), only \(list(runs))"
    case .material(let has):
      "has no \(request.material) on \(request.process), only \(list(has))"
    case .buildVolume(let room):
      request.sizes.isEmpty
        ? "cannot tell whether the part fits: it has no size"
        : "has no room: the part is \(request.sizes.map(\.words).joined(separator: " and ")), "
          + "the machine takes \(room.words)"
    case .certificationMissing(let scheme): "is not certified to \(scheme)"
    case .certificationExpired(let scheme, let day):
      "is certified to \(scheme) until \(day) only, and production is on \(request.productionDay)"
    case .certificationNotYetValid(let scheme, let day):
      "is certified to \(scheme) from \(day) on, and production is on \(request.productionDay)"
    case .territory(let countries) where countries.isEmpty: "ships to no country"
    case .territory(let countries):
      "does not ship to \(request.country), only to \(list(countries.map(\.code)))"
    case .capacity: "takes no more jobs"
    }
  }
}

/// Some names, and how many more there are.
private func list(_ names: [String]) -> String {
  let shown = names.prefix(6).joined(separator: ", ")
  return names.count > 6 ? "\(shown) and \(names.count - 6) more" : shown
}

extension BoxSize {
  /// `300 × 200 × 50 mm`.
  public var words: String {
    [x, y, z].map { $0 == $0.rounded() && $0 < 1e9 ? "\(Int($0))" : "\($0)" }.joined(
      separator: " × ") + " mm"
  }
}
