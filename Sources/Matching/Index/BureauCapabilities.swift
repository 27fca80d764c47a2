public import Domain

/// What a bureau can do, in the words of whoever describes it: any text is an identifier, a process or a
/// scheme here, so that a network can come from a broker's database or from a file.
public struct BureauCapabilities: Hashable, Sendable {
  /// Where it prints, and with what.
  public struct Site: Hashable, Sendable {
    /// Where that is.
    public var coordinates: Coordinates
    /// The country that it prints in.
    public var country: Country
    /// What stands there.
    public var machines: [Machine]

    /// A site.
    public init(coordinates: Coordinates, country: Country, machines: [Machine]) {
      self.coordinates = coordinates
      self.country = country
      self.machines = machines
    }
  }

  /// Machines of one kind.
  public struct Machine: Hashable, Sendable {
    /// Its identifier, unique within its bureau.
    public var id: String
    /// An ISO/ASTM 52900 process (`PBF-LB/P`) or another by its name (`CNC routing`).
    public var process: String
    /// The materials that it is set up for, by their canonical names.
    public var materials: [String]
    /// Its build volume in millimetres.
    public var buildVolume: BoxSize

    /// A machine.
    public init(id: String, process: String, materials: [String], buildVolume: BoxSize) {
      self.id = id
      self.process = process
      self.materials = materials
      self.buildVolume = buildVolume
    }
  }

  /// A certification that it holds.
  public struct Certificate: Hashable, Sendable {
    /// The scheme: `ISO 9001`, ….
    public var scheme: String
    /// The first day that it is valid on.
    public var validFrom: CalendarDay
    /// The last day that it is valid on.
    public var validUntil: CalendarDay
    /// What it is limited to.
    public var scope: Scope

    /// What a certification is limited to: `nil` is no limit.
    public struct Scope: Hashable, Sendable {
      /// Which of the bureau's sites, by its place in the list.
      public var site: Int?
      /// The process.
      public var process: String?
      /// The material, by its canonical name.
      public var material: String?
      /// The machine, by its identifier.
      public var machine: String?

      /// A scope; without limits unless some are given.
      public init(
        site: Int? = nil, process: String? = nil, material: String? = nil, machine: String? = nil
      ) {
        self.site = site
        self.process = process
        self.material = material
        self.machine = machine
      }
    }

    /// A certification.
    public init(
      scheme: String, validFrom: CalendarDay, validUntil: CalendarDay, scope: Scope = Scope()
    ) {
      self.scheme = scheme
      self.validFrom = validFrom
      self.validUntil = validUntil
      self.scope = scope
    }
  }

  /// Its identifier. Bureaus that are as good come in the order of their identifiers' bytes.
  public var id: String
  /// Its name.
  public var name: String
  /// Its sites.
  public var sites: [Site]
  /// Its certifications, of whatever dates.
  public var certificates: [Certificate]
  /// The countries that it ships to; `nil` for all.
  public var shipsTo: [Country]?
  /// How many more jobs it takes; `nil` for any number.
  public var jobsLeft: Int?
  /// How many hours a new job waits there before it begins.
  public var queueHours: Double

  /// What a bureau can do.
  public init(
    id: String, name: String, sites: [Site], certificates: [Certificate] = [],
    shipsTo: [Country]? = nil, jobsLeft: Int? = nil, queueHours: Double = 0
  ) {
    self.id = id
    self.name = name
    self.sites = sites
    self.certificates = certificates
    self.shipsTo = shipsTo
    self.jobsLeft = jobsLeft
    self.queueHours = queueHours
  }
}
