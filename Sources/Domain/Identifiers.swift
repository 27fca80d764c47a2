/// The kinds of identifiers, each an uninhabited name for one prefix.
public enum Kinds {
  /// Names a brand: `brd_`.
  public enum Brand: IdentifierKind {
    /// The prefix `brd`.
    public static let prefix = "brd"
  }
  /// Names a bureau: `bur_`.
  public enum Bureau: IdentifierKind {
    /// The prefix `bur`.
    public static let prefix = "bur"
  }
  /// Names a bureau's site: `sit_`.
  public enum Site: IdentifierKind {
    /// The prefix `sit`.
    public static let prefix = "sit"
  }
  /// Names a machine at a site: `mac_`.
  public enum Machine: IdentifierKind {
    /// The prefix `mac`.
    public static let prefix = "mac"
  }
  /// Names a part that a storefront sells: `prt_`.
  public enum Part: IdentifierKind {
    /// The prefix `prt`.
    public static let prefix = "prt"
  }
  /// Names a design: `dsn_`.
  public enum Design: IdentifierKind {
    /// The prefix `dsn`.
    public static let prefix = "dsn"
  }
  /// Names a revision of a design: `rev_`.
  public enum Revision: IdentifierKind {
    /// The prefix `rev`.
    public static let prefix = "rev"
  }
  /// Names a print profile of a revision: `prf_`.
  public enum Profile: IdentifierKind {
    /// The prefix `prf`.
    public static let prefix = "prf"
  }
  /// Names a file of a revision: `fil_`.
  public enum DesignFile: IdentifierKind {
    /// The prefix `fil`.
    public static let prefix = "fil"
  }
  /// Names an upload that can be gone on with: `upl_`.
  public enum Upload: IdentifierKind {
    /// The prefix `upl`.
    public static let prefix = "upl"
  }
  /// Names a licence: `lic_`.
  public enum Licence: IdentifierKind {
    /// The prefix `lic`.
    public static let prefix = "lic"
  }
  /// Names a certification that a bureau holds: `ctn_`.
  public enum Certification: IdentifierKind {
    /// The prefix `ctn`.
    public static let prefix = "ctn"
  }
  /// Names a customer's order: `ord_`.
  public enum Order: IdentifierKind {
    /// The prefix `ord`.
    public static let prefix = "ord"
  }
  /// Names a job: `job_`.
  public enum Job: IdentifierKind {
    /// The prefix `job`.
    public static let prefix = "job"
  }
  /// Names an offer of a job to a bureau: `off_`.
  public enum Offer: IdentifierKind {
    /// The prefix `off`.
    public static let prefix = "off"
  }
  /// Names a print package: `pkg_`.
  public enum PrintPackage: IdentifierKind {
    /// The prefix `pkg`.
    public static let prefix = "pkg"
  }
  /// Names an event: `evt_`.
  public enum Event: IdentifierKind {
    /// The prefix `evt`.
    public static let prefix = "evt"
  }
  /// Names an API key: `key_`.
  public enum APIKey: IdentifierKind {
    /// The prefix `key`.
    public static let prefix = "key"
  }
  /// Names an entry of the ledger: `led_`.
  public enum LedgerEntry: IdentifierKind {
    /// The prefix `led`.
    public static let prefix = "led"
  }
  /// Names an entry of a brand's audit trail: `aud_`.
  public enum AuditEntry: IdentifierKind {
    /// The prefix `aud`.
    public static let prefix = "aud"
  }
  /// Names a stored matching decision: `dec_`.
  public enum Decision: IdentifierKind {
    /// The prefix `dec`.
    public static let prefix = "dec"
  }
  /// Names a shredding of a design or a revision: `shr_`.
  public enum Shredding: IdentifierKind {
    /// The prefix `shr`.
    public static let prefix = "shr"
  }
  /// Names an installation of the broker: `ins_`.
  public enum Installation: IdentifierKind {
    /// The prefix `ins`.
    public static let prefix = "ins"
  }
}

/// Identifies a brand.
public typealias BrandID = Identifier<Kinds.Brand>
/// Identifies a bureau.
public typealias BureauID = Identifier<Kinds.Bureau>
/// Identifies a bureau's site.
public typealias SiteID = Identifier<Kinds.Site>
/// Identifies a machine at a site.
public typealias MachineID = Identifier<Kinds.Machine>
/// Identifies a part that a storefront sells.
public typealias PartID = Identifier<Kinds.Part>
/// Identifies a design.
public typealias DesignID = Identifier<Kinds.Design>
/// Identifies a revision of a design.
public typealias RevisionID = Identifier<Kinds.Revision>
/// Identifies a print profile of a revision.
public typealias ProfileID = Identifier<Kinds.Profile>
/// Identifies a file of a revision.
public typealias FileID = Identifier<Kinds.DesignFile>
/// Identifies an upload that can be gone on with.
public typealias UploadID = Identifier<Kinds.Upload>
/// Identifies a licence.
public typealias LicenceID = Identifier<Kinds.Licence>
/// Identifies a certification that a bureau holds.
public typealias CertificationID = Identifier<Kinds.Certification>
/// Identifies a customer's order.
public typealias OrderID = Identifier<Kinds.Order>
/// Identifies a job.
public typealias JobID = Identifier<Kinds.Job>
/// Identifies an offer of a job to a bureau.
public typealias OfferID = Identifier<Kinds.Offer>
/// Identifies a print package.
public typealias PackageID = Identifier<Kinds.PrintPackage>
/// Identifies an event.
public typealias EventID = Identifier<Kinds.Event>
/// Identifies an API key.
public typealias APIKeyID = Identifier<Kinds.APIKey>
/// Identifies an entry of the ledger.
public typealias LedgerEntryID = Identifier<Kinds.LedgerEntry>
/// Identifies an entry of a brand's audit trail.
public typealias AuditEntryID = Identifier<Kinds.AuditEntry>
/// Identifies a stored matching decision.
public typealias DecisionID = Identifier<Kinds.Decision>
/// Identifies a shredding of a design or a revision.
public typealias ShreddingID = Identifier<Kinds.Shredding>
/// Identifies an installation of the broker: its data, wherever that is restored.
public typealias InstallationID = Identifier<Kinds.Installation>
