import Matching

extension DecisionMap {
  /// The map of an answer.
  ///
  /// - Parameter assigned: the bureau that makes it.
  init(
    _ request: MatchedRequest, assigned: RankedBureau?, ranked: [RankedBureau],
    in index: NetworkIndex, by ranking: Ranking
  ) {
    // In a batch the one that makes it need not be among the ten best: then it comes after nine of them.
    var shown = ranked
    if let assigned, !ranked.contains(where: { $0.bureau == assigned.bureau }) {
      shown = ranked.prefix(DecisionMap.candidatesMax - 1) + [assigned]
    }
    let verdicts = index.bureaus.map { MatchVerdict($0, for: request.request, by: ranking) }
    self.init(
      title: request.id, subtitle: request.words, destination: request.request.destination,
      candidates: shown.map { one in
        let bureau = index.capabilities(of: one.bureau)
        let verdict = MatchVerdict(bureau, for: request.request, by: ranking)
        return Candidate(
          name: bureau.name, place: verdict.place ?? request.request.destination,
          distanceKilometres: one.distanceKilometres, score: one.score)
      }, candidateCount: verdicts.count { $0.exclusion == nil },
      chosen: assigned.flatMap { one in shown.firstIndex { $0.bureau == one.bureau } },
      excluded: verdicts.compactMap { verdict in
        verdict.exclusion.flatMap { exclusion in
          verdict.place.map { Excluded(place: $0, gate: exclusion.gate) }
        }
      })
  }
}
