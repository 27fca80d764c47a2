public import Domain
import MeshFiles

/// One revision of a design.
public struct RevisionView: Sendable, Hashable, Codable {
  /// A key that wants the revision released with the content that it has.
  public struct Approval: Sendable, Hashable, Codable {
    /// The brand's key.
    public let key: APIKeyID
    /// When it said so last.
    public let at: Instant
  }

  /// Its identifier.
  public let id: RevisionID
  /// Counts the design's revisions from 1.
  public let number: Int
  /// Where it stands.
  public let state: RevisionState
  /// How it is made: at least one way, in the order in which they were given; the first is what a part
  /// sells that says nothing else.
  public let profiles: [ProfileView]
  /// When it was opened.
  public let createdAt: Instant
  /// When it was released, if it was.
  public let releasedAt: Instant?
  /// When it was withdrawn, if it was.
  public let withdrawnAt: Instant?
  /// Why it was withdrawn.
  public let withdrawalReason: String?
  /// The approvals of its release that count: of a draft, those of its present content by keys that are not
  /// revoked.
  public let approvals: [Approval]
  /// How many approvals a draft's release takes; left out once it is none.
  public let approvalsRequired: Int?
  /// What it was shredded with, if it was.
  public let shredding: ShreddingID?
  /// What is measured of its mesh once that is stored; left out before there is one, and where nobody has
  /// asked. It is no change of the design: its version stays.
  public let measurement: MeasurementView?

  private enum CodingKeys: String, CodingKey {
    case id, number, state, profiles, approvals, shredding, measurement
    case createdAt = "created_at"
    case releasedAt = "released_at"
    case withdrawnAt = "withdrawn_at"
    case withdrawalReason = "withdrawal_reason"
    case approvalsRequired = "approvals_required"
  }
}

/// A revision with everything in it.
public struct RevisionDetails: Sendable, Hashable, Codable {
  /// The design that it is of.
  public let design: DesignID
  /// The revision.
  public let revision: RevisionView
  /// Its files, in the order of their names.
  public let files: [FileView]
  /// What may be done with it now: `upload`, `profiles`, `release`, `measure`, `declare`, `withdraw`, `shred`.
  public let actions: [String]

  init(design: DesignID, revision: RevisionView, files: [FileView], filesMax: Int) {
    self.design = design
    self.revision = revision
    self.files = files
    var actions = revision.draftActions(files, filesMax: filesMax)
    if (try? revision.state.after(.withdraw)) != nil { actions.append("withdraw") }
    if (try? revision.state.after(.shred)) != nil { actions.append("shred") }
    self.actions = actions
  }
}

extension RevisionView {
  /// What may be done with a draft's content now; nothing with that of any other revision.
  func draftActions(_ files: [FileView], filesMax: Int) -> [String] {
    guard state == .draft else { return [] }
    let cannotBeMeasured = [.refused, .quarantined].contains(measurement?.state)
    let geometry = files.first { $0.purpose == .geometry }
    let takesSizes =
      geometry?.isSTEP == true && geometry?.measurement?.measuredBy != .converter
      && measurement?.state.isSettled != false
    return (files.count < filesMax ? ["upload"] : []) + ["profiles"]
      + (geometry != nil && !cannotBeMeasured ? ["release"] : [])
      + (cannotBeMeasured ? ["measure"] : []) + (takesSizes ? ["declare"] : [])
  }
}
