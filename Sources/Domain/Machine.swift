/// The size of an axis-aligned box in millimetres: a part's, or a machine's build volume.
public struct BoxSize: Hashable, Sendable, Codable {
  /// Width in millimetres.
  public let x: Double
  /// Depth in millimetres.
  public let y: Double
  /// Height in millimetres.
  public let z: Double

  /// A box; `nil` unless every side is finite and at least zero.
  public init?(x: Double, y: Double, z: Double) {
    guard x.isFinite, y.isFinite, z.isFinite, x >= 0, y >= 0, z >= 0 else { return nil }
    self.x = x
    self.y = y
    self.z = z
  }

  /// Whether this box fits into another in one of the six axis-aligned orientations.
  public func fits(in room: BoxSize) -> Bool {
    let (own, other) = (sortedSides, room.sortedSides)
    return own.x <= other.x && own.y <= other.y && own.z <= other.z
  }

  /// The sides in millimetres, the shortest first.
  @inlinable public var sortedSides: SIMD3<Double> {
    let (low, high) = (min(x, y), max(x, y))
    return SIMD3(min(low, z), max(low, min(high, z)), max(high, z))
  }

  /// Decodes `[x, y, z]` in millimetres and checks the values.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let sides = try container.decode([Double].self)
    guard sides.count == 3, let value = Self(x: sides[0], y: sides[1], z: sides[2]) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a size is [x, y, z] in millimetres, none negative")
    }
    self = value
  }

  /// Encodes `[x, y, z]`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode([x, y, z])
  }
}

/// A machine at a bureau's site.
public struct Machine: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: MachineID
  /// What the bureau calls it.
  public var name: String
  /// The process that it runs.
  public var process: PrintProcess
  /// The materials that it is set up for.
  public var materials: [Material]
  /// Its build volume in millimetres.
  public var buildVolume: BoxSize

  /// A machine.
  public init(
    id: MachineID, name: String, process: PrintProcess, materials: [Material], buildVolume: BoxSize
  ) {
    self.id = id
    self.name = name
    self.process = process
    self.materials = materials
    self.buildVolume = buildVolume
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, process, materials
    case buildVolume = "build_volume_mm"
  }
}

/// What a bureau holds, as the operator has seen it on paper.
public struct Certification: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: CertificationID
  /// The scheme: `ISO 9001`, `EN 45545-2`, ….
  public var scheme: String
  /// The one site that it covers, or `nil` for all.
  public var site: SiteID?
  /// The one process that it covers, or `nil` for all.
  public var process: PrintProcess?
  /// The one material that it covers, or `nil` for all.
  public var material: Material?
  /// The one machine that it covers, or `nil` for all.
  public var machine: MachineID?
  /// Who issued it.
  public var issuer: String
  /// The first day that it is valid on.
  public var validFrom: CalendarDay
  /// The last day that it is valid on.
  public var validUntil: CalendarDay
  /// SHA-256 of the document, 64 lower-case hexadecimal digits.
  public var documentSHA256: String

  /// A certification.
  public init(
    id: CertificationID, scheme: String, site: SiteID? = nil, process: PrintProcess? = nil,
    material: Material? = nil, machine: MachineID? = nil, issuer: String, validFrom: CalendarDay,
    validUntil: CalendarDay, documentSHA256: String
  ) {
    self.id = id
    self.scheme = scheme
    self.site = site
    self.process = process
    self.material = material
    self.machine = machine
    self.issuer = issuer
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.documentSHA256 = documentSHA256
  }

  /// Whether it covers this way of making a part, on the days on which it is valid.
  public func covers(site: SiteID, machine: Machine, material: Material) -> Bool {
    (self.site == nil || self.site == site)
      && (process == nil || process == machine.process)
      && (self.material == nil || self.material == material)
      && (self.machine == nil || self.machine == machine.id)
  }

  private enum CodingKeys: String, CodingKey {
    case id, scheme, site, process, material, machine, issuer
    case validFrom = "valid_from"
    case validUntil = "valid_until"
    case documentSHA256 = "document_sha256"
  }
}
