public import Domain

/// The bureau's word that it printed an attempt, signed with its own key.
public struct Completion: StatementPredicate {
  /// `urn:everpart:completion:1`.
  public static let predicateType = "urn:everpart:completion:1"
  /// `completion`.
  public static let problemPrefix = "completion"
  /// `completion.statement`.
  public static let contentCode = "completion.statement"

  /// The job.
  public let job: JobID
  /// The bureau that printed.
  public let bureau: BureauID
  /// The attempt.
  public let attempt: Int
  /// The epoch of the lease that it was printed under.
  public let epoch: Int
  /// The manifest that it was printed from, by the digest of its signed bytes.
  public let manifestSHA256: ContentDigest
  /// How many units were printed.
  public let quantity: Int
  /// The bureau's name for the machine that printed, if it says.
  public let machine: String?
  /// The lot of the feedstock, if it says.
  public let materialLot: String?
  /// When the print was finished, by the bureau's clock.
  public let completedAt: Instant

  /// A completion from its members.
  public init(
    job: JobID, bureau: BureauID, attempt: Int, epoch: Int, manifestSHA256: ContentDigest,
    quantity: Int, machine: String?, materialLot: String?, completedAt: Instant
  ) {
    self.job = job
    self.bureau = bureau
    self.attempt = attempt
    self.epoch = epoch
    self.manifestSHA256 = manifestSHA256
    self.quantity = quantity
    self.machine = machine
    self.materialLot = materialLot
    self.completedAt = completedAt
  }

  /// The manifest.
  public var subjects: [StatementSubject] {
    [StatementSubject(name: PackageLayout.manifestName, sha256: manifestSHA256)]
  }

  /// Whether its texts are 1 to 200 bytes of plain text.
  public var isPlain: Bool {
    [machine, materialLot].allSatisfy { $0?.isPlainText(maximumBytes: 200) ?? true }
  }

  private enum CodingKeys: String, CodingKey {
    case job, bureau, attempt, epoch, quantity, machine
    case manifestSHA256 = "manifest_sha256"
    case materialLot = "material_lot"
    case completedAt = "completed_at"
  }
}
