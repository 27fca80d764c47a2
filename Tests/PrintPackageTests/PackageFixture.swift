import Domain
import Sealing
import TestSupport

@testable import PrintPackage

/// A broker, a bureau and a package for it, with a small file, one of several chunks and an empty one.
struct PackageFixture {
  static let now = SimulatedClock().now
  var generator = SeededGenerator(seed: 11)
  let identity: Identity
  let broker: SigningKey
  let bureau: BureauID
  let ticket: Ticket
  let contents: PackageContents
  let plaintexts: [[UInt8]]
  let payloads: [[UInt8]]
  let headers: [[UInt8]]
  let manifest: Manifest
  let sealedTicket: [UInt8]

  init(
    names: [String] = ["leg-cap.stl", "Größe/..\\x.STL", ""], kind: KeyKind = .mlkem768x25519
  ) throws {
    var generator = SeededGenerator(seed: 11)
    func id<Kind>() -> Identifier<Kind> { Identifier(at: Self.now, using: &generator) }
    identity = try Identity.generate(kind, using: &generator)
    broker = try SigningKey.generate(using: &generator)
    bureau = id()
    plaintexts = names.indices.map { generator.bytes([300, 150_000, 0][$0 % 3]) }
    ticket = Ticket(
      order: id(), job: id(), partName: "Leg cap", quantity: 2, profile: try Self.profile(),
      shipTo: try Self.address(), using: &generator)
    var (files, payloads): ([PackageContents.File], [[UInt8]]) = ([], [])
    for (index, (name, plain)) in zip(names, plaintexts).enumerated() {
      let key = FileKey.generate(using: &generator)
      var sealer = PayloadSealer(fileKey: key, using: &generator)
      var payload: [UInt8] = []
      try sealer.seal(plain, into: &payload)
      try sealer.finish(into: &payload)
      payloads.append(payload)
      files.append(
        PackageContents.File(
          file: id(), name: name, purpose: index == 0 ? .geometry : .drawing,
          mediaType: index == 0 ? "model/stl" : "application/pdf",
          header: try AgeHeader.make(
            fileKey: key, for: .recipients([identity.recipient]), using: &generator),
          payloadBytes: payload.count, payloadSHA256: ContentDigest(of: payload)))
    }
    self.payloads = payloads
    headers = files.map(\.header)
    contents = PackageContents(
      licence: id(), revision: id(), profile: id(), bureau: bureau, recipient: identity.recipient,
      release: id(), ticket: ticket, files: files)
    (manifest, sealedTicket) = try contents.build(
      issuedAt: Self.now, expiresAt: Self.now + .seconds(86_400), using: &generator)
    self.generator = generator
  }

  static func profile() throws -> PrintProfile {
    PrintProfile(
      process: .polymerLaserPowderBedFusion, material: try unwrap(Material("PA12")),
      layerHeightMicrometres: 100, tolerance: "ISO 2768-m", finish: "tumbled",
      orientation: "flat",
      inspection: [
        InspectionItem(feature: "bore", nominalMillimetres: 12.1, toleranceMillimetres: 0.2)
      ])
  }

  static func address() throws -> ShipTo {
    ShipTo(
      name: "A. Customer", lines: ["Street 1"], postalCode: "10115", city: "Berlin",
      country: try unwrap(Country("DE")),
      coordinates: try unwrap(Coordinates(latitude: 52.5, longitude: 13.4)))
  }

  var trust: PackageTrust { PackageTrust(brokers: [broker.verificationKey]) }

  func expectation(at now: Instant = Self.now) -> PackageExpectation {
    PackageExpectation(
      now: now, bureau: bureau, recipient: identity.recipient.description, job: ticket.job)
  }

  /// The archive of a manifest, whether it says the truth or not.
  func archive(
    _ manifest: Manifest? = nil, signedBy signer: SigningKey? = nil, ticket: [UInt8]? = nil
  ) throws -> [UInt8] {
    let manifest = manifest ?? self.manifest
    let envelope = try manifest.signed(by: signer ?? broker).json()
    var bytes: [UInt8] = []
    func add(_ name: String, _ content: [UInt8]) throws {
      bytes += try TarWriter.header(
        name: name, contentBytes: content.count, modified: manifest.issuedAt)
      bytes += content + TarWriter.padding(contentBytes: content.count)
    }
    try add("manifest.json", envelope)
    try add("ticket.age", ticket ?? sealedTicket)
    for (index, file) in manifest.files.enumerated() {
      try add(file.entryName, headers[index] + payloads[index])
    }
    return bytes + TarWriter.end
  }

  func open(_ bytes: [UInt8]) throws -> OpenedPackage {
    try PackageOpener.open(bytes, identity: identity, trust: trust, expecting: expectation())
  }

  /// The manifest with some members exchanged.
  func altered(
    bureau: BureauID? = nil, quantity: Int? = nil, ticketBytes: Int? = nil,
    profileCommitment: ContentDigest? = nil, files: [ManifestFile]? = nil
  ) -> Manifest {
    Manifest(
      order: manifest.order, job: manifest.job, licence: manifest.licence,
      revision: manifest.revision, profile: manifest.profile,
      profileCommitment: profileCommitment ?? manifest.profileCommitment,
      bureau: bureau ?? manifest.bureau, recipient: manifest.recipient,
      release: manifest.release, quantity: quantity ?? manifest.quantity,
      ticketBytes: ticketBytes ?? manifest.ticketBytes, ticketSHA256: manifest.ticketSHA256,
      files: files ?? manifest.files, issuedAt: manifest.issuedAt,
      expiresAt: manifest.expiresAt)
  }
}

struct Missing: Error {}

/// The value, or an error that fails the test.
func unwrap<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw Missing() }
  return value
}
