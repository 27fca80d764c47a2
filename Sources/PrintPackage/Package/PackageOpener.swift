import Domain
import FoundationEssentials
public import Sealing

/// A package that verified and opened; its plaintext is in memory only.
public struct OpenedPackage: Sendable {
  /// One file.
  public struct File: Sendable {
    /// What the manifest says of it.
    public let manifest: ManifestFile
    /// Its plaintext.
    public let content: [UInt8]
  }

  /// What the broker signed.
  public let statement: VerifiedStatement<Manifest>
  /// What only the bureau may read.
  public let ticket: Ticket
  /// The files, in the manifest's order.
  public let files: [File]

  /// The manifest.
  public var manifest: Manifest { statement.predicate }
}

/// Verifies a package as ``PackageVerifier`` does and opens it in the same pass, in memory. Nothing
/// is released before all of it has verified.
///
/// Beyond the verifier's refusals there are `package.key` (it is not sealed to this identity, or a
/// header was changed), `package.sealing` (a payload does not authenticate), `package.ticket` (the
/// ticket does not fit the manifest) and `package.too_large` (the plaintext exceeds the limit).
public struct PackageOpener: Sendable {
  private let identity: Identity
  private let plaintextBytesMax: Int
  private var reader: PackageReader
  private var opening = Opening()

  fileprivate struct Opening: Sendable {
    var manifest: Manifest?
    var ticket: Ticket?
    var payload: PayloadOpener?
    var content: [UInt8] = []
    var files: [OpenedPackage.File] = []
    var plaintextBytes = 0
  }

  /// An opener at the first byte of a package.
  ///
  /// - Parameter plaintextBytesMax: how much memory the files may take together; a package that needs
  ///   more is refused as soon as its manifest is read.
  public init(
    identity: Identity, trust: PackageTrust, expecting expectation: PackageExpectation,
    plaintextBytesMax: Int = 2 << 30
  ) {
    self.identity = identity
    self.plaintextBytesMax = plaintextBytesMax
    reader = PackageReader(trust: trust, expecting: expectation)
  }

  /// Takes the next bytes. After an error every call throws.
  public mutating func update(_ bytes: some Collection<UInt8>) throws {
    var opening = opening
    self.opening = Opening()
    let (identity, limit) = (identity, plaintextBytesMax)
    try reader.update(ArraySlice(bytes)) { event in
      try opening.take(event, identity: identity, plaintextBytesMax: limit)
    }
    self.opening = opening
  }

  /// The opened package, once it is complete and all of it has verified.
  public func finish() throws -> OpenedPackage {
    let statement = try reader.finish()
    guard let ticket = opening.ticket, opening.files.count == statement.predicate.files.count
    else { throw Problem.failed("a complete package without its ticket or files") }
    return OpenedPackage(statement: statement, ticket: ticket, files: opening.files)
  }

  /// Opens a package that is in memory as a whole.
  public static func open(
    _ bytes: some Collection<UInt8>, identity: Identity, trust: PackageTrust,
    expecting expectation: PackageExpectation
  ) throws -> OpenedPackage {
    var opener = PackageOpener(identity: identity, trust: trust, expecting: expectation)
    try opener.update(bytes)
    return try opener.finish()
  }
}

extension PackageOpener.Opening {
  mutating func take(
    _ event: PackageReader.Event, identity: Identity, plaintextBytesMax: Int
  ) throws {
    switch event {
    case .manifest(let manifest):
      self.manifest = manifest
      var total = 0
      for file in manifest.files {
        guard let bytes = PayloadOpener.plaintextByteCount(of: file.payloadBytes) else {
          throw Problem(
            .invalid, "package.manifest", "A payload has a length that no sealed file has.")
        }
        total += bytes
      }
      guard total <= plaintextBytesMax else {
        throw Problem(
          .tooLarge, "package.too_large",
          "The package's files take \(total) bytes of memory; the limit is \(plaintextBytesMax).")
      }
    case .ticket(let sealed): try openTicket(sealed, identity: identity)
    case .header(_, _, let header):
      do {
        payload = PayloadOpener(fileKey: try header.unwrap(with: .identities([identity])))
      } catch {
        throw Problem(
          .invalid, "package.key", "A file of the package is not sealed to this bureau's key.",
          privateDetail: "\(error)")
      }
      content = []
    case .payload(_, let bytes):
      try sealing { try payload?.open(bytes, into: &content) }
    case .fileEnd(let index):
      try sealing { try payload?.finish(into: &content) }
      guard let file = manifest?.files[index] else { return }
      files.append(OpenedPackage.File(manifest: file, content: content))
      content = []
    }
  }

  private mutating func openTicket(_ sealed: [UInt8], identity: Identity) throws {
    let plain: [UInt8]
    do {
      plain = try AgeOpener.open(sealed, with: .identities([identity]), armor: .refused)
    } catch {
      throw Problem(
        .invalid, "package.key", "The ticket is not sealed to this bureau's key.",
        privateDetail: "\(error)")
    }
    guard let manifest, let ticket = try? JSONDecoder().decode(Ticket.self, from: Data(plain)),
      ticket.order == manifest.order, ticket.job == manifest.job,
      ticket.quantity == manifest.quantity,
      (try? ticket.profileCommitment()) == manifest.profileCommitment
    else {
      throw Problem(.invalid, "package.ticket", "The ticket does not fit the manifest.")
    }
    self.ticket = ticket
  }

  private func sealing(_ body: () throws -> Void) throws {
    do { try body() } catch {
      throw Problem(
        .invalid, "package.sealing", "A file of the package does not open.",
        privateDetail: "\(error)")
    }
  }
}
