public import Domain

/// What all bureaus can do, at one version.
public struct Network: Hashable, Sendable {
  /// Goes up with every change.
  public var version: Int64
  /// The bureaus.
  public var bureaus: [BureauSnapshot]

  /// A snapshot.
  public init(version: Int64, bureaus: [BureauSnapshot]) {
    self.version = version
    self.bureaus = bureaus
  }

  /// The same network with nothing but one machine of one bureau, for checking a choice again. A
  /// bureau or machine that is not there leaves less than that.
  public func only(_ bureau: BureauID, _ machine: MachineID) -> Network {
    var only = bureaus.filter { $0.id == bureau }
    for index in only.indices {
      for site in only[index].sites.indices {
        only[index].sites[site].machines.removeAll { $0.id != machine }
      }
      only[index].sites.removeAll { $0.machines.isEmpty }
    }
    return Network(version: version, bureaus: only)
  }
}

/// The kind of key that a bureau receives files under.
public enum RecipientKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// X25519.
  case classical
  /// ML-KEM-768 with X25519.
  case postQuantum = "post_quantum"
}

/// One bureau.
public struct BureauSnapshot: Hashable, Sendable {
  /// Its identifier.
  public var id: BureauID
  /// Its name.
  public var name: String
  /// The kind of its key; `nil` until it has enrolled one.
  public var recipient: RecipientKind?
  /// Its sites.
  public var sites: [SiteSnapshot]
  /// What it holds, for whichever site or machine, of whatever dates.
  public var certifications: [Certification]

  /// A bureau.
  public init(
    id: BureauID, name: String, recipient: RecipientKind?, sites: [SiteSnapshot],
    certifications: [Certification]
  ) {
    self.id = id
    self.name = name
    self.recipient = recipient
    self.sites = sites
    self.certifications = certifications
  }
}

/// One site of a bureau.
public struct SiteSnapshot: Hashable, Sendable {
  /// Its identifier.
  public var id: SiteID
  /// The country it prints in.
  public var country: Country
  /// Where it is.
  public var coordinates: Coordinates
  /// Its machines.
  public var machines: [Machine]

  /// A site.
  public init(id: SiteID, country: Country, coordinates: Coordinates, machines: [Machine]) {
    self.id = id
    self.country = country
    self.coordinates = coordinates
    self.machines = machines
  }
}
