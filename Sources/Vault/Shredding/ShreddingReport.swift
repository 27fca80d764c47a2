public import Domain
public import Ledger

/// How far a shredding is.
public enum ShreddingState: String, Sendable, Hashable, Codable, CaseIterable {
  /// The keys are gone from the rows; their remains, or payloads, are not gone from the disk yet.
  case erasing
  /// Nothing is left of keys and payloads in the data directory.
  case erased
  /// And no version of the wrapping key is left that a backup from before could be opened with.
  case complete
}

/// A shredding, as a list shows it.
public struct ShreddingView: Sendable, Hashable, Codable {
  /// Its identifier.
  public let id: ShreddingID
  /// The design.
  public let design: DesignID
  /// The design's name.
  public let designName: String
  /// The revision; left out where it was the whole design.
  public let revision: RevisionID?
  /// How far it is.
  public let state: ShreddingState
  /// When the keys were destroyed.
  public let at: Instant
  /// When nothing was left of them and of the payloads in the data directory.
  public let erasedAt: Instant?

  private enum CodingKeys: String, CodingKey {
    case id, design, revision, state, at
    case designName = "design_name"
    case erasedAt = "erased_at"
  }
}

/// What a shredding destroyed, what is left to do until it is complete, and who has the design all the same.
public struct ShreddingReport: Sendable, Hashable, Codable {
  /// Its identifier.
  public let id: ShreddingID
  /// The design.
  public let design: DesignID
  /// The design's name.
  public let designName: String
  /// The revision; left out where it was the whole design.
  public let revision: RevisionID?
  /// How far it is.
  public let state: ShreddingState
  /// When the keys were destroyed.
  public let at: Instant
  /// When nothing was left of them and of the payloads in the data directory.
  public let erasedAt: Instant?
  /// The API key that asked.
  public let key: APIKeyID
  /// The ledger's entry.
  public let ledgerEntry: LedgerEntryID
  /// The revisions that were shredded with it, by their numbers.
  public let revisions: [ShreddedRevision]
  /// The files whose keys were destroyed.
  public let files: [ShreddedFile]
  /// How many uploads it ended.
  public let endedUploads: Int
  /// The versions of the wrapping key that backups from before could be opened with.
  public let keyVersions: [ShreddingKeyVersion]
  /// The bureaus that were given keys of the files.
  public let bureaus: [ShreddingBureau]
  /// Who of the brand has read originals, as the audit trail knows.
  public let readers: [ShreddingReader]
  /// The archives of the brand's vault that may have the files, oldest first.
  public let archives: [ShreddingArchive]
  /// What is left to do; empty once it is complete.
  public let left: [String]
  /// What no shredding does.
  public let limits: [String]

  private enum CodingKeys: String, CodingKey {
    case id, design, revision, state, at, key, revisions, files, bureaus, readers, archives
    case left, limits
    case designName = "design_name"
    case erasedAt = "erased_at"
    case ledgerEntry = "ledger_entry"
    case endedUploads = "ended_uploads"
    case keyVersions = "key_versions"
  }
}

/// A revision that was shredded.
public struct ShreddedRevision: Sendable, Hashable, Codable {
  /// The revision.
  public let id: RevisionID
  /// Its number.
  public let number: Int
}

/// A file whose key was destroyed. Its name and sizes stay.
public struct ShreddedFile: Sendable, Hashable, Codable {
  /// The file.
  public let id: FileID
  /// The revision that it is of.
  public let revision: RevisionID
  /// Its name.
  public let name: String
  /// What it was for.
  public let purpose: FilePurpose
  /// Its length in bytes.
  public let bytes: Int
  /// Whether its sealed payload is deleted, too.
  public let isErased: Bool

  private enum CodingKeys: String, CodingKey {
    case id, revision, name, purpose, bytes
    case isErased = "payload_erased"
  }
}

/// A version of the wrapping key under which backups may have the keys of shredded files.
public struct ShreddingKeyVersion: Sendable, Hashable, Codable {
  /// How it stands.
  public enum Standing: String, Sendable, Hashable, Codable, CaseIterable {
    /// Other secrets are wrapped under it.
    case inUse = "in_use"
    /// Nothing is; it can be retired.
    case unused
    /// Given up, but its key is still in the key ring.
    case retired
    /// Its key is gone.
    case destroyed
  }

  /// Its number.
  public let number: Int
  /// How it stands.
  public let standing: Standing
  /// When it was given up, if it was.
  public let retiredAt: Instant?
  /// Backups of the database from before this moment need it; nil while newer ones may.
  public let neededBefore: Instant?

  private enum CodingKeys: String, CodingKey {
    case number, standing
    case retiredAt = "retired_at"
    case neededBefore = "needed_before"
  }
}

/// A bureau that was given keys. It can keep what it has fetched.
public struct ShreddingBureau: Sendable, Hashable, Codable {
  /// The bureau.
  public let id: BureauID
  /// Its name.
  public let name: String
  /// For how many jobs.
  public let releases: Int
  /// For how many of them it has fetched the package, as the audit trail knows.
  public let fetched: Int
  /// When the first time.
  public let firstAt: Instant
  /// When the last time.
  public let lastAt: Instant

  private enum CodingKeys: String, CodingKey {
    case id, name, releases, fetched
    case firstAt = "first_at"
    case lastAt = "last_at"
  }
}

/// One of the brand's keys that originals were read with.
public struct ShreddingReader: Sendable, Hashable, Codable {
  /// The key.
  public let key: APIKeyID
  /// Its role then.
  public let role: String
  /// Whose it is, or what it is for.
  public let label: String?
  /// How often an original was handed out.
  public let reads: Int
  /// When the first time.
  public let firstAt: Instant
  /// When the last time.
  public let lastAt: Instant

  private enum CodingKeys: String, CodingKey {
    case key, role, label, reads
    case firstAt = "first_at"
    case lastAt = "last_at"
  }
}

/// An archive that was handed out, or of which a part was: it opens with the key that it was sealed to, here
/// and anywhere.
public struct ShreddingArchive: Sendable, Hashable, Codable {
  /// When.
  public let at: Instant
  /// Who fetched it.
  public let by: AuditActor.Kind
  /// With which of the brand's keys; left out for the operator.
  public let key: APIKeyID?
  /// The key's role then.
  public let role: String?
  /// Whose the key is, or what it is for.
  public let label: String?
  /// How much it had, and the beginning of the recipient that it is sealed to.
  public let detail: String
}

/// A key release of a shredded revision.
public struct ShreddingRelease: Sendable, Hashable, Codable {
  /// The ledger's entry, which proves it.
  public let id: LedgerEntryID
  /// The job.
  public let job: JobID
  /// The order.
  public let order: OrderID
  /// The bureau that was given the keys.
  public let bureau: BureauID
  /// The revision.
  public let revision: RevisionID
  /// When.
  public let at: Instant
}
