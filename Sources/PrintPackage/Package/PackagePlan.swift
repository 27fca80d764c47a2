public import Domain
public import Sealing

/// A package's bytes as a list of what is in memory and what lies in the blob store, so that a
/// server knows their number before it sends the first and holds no payload.
public struct PackagePlan: Sendable {
  /// One stretch of the archive.
  public enum Segment: Sendable, Hashable {
    /// Bytes in memory.
    case bytes([UInt8])
    /// The whole payload of the manifest's file at this index.
    case payload(file: Int)
  }

  /// The stretches in order.
  public let segments: [Segment]
  /// How many bytes the archive has.
  public let totalBytes: Int

  /// Lays out a package from its stored pieces: the manifest's envelope, what it says, the sealed
  /// ticket and a header for each file. Pieces whose lengths are not the manifest's are refused
  /// (`package.layout`), because the archive would not verify.
  public init(
    manifest: Manifest, envelope: [UInt8], ticket: [UInt8], headers: [[UInt8]]
  ) throws(Problem) {
    guard headers.map(\.count) == manifest.files.map(\.headerBytes),
      ticket.count == manifest.ticketBytes
    else {
      throw Problem(
        .invalid, "package.layout", "The package's pieces do not fit its manifest.")
    }
    var segments: [Segment] = []
    var pending: [UInt8] = []
    var total = 0
    func begin(_ name: String, _ contentBytes: Int) throws(Problem) {
      pending += try TarWriter.header(
        name: name, contentBytes: contentBytes, modified: manifest.issuedAt)
      total += TarWriter.entryBytes(contentBytes: contentBytes)
    }
    for (name, content) in [
      (PackageLayout.manifestName, envelope), (PackageLayout.ticketName, ticket),
    ] {
      try begin(name, content.count)
      pending += content + TarWriter.padding(contentBytes: content.count)
    }
    for (index, file) in manifest.files.enumerated() {
      let contentBytes = file.headerBytes + file.payloadBytes
      try begin(file.entryName, contentBytes)
      segments += [.bytes(pending + headers[index]), .payload(file: index)]
      pending = TarWriter.padding(contentBytes: contentBytes)
    }
    segments.append(.bytes(pending + TarWriter.end))
    self.segments = segments
    totalBytes = total + TarWriter.end.count
  }
}

/// What goes into a new package, the headers already made for its recipient.
public struct PackageContents: Sendable {
  /// One sealed file: the vault's payload and a header for the recipient.
  public struct File: Sendable {
    let file: FileID
    let name: String
    let purpose: FilePurpose
    let mediaType: String
    let unit: MeshUnit?
    let header: [UInt8]
    let payloadBytes: Int
    let payloadSHA256: ContentDigest

    /// A file under the name that it has in its revision.
    public init(
      file: FileID, name: String, purpose: FilePurpose, mediaType: String, unit: MeshUnit? = nil,
      header: [UInt8], payloadBytes: Int, payloadSHA256: ContentDigest
    ) {
      self.file = file
      self.name = name
      self.purpose = purpose
      self.mediaType = mediaType
      self.unit = unit
      self.header = header
      self.payloadBytes = payloadBytes
      self.payloadSHA256 = payloadSHA256
    }
  }

  let licence: LicenceID
  let revision: RevisionID
  let profile: ProfileID
  let bureau: BureauID
  let recipient: Recipient
  let release: LedgerEntryID
  let ticket: Ticket
  let files: [File]

  /// The contents of a job's package for the bureau that the keys were released to.
  public init(
    licence: LicenceID, revision: RevisionID, profile: ProfileID, bureau: BureauID,
    recipient: Recipient,
    release: LedgerEntryID, ticket: Ticket, files: [File]
  ) {
    self.licence = licence
    self.revision = revision
    self.profile = profile
    self.bureau = bureau
    self.recipient = recipient
    self.release = release
    self.ticket = ticket
    self.files = files
  }

  /// Seals the ticket to the recipient and writes the manifest over all of it.
  ///
  /// - Throws: `package.manifest` for contents that a verifier would refuse, and what sealing throws.
  public func build(
    issuedAt: Instant, expiresAt: Instant, using generator: inout some RandomNumberGenerator
  ) throws -> (manifest: Manifest, ticket: [UInt8]) {
    let sealed = try AgeSealer.seal(
      try ticket.json(), to: .recipients([recipient]), using: &generator)
    let names = PackageLayout.names(for: files.map(\.name))
    let manifest = Manifest(
      order: ticket.order, job: ticket.job, licence: licence, revision: revision,
      profile: profile,
      profileCommitment: try ticket.profileCommitment(), bureau: bureau,
      recipient: recipient.description, release: release, quantity: ticket.quantity,
      ticketBytes: sealed.count, ticketSHA256: ContentDigest(of: sealed),
      files: zip(files, names).map { file, name in
        ManifestFile(
          file: file.file, name: name, purpose: file.purpose, mediaType: file.mediaType,
          unit: file.unit, headerBytes: file.header.count,
          headerSHA256: ContentDigest(of: file.header),
          payloadBytes: file.payloadBytes, payloadSHA256: file.payloadSHA256)
      }, issuedAt: issuedAt, expiresAt: expiresAt)
    try manifest.check(PackageLimits())
    return (manifest, sealed)
  }
}
