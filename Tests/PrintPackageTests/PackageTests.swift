import Domain
import Sealing
import TestSupport
import Testing

@testable import PrintPackage

/// The code of the problem that a closure throws, or nil.
private func code(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch { return (error as? Problem)?.code ?? "\(error)" }
}

@Suite("Print packages")
struct PackageTests {
  @Test("a package opens with the bureau's key and gives back what was sealed")
  func roundTrip() throws {
    let fixture = try PackageFixture()
    let opened = try fixture.open(try fixture.archive())
    #expect(opened.files.map(\.content) == fixture.plaintexts)
    #expect(opened.ticket == fixture.ticket)
    #expect(opened.manifest == fixture.manifest)
    #expect(opened.files.map(\.manifest.name) == ["leg-cap.stl", "Gr__e_.._x.STL", "file"])
  }

  @Test("the plan of a package is the archive that verifies, and knows its length")
  func plan() throws {
    let fixture = try PackageFixture()
    let envelope = try fixture.manifest.signed(by: fixture.broker).json()
    let plan = try PackagePlan(
      manifest: fixture.manifest, envelope: envelope, ticket: fixture.sealedTicket,
      headers: fixture.headers)
    let bytes = plan.segments.flatMap { segment in
      switch segment {
      case .bytes(let bytes): bytes
      case .payload(let file): fixture.payloads[file]
      }
    }
    #expect(bytes.count == plan.totalBytes)
    let verified = try PackageVerifier.verify(
      bytes, trust: fixture.trust, expecting: fixture.expectation())
    #expect(verified.predicate == fixture.manifest)
    #expect(code { try rejectPlan(fixture, envelope) } == "package.layout")
  }

  private func rejectPlan(_ fixture: PackageFixture, _ envelope: [UInt8]) throws {
    _ = try PackagePlan(
      manifest: fixture.manifest, envelope: envelope, ticket: fixture.sealedTicket + [0],
      headers: fixture.headers)
  }

  @Test("how the bytes are cut does not matter", arguments: [1, 7, 511, 513, 70_000])
  func pieces(size: Int) throws {
    let fixture = try PackageFixture(names: ["a.stl", "b.stl"])
    let bytes = try fixture.archive()
    var opener = PackageOpener(
      identity: fixture.identity, trust: fixture.trust, expecting: fixture.expectation())
    var verifier = PackageVerifier(trust: fixture.trust, expecting: fixture.expectation())
    for start in stride(from: 0, to: bytes.count, by: size) {
      let piece = bytes[start..<min(bytes.count, start + size)]
      try opener.update(piece)
      try verifier.update(piece)
    }
    #expect(try opener.finish().files.map(\.content) == fixture.plaintexts)
    #expect(try verifier.finish().predicate == fixture.manifest)
  }

  @Test("every changed byte is refused before anything is released")
  func everyByte() throws {
    let fixture = try PackageFixture(names: ["a.stl"], kind: .x25519)
    let bytes = try fixture.archive()
    // Every byte of the archive's frame, and a sample of the long manifest.
    var generator = SeededGenerator(seed: 5)
    for index in bytes.indices where index < 600 || Int.random(in: 0..<23, using: &generator) == 0 {
      var changed = bytes
      changed[index] ^= 1 << UInt8(index % 8)
      let refusal = code {
        _ = try PackageVerifier.verify(
          changed, trust: fixture.trust, expecting: fixture.expectation())
      }
      // A key id is a hint, and white space between tokens would be none of its content.
      if let refusal {
        #expect(refusal.hasPrefix("package."), "byte \(index)")
      } else {
        let opened = try fixture.open(changed)
        #expect(
          opened.manifest == fixture.manifest && opened.files[0].content == fixture.plaintexts[0])
      }
    }
  }

  @Test("a package cut off anywhere is refused")
  func truncated() throws {
    let fixture = try PackageFixture(names: ["a.stl"], kind: .x25519)
    let bytes = try fixture.archive()
    for count in stride(from: 0, to: bytes.count, by: 97) {
      #expect(code { _ = try fixture.open(Array(bytes[..<count])) } == "package.layout")
    }
    #expect(code { _ = try fixture.open(bytes + [0]) } == "package.layout")
  }

  @Test("a payload, header or ticket that was exchanged is refused by its digest")
  func digests() throws {
    let fixture = try PackageFixture(names: ["a.stl"])
    let bytes = try fixture.archive()
    var payload = bytes
    payload[bytes.count - 1024 - 512 + 5] ^= 1
    let header = try unwrap(bytes.firstRange(of: Array("files/a.stl.age".utf8))).lowerBound + 512
    var changedHeader = bytes
    changedHeader[header + 40] ^= 1
    var ticket = fixture.sealedTicket
    ticket[ticket.count - 1] ^= 1
    for changed in [payload, changedHeader, try fixture.archive(ticket: ticket)] {
      #expect(code { _ = try fixture.open(changed) } == "package.digest")
    }
  }

  @Test("a manifest of another broker is untrusted, and one that only claims the broker is forged")
  func signatures() throws {
    var fixture = try PackageFixture(names: ["a.stl"])
    let other = try SigningKey.generate(using: &fixture.generator)
    #expect(
      code { _ = try fixture.open(try fixture.archive(signedBy: other)) } == "package.untrusted")
    let text = String(
      decoding: try fixture.manifest.signed(by: other).json(), as: UTF8.self
    ).replacing(other.verificationKey.keyid, with: fixture.broker.verificationKey.keyid)
    let forged = try Envelope(json: Array(text.utf8))
    #expect(
      code { _ = try Manifest.verified(forged, trusted: fixture.trust.brokers) }
        == "package.signature")
    let grant = try LeaseGrant(
      job: fixture.ticket.job, bureau: fixture.bureau, epoch: 1, attempt: 1,
      manifestSHA256: ContentDigest(of: []), issuedAt: PackageFixture.now, termSeconds: 60
    ).signed(by: fixture.broker)
    #expect(
      code { _ = try Manifest.verified(grant, trusted: fixture.trust.brokers) }
        == "package.manifest")
  }

  @Test("a package for another bureau, key or job is refused")
  func others() throws {
    var fixture = try PackageFixture(names: ["a.stl"])
    let bytes = try fixture.archive()
    let stranger = BureauID(at: PackageFixture.now, using: &fixture.generator)
    let job = JobID(at: PackageFixture.now, using: &fixture.generator)
    let now = PackageFixture.now
    for (expectation, expected) in [
      (PackageExpectation(now: now, bureau: stranger), "package.other_bureau"),
      (PackageExpectation(now: now, recipient: "age1other"), "package.other_bureau"),
      (PackageExpectation(now: now, job: job), "package.other_job"),
    ] {
      #expect(
        code {
          _ = try PackageVerifier.verify(bytes, trust: fixture.trust, expecting: expectation)
        } == expected)
    }
    let other = try Identity.generate(using: &fixture.generator)
    #expect(
      code {
        _ = try PackageOpener.open(
          bytes, identity: other, trust: fixture.trust, expecting: PackageExpectation(now: now))
      } == "package.key")
  }

  @Test("a package is refused after it expires and before it begins, with tolerance for clocks")
  func expiry() throws {
    let fixture = try PackageFixture(names: ["a.stl"])
    let bytes = try fixture.archive()
    func refusal(_ seconds: Int) -> String? {
      code {
        _ = try PackageVerifier.verify(
          bytes, trust: fixture.trust,
          expecting: fixture.expectation(at: PackageFixture.now + .seconds(seconds)))
      }
    }
    #expect(
      [-301, -300, 86_700, 86_701].map(refusal)
        == ["package.not_yet_valid", nil, nil, "package.expired"])
  }

  @Test("what the broker signs must be possible: names, sizes, quantities")
  func impossibleManifests() throws {
    let fixture = try PackageFixture(names: ["a.stl", "b.stl"])
    let file = fixture.manifest.files[0]
    func renamed(
      _ name: String, payloadBytes: Int? = nil, purpose: FilePurpose = .geometry
    ) -> ManifestFile {
      ManifestFile(
        file: file.file, name: name, purpose: purpose, mediaType: file.mediaType,
        headerBytes: file.headerBytes,
        headerSHA256: file.headerSHA256, payloadBytes: payloadBytes ?? file.payloadBytes,
        payloadSHA256: file.payloadSHA256)
    }
    let bad = [
      fixture.altered(files: []), fixture.altered(quantity: 0), fixture.altered(ticketBytes: .max),
      fixture.altered(files: [file, file]),
      fixture.altered(files: [renamed("B.STL"), fixture.manifest.files[1]]),
      fixture.altered(files: [renamed("../a")]), fixture.altered(files: [renamed("a/b")]),
      fixture.altered(files: [renamed(".a")]), fixture.altered(files: [renamed("a\0b")]),
      fixture.altered(files: [renamed("a", payloadBytes: .max)]),
      fixture.altered(files: [renamed("a", payloadBytes: -1)]),
      fixture.altered(files: [renamed("a", purpose: .drawing)]),
      fixture.altered(files: [fixture.manifest.files[1]]),
      fixture.altered(files: Array(repeating: file, count: 101)),
    ]
    for manifest in bad {
      let envelope = try manifest.signed(by: fixture.broker)
      let verified = try Manifest.verified(envelope, trusted: fixture.trust.brokers)
      #expect(
        code { try fixture.expectation().check(verified.predicate) } == "package.manifest")
    }
  }

  @Test("files that the manifest does not name, or in another order, are refused")
  func layout() throws {
    let fixture = try PackageFixture(names: ["a.stl", "b.stl"])
    let files = fixture.manifest.files
    // The archive lacks the second file of its manifest.
    let envelope = try fixture.manifest.signed(by: fixture.broker).json()
    var short: [UInt8] = []
    for (name, content) in [
      ("manifest.json", envelope), ("ticket.age", fixture.sealedTicket),
      (files[0].entryName, fixture.headers[0] + fixture.payloads[0]),
    ] {
      short += try TarWriter.header(
        name: name, contentBytes: content.count, modified: PackageFixture.now)
      short += content + TarWriter.padding(contentBytes: content.count)
    }
    #expect(code { _ = try fixture.open(short + TarWriter.end) } == "package.layout")
    let extra = try TarWriter.header(
      name: "files/c.age", contentBytes: 0, modified: PackageFixture.now)
    let whole = try fixture.archive()
    let more = Array(whole.dropLast(1024)) + extra + TarWriter.end
    #expect(code { _ = try fixture.open(more) } == "package.layout")
    let swapped = fixture.altered(files: [files[1], files[0]])
    let signed = try fixture.archive(swapped)
    #expect(code { _ = try fixture.open(signed) } == "package.layout")
  }

  @Test("a ticket that says something else than its manifest is refused")
  func tickets() throws {
    let fixture = try PackageFixture(names: ["a.stl"])
    for manifest in [
      fixture.altered(quantity: 3), fixture.altered(profileCommitment: ContentDigest(of: [])),
    ] {
      #expect(code { _ = try fixture.open(try fixture.archive(manifest)) } == "package.ticket")
    }
  }

  @Test("a package whose plaintext does not fit the memory given is refused at its manifest")
  func memory() throws {
    let fixture = try PackageFixture()
    var opener = PackageOpener(
      identity: fixture.identity, trust: fixture.trust, expecting: fixture.expectation(),
      plaintextBytesMax: 150_299)
    let bytes = try fixture.archive()
    #expect(code { try opener.update(bytes[..<40_000]) } == "package.too_large")
    #expect(code { try opener.update(bytes[40_000...]) } == "package.layout")
  }

  @Test("a lease grant holds for exactly its package")
  func grants() throws {
    var fixture = try PackageFixture(names: ["a.stl"])
    let verified = try PackageVerifier.verify(
      try fixture.archive(), trust: fixture.trust, expecting: fixture.expectation())
    let other = JobID(at: PackageFixture.now, using: &fixture.generator)
    let stranger = BureauID(at: PackageFixture.now, using: &fixture.generator)
    func grant(
      job: JobID? = nil, bureau: BureauID? = nil, epoch: Int = 3, attempt: Int = 2,
      by signer: SigningKey? = nil
    ) throws -> Envelope {
      try LeaseGrant(
        job: job ?? fixture.ticket.job, bureau: bureau ?? fixture.bureau, epoch: epoch,
        attempt: attempt, manifestSHA256: verified.digest, issuedAt: PackageFixture.now,
        termSeconds: 120
      ).signed(by: signer ?? fixture.broker)
    }
    func opened(_ envelope: Envelope) throws -> LeaseGrant {
      try LeaseGrant.verified(
        envelope, trust: fixture.trust, job: fixture.ticket.job, bureau: fixture.bureau, epoch: 3,
        attempt: 2)
    }
    #expect(try opened(try grant()).manifestSHA256 == verified.digest)
    let forger = try SigningKey.generate(using: &fixture.generator)
    for (envelope, expected) in [
      (try grant(job: other), "grant.mismatch"),
      (try grant(bureau: stranger), "grant.mismatch"),
      (try grant(epoch: 4), "grant.mismatch"),
      (try grant(attempt: 1), "grant.mismatch"),
      (try grant(by: forger), "grant.untrusted"),
      (try fixture.manifest.signed(by: fixture.broker), "grant.statement"),
    ] {
      #expect(code { _ = try opened(envelope) } == expected)
    }
  }

  @Test("no digest of plaintext and no address is outside the sealed parts")
  func nothingLeaks() throws {
    let fixture = try PackageFixture()
    let payload = String(decoding: try fixture.manifest.payload(), as: UTF8.self)
    for plain in fixture.plaintexts {
      #expect(!payload.contains(ContentDigest(of: plain).description))
    }
    #expect(!payload.contains("Berlin") && !payload.contains("PA12"))
    let archive = try fixture.archive()
    #expect(archive.firstRange(of: Array("Berlin".utf8)) == nil)
  }

  @Test("the names of a package are safe and different, whatever the files are called")
  func names() {
    let long = String(repeating: "x", count: 300) + ".stl"
    let names = PackageLayout.names(
      for: [
        "a.stl", "A.STL", "a.stl", "../../etc/passwd", "", ".", "..", long, long, "ü", "a b",
        "Ticket.json",
      ])
    #expect(Set(names.map { $0.lowercased() }).count == names.count)
    #expect(names.allSatisfy(PackageLayout.isSafe))
    #expect(names[0] == "a.stl" && names[1] == "A-2.STL" && names[3] == "_.._etc_passwd")
    // Where the ticket of an opened package is written.
    #expect(names.last == "Ticket-2.json")
  }

  @Test("trust without a usable key is refused")
  func trust() throws {
    #expect(code { _ = try PackageTrust(texts: []) } == "package.trust")
    #expect(code { _ = try PackageTrust(texts: ["nonsense"]) } == "package.trust")
  }
}
