public import Domain

/// Whom a job can be offered to, best first, and why not to the others.
public struct MatchOutcome: Hashable, Sendable {
  /// Why a bureau is excluded.
  public struct ExcludedBureau: Hashable, Sendable, Codable {
    /// The bureau.
    public var bureau: BureauID
    /// The machine that the reasons speak of: the one with the fewest, and of those the nearest.
    /// `nil` when the bureau has none.
    public var machine: MachineID?
    /// At least one reason.
    public var reasons: [Exclusion]

    /// An excluded bureau.
    public init(bureau: BureauID, machine: MachineID?, reasons: [Exclusion]) {
      self.bureau = bureau
      self.machine = machine
      self.reasons = reasons
    }
  }

  /// One candidate for each bureau that can make it (its nearest machine), best first.
  public var candidates: [Candidate]
  /// Every other bureau, by identifier.
  public var exclusions: [ExcludedBureau]
}

/// Matches a requirement with a network: gates first, then rank. Pure; the same arguments give the
/// same outcome, in whatever order the network lists its bureaus.
public struct Matcher: Sendable {
  private let gates: [Gate]

  /// A matcher that applies these gates to every machine.
  public init(gates: [Gate] = Gate.ground) { self.gates = gates }

  /// Every bureau of the network is in the outcome once: as a candidate, or excluded with reasons.
  public func match(_ requirement: Requirement, in network: Network) -> MatchOutcome {
    var candidates: [Candidate] = []
    var exclusions: [MatchOutcome.ExcludedBureau] = []
    for bureau in network.bureaus {
      let own = Self.reasons(against: bureau, requirement)
      guard let best = bestWay(requirement, bureau) else {
        let none = Exclusion(
          code: "match.no_machine", message: "The bureau has no machine.", audience: .everyone)
        exclusions.append(.init(bureau: bureau.id, machine: nil, reasons: own + [none]))
        continue
      }
      let reasons = own + best.reasons
      if reasons.isEmpty {
        candidates.append(best.candidate)
      } else {
        exclusions.append(
          .init(bureau: bureau.id, machine: best.candidate.machine, reasons: reasons))
      }
    }
    candidates.sort { ($0.distanceKilometres, $0.bureau) < ($1.distanceKilometres, $1.bureau) }
    exclusions.sort { $0.bureau < $1.bureau }
    return MatchOutcome(candidates: candidates, exclusions: exclusions)
  }

  private static func reasons(
    against bureau: BureauSnapshot, _ requirement: Requirement
  ) -> [Exclusion] {
    var reasons: [Exclusion] = []
    if bureau.recipient == nil {
      reasons.append(
        Exclusion(
          code: "match.not_enrolled", message: "The bureau has not enrolled a key.",
          audience: .brand))
    }
    if let answer = requirement.priorAnswers[bureau.id] {
      reasons.append(
        Exclusion(
          code: "match.already_\(answer.rawValue)",
          message: "The bureau has been offered this job before.", audience: .brand))
    }
    return reasons
  }

  private struct Judged {
    var candidate: Candidate
    var reasons: [Exclusion]

    /// Fewest reasons, then nearest, then by identifier.
    static func < (left: Judged, right: Judged) -> Bool {
      (left.reasons.count, left.candidate.distanceKilometres, left.candidate.machine)
        < (right.reasons.count, right.candidate.distanceKilometres, right.candidate.machine)
    }
  }

  private func bestWay(_ requirement: Requirement, _ bureau: BureauSnapshot) -> Judged? {
    var best: Judged?
    for site in bureau.sites {
      let distance = site.coordinates.roadKilometres(to: requirement.destination)
      for machine in site.machines {
        let way = Gate.Way(bureau: bureau, site: site, machine: machine)
        let judged = Judged(
          candidate: Candidate(
            bureau: bureau.id, site: site.id, machine: machine.id, distanceKilometres: distance),
          reasons: gates.flatMap { $0.reasons(requirement, way) })
        if best.map({ judged < $0 }) ?? true { best = judged }
      }
    }
    return best
  }
}
