import Crypto
import Domain
import Sealing

/// Reads a package as a stream and checks every byte against the manifest, which it verifies before
/// it looks at anything else. What comes out of ``update(_:_:)`` is not yet known to be right: a
/// digest shows at the end of its file. Only when ``finish()`` has returned is the package whole.
struct PackageReader: Sendable {
  enum Event {
    case manifest(Manifest)
    case ticket([UInt8])
    case header(file: Int, [UInt8], AgeHeader)
    case payload(file: Int, ArraySlice<UInt8>)
    case fileEnd(file: Int)
  }

  private enum Entry { case manifest, ticket, header(Int), payload(Int) }

  private let trust: PackageTrust
  private let expectation: PackageExpectation
  private var tar: TarReader
  private var nextEntry = 0
  private var entry = Entry.manifest
  private var buffer: [UInt8] = []
  private var hash = SHA256()
  private(set) var statement: VerifiedStatement<Manifest>?

  init(trust: PackageTrust, expecting expectation: PackageExpectation) {
    self.trust = trust
    self.expectation = expectation
    let limits = expectation.limits
    tar = TarReader(
      limits: TarReader.Limits(
        entryCountMax: Manifest.fileCountMax + 2, contentBytesMax: limits.fileBytesMax,
        totalBytesMax: limits.totalBytesMax))
  }

  mutating func update(_ bytes: ArraySlice<UInt8>, _ handle: (Event) throws -> Void) throws {
    // The reader is taken out and put back because its handler changes the rest of this value.
    var reader = tar
    defer { tar = reader }
    try reader.update(bytes) { event in
      switch event {
      case .file(let name, let contentBytes): try begin(name, contentBytes)
      case .content(let content): try take(content, handle)
      case .fileEnd: try end(handle)
      }
    }
  }

  /// The verified statement of a complete package.
  func finish() throws -> VerifiedStatement<Manifest> {
    try tar.finish()
    guard let statement, nextEntry == statement.predicate.files.count + 2 else {
      throw Self.layout("Files of the manifest are missing.")
    }
    return statement
  }

  private mutating func begin(_ name: String, _ contentBytes: Int) throws {
    let limits = expectation.limits
    buffer = []
    hash = SHA256()
    defer { nextEntry += 1 }
    guard let manifest = statement?.predicate else {
      guard nextEntry == 0, name == PackageLayout.manifestName,
        contentBytes <= limits.manifestBytesMax
      else { throw Self.layout("It does not begin with a manifest.") }
      entry = .manifest
      return
    }
    if nextEntry == 1 {
      guard name == PackageLayout.ticketName, contentBytes == manifest.ticketBytes else {
        throw Self.layout("The ticket does not follow the manifest.")
      }
      entry = .ticket
      return
    }
    let index = nextEntry - 2
    guard index < manifest.files.count, name == manifest.files[index].entryName,
      contentBytes == manifest.files[index].headerBytes + manifest.files[index].payloadBytes
    else { throw Self.layout("A file is not the manifest's next one, or has another size.") }
    entry = .header(index)
  }

  private mutating func take(
    _ content: ArraySlice<UInt8>, _ handle: (Event) throws -> Void
  ) throws {
    switch entry {
    case .manifest, .ticket: buffer += content
    case .header(let index):
      guard let file = statement?.predicate.files[index] else { return }
      let part = content.prefix(file.headerBytes - buffer.count)
      buffer += part
      guard buffer.count == file.headerBytes else { return }
      try endHeader(of: file, at: index, handle)
      let rest = content.dropFirst(part.count)
      if !rest.isEmpty { try take(rest, handle) }
    case .payload(let index):
      hash.update(data: content)
      try handle(.payload(file: index, content))
    }
  }

  private mutating func endHeader(
    of file: ManifestFile, at index: Int, _ handle: (Event) throws -> Void
  ) throws {
    guard ContentDigest(of: buffer) == file.headerSHA256 else { throw Self.digest(file.entryName) }
    guard let header = try? AgeHeader.parse(buffer), header.encodedByteCount == buffer.count else {
      throw Self.layout("A file does not begin with an age header.")
    }
    try handle(.header(file: index, buffer, header))
    buffer = []
    entry = .payload(index)
  }

  private mutating func end(_ handle: (Event) throws -> Void) throws {
    switch entry {
    case .manifest:
      let envelope: Envelope
      do { envelope = try Envelope(json: buffer) } catch {
        throw Problem(.invalid, "package.signature", "The manifest is not a signed envelope.")
      }
      let verified = try Manifest.verified(envelope, trusted: trust.brokers)
      try expectation.check(verified.predicate)
      statement = verified
      try handle(.manifest(verified.predicate))
    case .ticket:
      guard ContentDigest(of: buffer) == statement?.predicate.ticketSHA256 else {
        throw Self.digest(PackageLayout.ticketName)
      }
      try handle(.ticket(buffer))
    case .header: throw Self.layout("A file ends within its header.")
    case .payload(let index):
      guard let file = statement?.predicate.files[index],
        ContentDigest(finishing: hash) == file.payloadSHA256
      else { throw Self.digest(PackageLayout.entryName("…")) }
      try handle(.fileEnd(file: index))
    }
    buffer = []
  }

  private static func layout(_ detail: String) -> Problem {
    Problem(.invalid, "package.layout", "The archive is not laid out as a package. \(detail)")
  }

  private static func digest(_ name: String) -> Problem {
    Problem(
      .invalid, "package.digest", "\(name) is not what the manifest signs: fetch it again.")
  }
}
