/// One qualified way to have a job made: a bureau, one of its sites, and a machine there. Matching
/// ranks them, an offer is made of the first.
public struct Candidate: Hashable, Sendable, Codable {
  /// The bureau.
  public var bureau: BureauID
  /// The site that would ship the part.
  public var site: SiteID
  /// The machine that would print it.
  public var machine: MachineID
  /// The road distance from the site to the destination in kilometres, as matching estimates it.
  public var distanceKilometres: Double

  /// A candidate.
  public init(bureau: BureauID, site: SiteID, machine: MachineID, distanceKilometres: Double) {
    self.bureau = bureau
    self.site = site
    self.machine = machine
    self.distanceKilometres = distanceKilometres
  }

  private enum CodingKeys: String, CodingKey {
    case bureau, site, machine
    case distanceKilometres = "distance_km"
  }
}
