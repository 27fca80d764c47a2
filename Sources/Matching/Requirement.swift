public import Domain

/// What a job needs of whoever makes it.
public struct Requirement: Hashable, Sendable {
  /// The process of the revision's profile.
  public var process: PrintProcess
  /// The material of the revision's profile.
  public var material: Material
  /// The bounding boxes of the revision's files: each must fit into the machine.
  public var sizes: [BoxSize]
  /// The certification schemes that the profile asks for.
  public var certifications: [String]
  /// The day of production: certifications and the licence must be valid on it.
  public var productionDay: CalendarDay
  /// Where the part goes, rounded to a tenth of a degree.
  public var destination: Coordinates
  /// The licence's terms.
  public var licence: LicenceTerms
  /// Which kinds of key the design may be sealed to.
  public var keys: DesignKeyPolicy
  /// How many units.
  public var quantity: Int
  /// Bureaus that have had their chance.
  public var priorAnswers: [BureauID: PriorAnswer]

  /// A requirement.
  public init(
    process: PrintProcess, material: Material, sizes: [BoxSize], certifications: [String],
    productionDay: CalendarDay, destination: Coordinates, licence: LicenceTerms,
    keys: DesignKeyPolicy, quantity: Int, priorAnswers: [BureauID: PriorAnswer] = [:]
  ) {
    self.process = process
    self.material = material
    self.sizes = sizes
    self.certifications = certifications
    self.productionDay = productionDay
    self.destination = destination
    self.licence = licence
    self.keys = keys
    self.quantity = quantity
    self.priorAnswers = priorAnswers
  }
}

/// How an earlier offer of the same job to a bureau ended.
public enum PriorAnswer: String, Hashable, Sendable, Codable, CaseIterable {
  /// It said no.
  case declined
  /// It let the deadline pass.
  case expired
  /// It was asked, and the offer was taken back or is still open, or the job was taken from it.
  case asked
}
