public import Domain

/// What a print package is: everything that stays the same for a job at a bureau, signed by the
/// broker. Attempt and epoch are in the ``LeaseGrant``.
///
/// It holds digests of sealed bytes only; a digest of plaintext would confirm guesses. The profile
/// appears as a salted commitment whose salt is in the sealed ticket.
public struct Manifest: StatementPredicate {
  /// `urn:everpart:print-package:1`.
  public static let predicateType = "urn:everpart:print-package:1"
  /// `package`.
  public static let problemPrefix = "package"
  /// `package.manifest`.
  public static let contentCode = "package.manifest"
  /// A package never has more files than this.
  public static let fileCountMax = 100

  /// The order that the job serves.
  public let order: OrderID
  /// The job.
  public let job: JobID
  /// The licence that the release counted against.
  public let licence: LicenceID
  /// The design's revision.
  public let revision: RevisionID
  /// The revision's print profile; left out in packages from when a revision had one alone.
  public let profile: ProfileID?
  /// SHA-256 of the ticket's salt and the profile's JSON; see ``Ticket/profileCommitment()``.
  public let profileCommitment: ContentDigest
  /// The bureau that may print.
  public let bureau: BureauID
  /// The age recipient that everything is sealed to.
  public let recipient: String
  /// The ledger's entry of the key release.
  public let release: LedgerEntryID
  /// How many units.
  public let quantity: Int
  /// The sealed ticket's length.
  public let ticketBytes: Int
  /// SHA-256 of the sealed ticket.
  public let ticketSHA256: ContentDigest
  /// The sealed files, in the order of the archive.
  public let files: [ManifestFile]
  /// When the broker signed it.
  public let issuedAt: Instant
  /// From when on it must not be used, by the wall clock and with tolerance.
  public let expiresAt: Instant

  /// A manifest from its members.
  public init(
    order: OrderID, job: JobID, licence: LicenceID, revision: RevisionID,
    profile: ProfileID?, profileCommitment: ContentDigest, bureau: BureauID, recipient: String,
    release: LedgerEntryID,
    quantity: Int, ticketBytes: Int, ticketSHA256: ContentDigest, files: [ManifestFile],
    issuedAt: Instant, expiresAt: Instant
  ) {
    self.order = order
    self.job = job
    self.licence = licence
    self.revision = revision
    self.profile = profile
    self.profileCommitment = profileCommitment
    self.bureau = bureau
    self.recipient = recipient
    self.release = release
    self.quantity = quantity
    self.ticketBytes = ticketBytes
    self.ticketSHA256 = ticketSHA256
    self.files = files
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
  }

  /// The same package under another period: what the broker signs when a job outlives its manifest.
  public func renewed(issuedAt: Instant, expiresAt: Instant) -> Manifest {
    Manifest(
      order: order, job: job, licence: licence, revision: revision, profile: profile,
      profileCommitment: profileCommitment, bureau: bureau, recipient: recipient,
      release: release, quantity: quantity, ticketBytes: ticketBytes, ticketSHA256: ticketSHA256,
      files: files, issuedAt: issuedAt, expiresAt: expiresAt)
  }

  /// The ticket, and a header and a payload for every file.
  public var subjects: [StatementSubject] {
    [StatementSubject(name: PackageLayout.ticketName, sha256: ticketSHA256)]
      + files.flatMap { file in
        [
          StatementSubject(name: "\(file.entryName)#header", sha256: file.headerSHA256),
          StatementSubject(name: "\(file.entryName)#payload", sha256: file.payloadSHA256),
        ]
      }
  }

  /// Refuses a manifest that no builder makes (`package.manifest`), before its numbers are used.
  func check(_ limits: PackageLimits) throws(Problem) {
    let sizes = files.map { PackageLayout.sum($0.headerBytes, $0.payloadBytes) }
    guard (1...Self.fileCountMax).contains(files.count), quantity > 0,
      (1...limits.ticketBytesMax).contains(ticketBytes), issuedAt <= expiresAt,
      Set(files.map { $0.name.lowercased() }).count == files.count,
      Set(files.map(\.file)).count == files.count,
      files.count(where: { $0.purpose == .geometry }) == 1,
      files.allSatisfy({
        PackageLayout.isSafe($0.name) && $0.headerBytes > 0 && $0.payloadBytes > 0
          && $0.headerBytes <= limits.headerBytesMax
      }),
      sizes.allSatisfy({ $0.map { $0 <= limits.fileBytesMax } ?? false })
    else {
      throw Problem(
        .invalid, Self.contentCode, "The manifest has impossible files, names, sizes or dates.")
    }
  }

  private enum CodingKeys: String, CodingKey {
    case order, job, licence, revision, profile, bureau, recipient, release, quantity, files
    case profileCommitment = "profile_commitment"
    case ticketBytes = "ticket_bytes"
    case ticketSHA256 = "ticket_sha256"
    case issuedAt = "issued_at"
    case expiresAt = "expires_at"
  }
}

/// A sealed file of a package: an age header for this bureau, then the payload as the vault keeps it.
public struct ManifestFile: Hashable, Sendable, Codable {
  /// The vault's file.
  public let file: FileID
  /// Its name in the archive, between `files/` and `.age`: letters, digits, `.`, `_` and `-`.
  public let name: String
  /// What it is for; a package has exactly one file that is geometry.
  public let purpose: FilePurpose
  /// The media type of the plaintext.
  public let mediaType: String
  /// What a mesh's coordinates are in: the broker's sizes, and what the part was ordered by, are those of the
  /// file read so. Left out for a document, and in packages from when all were in millimetres.
  public let unit: MeshUnit?
  /// The header's length.
  public let headerBytes: Int
  /// SHA-256 of the header.
  public let headerSHA256: ContentDigest
  /// The payload's length.
  public let payloadBytes: Int
  /// SHA-256 of the payload.
  public let payloadSHA256: ContentDigest

  /// A file from its members.
  public init(
    file: FileID, name: String, purpose: FilePurpose, mediaType: String, unit: MeshUnit? = nil,
    headerBytes: Int, headerSHA256: ContentDigest, payloadBytes: Int, payloadSHA256: ContentDigest
  ) {
    self.file = file
    self.name = name
    self.purpose = purpose
    self.mediaType = mediaType
    self.unit = unit
    self.headerBytes = headerBytes
    self.headerSHA256 = headerSHA256
    self.payloadBytes = payloadBytes
    self.payloadSHA256 = payloadSHA256
  }

  /// The name of the archive's entry.
  public var entryName: String { PackageLayout.entryName(name) }

  /// Decodes a file; one without a purpose is geometry, as all were once.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      file: try container.decode(FileID.self, forKey: .file),
      name: try container.decode(String.self, forKey: .name),
      purpose: try container.decodeIfPresent(FilePurpose.self, forKey: .purpose) ?? .geometry,
      mediaType: try container.decode(String.self, forKey: .mediaType),
      unit: try container.decodeIfPresent(MeshUnit.self, forKey: .unit),
      headerBytes: try container.decode(Int.self, forKey: .headerBytes),
      headerSHA256: try container.decode(ContentDigest.self, forKey: .headerSHA256),
      payloadBytes: try container.decode(Int.self, forKey: .payloadBytes),
      payloadSHA256: try container.decode(ContentDigest.self, forKey: .payloadSHA256))
  }

  private enum CodingKeys: String, CodingKey {
    case file, name, purpose, unit
    case mediaType = "media_type"
    case headerBytes = "header_bytes"
    case headerSHA256 = "header_sha256"
    case payloadBytes = "payload_bytes"
    case payloadSHA256 = "payload_sha256"
  }
}
