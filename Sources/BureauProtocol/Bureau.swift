public import Domain

/// A bureau as it sees itself.
public struct BureauView: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: BureauID
  /// Its name.
  public var name: String
  /// The age recipient that packages are sealed to, once enrolled.
  public var recipient: String?
  /// The text of the key that its completions are verified with, once enrolled.
  public var verificationKey: String?
  /// When it enrolled.
  public var enrolledAt: Instant?
  /// Where it prints.
  public var sites: [SiteView]
  /// What the operator has recorded that it holds.
  public var certifications: [Certification]

  /// A bureau's view of itself.
  public init(
    id: BureauID, name: String, recipient: String?, verificationKey: String?,
    enrolledAt: Instant?, sites: [SiteView], certifications: [Certification]
  ) {
    self.id = id
    self.name = name
    self.recipient = recipient
    self.verificationKey = verificationKey
    self.enrolledAt = enrolledAt
    self.sites = sites
    self.certifications = certifications
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, recipient, sites, certifications
    case verificationKey = "verification_key"
    case enrolledAt = "enrolled_at"
  }
}

/// A site and its machines.
public struct SiteView: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: SiteID
  /// What it is called.
  public var name: String
  /// The country that it is in.
  public var country: Country
  /// Where it is.
  public var coordinates: Coordinates
  /// Its machines.
  public var machines: [Machine]

  /// A site.
  public init(
    id: SiteID, name: String, country: Country, coordinates: Coordinates, machines: [Machine]
  ) {
    self.id = id
    self.name = name
    self.country = country
    self.coordinates = coordinates
    self.machines = machines
  }
}

/// The keys that a bureau will work with, proven: `PUT /v1/bureau/enrolment`.
public struct EnrolmentRequest: Hashable, Sendable, Codable {
  /// The enrolment statement (`urn:everpart:enrolment:1`), signed with the key that it names.
  public var statement: SignedStatement

  /// An enrolment.
  public init(statement: SignedStatement) { self.statement = statement }
}

/// A site to add: `POST /v1/operator/bureaus/{bureau}/sites`.
public struct NewSite: Hashable, Sendable, Codable {
  /// What the bureau calls it.
  public var name: String
  /// The country that it is in.
  public var country: Country
  /// Where it is.
  public var coordinates: Coordinates

  /// A site to add.
  public init(name: String, country: Country, coordinates: Coordinates) {
    self.name = name
    self.country = country
    self.coordinates = coordinates
  }
}

/// A machine to add: `POST /v1/bureau/sites/{site}/machines`.
public struct NewMachine: Hashable, Sendable, Codable {
  /// What the bureau calls it.
  public var name: String
  /// The process that it runs.
  public var process: PrintProcess
  /// The materials that it is set up for.
  public var materials: [Material]
  /// Its build volume in millimetres.
  public var buildVolume: BoxSize

  /// A machine to add.
  public init(name: String, process: PrintProcess, materials: [Material], buildVolume: BoxSize) {
    self.name = name
    self.process = process
    self.materials = materials
    self.buildVolume = buildVolume
  }

  private enum CodingKeys: String, CodingKey {
    case name, process, materials
    case buildVolume = "build_volume_mm"
  }
}
