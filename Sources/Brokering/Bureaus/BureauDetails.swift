public import Domain

/// A bureau with its sites, machines and certifications.
public struct BureauDetails: Hashable, Sendable, Codable {
  /// A site of it.
  public struct Site: Hashable, Sendable, Codable {
    /// Its identifier.
    public var id: SiteID
    /// What the bureau calls it.
    public var name: String
    /// The country that it is in.
    public var country: Country
    /// Where it is.
    public var coordinates: Coordinates
    /// Its machines.
    public var machines: [Machine]
  }

  /// Its identifier.
  public var id: BureauID
  /// Its name.
  public var name: String
  /// The age recipient that packages are sealed to, once enrolled.
  public var recipient: String?
  /// The text of the key that its statements are verified with, once enrolled.
  public var verificationKey: String?
  /// When it last enrolled.
  public var enrolledAt: Instant?
  /// Where it prints.
  public var sites: [Site]
  /// What it holds.
  public var certifications: [Certification]

  private enum CodingKeys: String, CodingKey {
    case id, name, recipient, sites, certifications
    case verificationKey = "verification_key"
    case enrolledAt = "enrolled_at"
  }
}

/// A certification as the operator records it, having seen the document.
public struct NewCertification: Hashable, Sendable, Codable {
  /// The scheme: `ISO 9001`, `EN 45545-2`, …; written as print profiles ask for it.
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

  /// A certification to record.
  public init(
    scheme: String, site: SiteID? = nil, process: PrintProcess? = nil, material: Material? = nil,
    machine: MachineID? = nil, issuer: String, validFrom: CalendarDay, validUntil: CalendarDay,
    documentSHA256: String
  ) {
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

  private enum CodingKeys: String, CodingKey {
    case scheme, site, process, material, machine, issuer
    case validFrom = "valid_from"
    case validUntil = "valid_until"
    case documentSHA256 = "document_sha256"
  }

  /// Refuses overlong texts, days in the wrong order and a digest of another form
  /// (`certification.invalid`).
  func check() throws(Problem) {
    let digits = documentSHA256.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
    guard scheme.isPlainText(maximumBytes: 200), issuer.isPlainText(maximumBytes: 200),
      validFrom <= validUntil, digits, documentSHA256.utf8.count == 64
    else {
      throw Problem(
        .invalid, "certification.invalid",
        "A certification has a scheme and an issuer of 1 to 200 bytes, ends on or after the day it "
          + "begins, and names its document's SHA-256 in 64 lower-case hexadecimal digits.")
    }
  }
}
