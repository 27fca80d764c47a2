import Brokering
import Database
import Domain
import FoundationEssentials
import Sealing
import TestSupport
import Testing

private func version(_ world: World) async throws -> Int64 {
  let row = try await world.database.read {
    try $0.row(Statement("SELECT version FROM network WHERE id = 1"))
  }
  return try #require(row).integer("version")
}

@Test("a bureau sees itself as it was built up, and every step raises the network's version")
func bureauIsBuiltUp() async throws {
  let world = try await World()
  let before = try await version(world)
  let (bureau, site, machine) = try await world.bureau()
  #expect(try await version(world) == before + 4)
  let certification = try await world.bureaus.certify(
    bureau,
    NewCertification(
      scheme: "ISO 9001", machine: machine, issuer: "TÜV", validFrom: world.clock.now.day,
      validUntil: world.clock.now.day + 30, documentSHA256: String(repeating: "a", count: 64)))
  #expect(try await version(world) == before + 5)
  let details = try await world.bureaus.bureau(bureau)
  #expect(details.sites.map(\.id) == [site])
  #expect(details.sites.first?.machines.map(\.id) == [machine])
  #expect(details.sites.first?.machines.first?.buildVolume == BoxSize(x: 200, y: 250, z: 330))
  #expect(details.certifications == [certification])
  #expect(details.recipient?.hasPrefix("age1pq1") == true)
  #expect(details.enrolledAt == world.clock.now)
}

@Test("enrolling the same keys again changes nothing; other keys leave an entry in the ledger")
func enrolmentIsRecorded() async throws {
  let world = try await World()
  let bureau = try await world.tenants.createBureau(name: "B").id
  var generator = world.clock.ambient.generator
  let recipient = try Identity.generate(using: &generator).recipient
  for (signer, entries) in [
    (try SigningKey.generate(using: &generator), 1),
    (try SigningKey.generate(using: &generator), 2),
  ] {
    for _ in 0..<2 {
      let details = try await world.bureaus.enrol(
        bureau, statement: try world.enrolment(bureau, recipient: recipient, signer: signer))
      #expect(details.verificationKey == signer.verificationKey.description)
      #expect(try await world.count("ledger_entry") == entries)
    }
  }
}

@Test("an enrolment that does not prove its keys is refused and changes nothing")
func enrolmentNeedsProof() async throws {
  let world = try await World()
  let bureau = try await world.tenants.createBureau(name: "B").id
  let other = try await world.tenants.createBureau(name: "C").id
  var generator = world.clock.ambient.generator
  let recipient = try Identity.generate(using: &generator).recipient
  let signer = try SigningKey.generate(using: &generator)
  let victim = try SigningKey.generate(using: &generator)
  let good = try world.enrolment(bureau, recipient: recipient, signer: signer)
  let before = try await version(world)
  let refused = [
    try world.enrolment(
      bureau, recipient: recipient, signer: signer, naming: victim.verificationKey),
    try world.enrolment(other, recipient: recipient, signer: signer),
    try world.enrolment(
      bureau, recipient: recipient, signer: signer, at: world.clock.now + .seconds(7200)),
    try world.enrolment(
      bureau, recipient: recipient, signer: signer, at: world.clock.now + .seconds(-7200)),
    try Envelope.sign(payload: [], payloadType: "application/vnd.in-toto+json", with: signer),
    try Envelope.sign(
      payload: Array(Data(base64Encoded: good.payload)!), payloadType: "text/plain", with: signer),
  ]
  for envelope in refused {
    let code = await world.code { try await world.bureaus.enrol(bureau, statement: envelope) }
    #expect(code?.hasPrefix("enrolment.") == true, "\(code ?? "accepted")")
  }
  #expect(try await version(world) == before)
  #expect(try await world.bureaus.bureau(bureau).recipient == nil)
}

@Test("a bureau cannot reach another's sites and machines")
func bureausAreApart() async throws {
  let world = try await World()
  let one = try await world.bureau("One")
  let two = try await world.bureau("Two")
  let box = BoxSize(x: 1, y: 1, z: 1)!
  #expect(
    await world.code {
      try await world.bureaus.addMachine(
        one.id, site: two.site, name: "M", process: .materialExtrusion,
        materials: [Material("PLA")!], buildVolume: box)
    } == "not_found")
  var certification = NewCertification(
    scheme: "ISO 9001", site: two.site, issuer: "I", validFrom: CalendarDay(daysSinceEpoch: 0),
    validUntil: CalendarDay(daysSinceEpoch: 1), documentSHA256: String(repeating: "0", count: 64))
  #expect(
    await world.code { try await world.bureaus.certify(one.id, certification) } == "not_found")
  certification.site = nil
  certification.machine = two.machine
  #expect(
    await world.code { try await world.bureaus.certify(one.id, certification) } == "not_found")
  let invented: BureauID = world.clock.ambient.identifier(at: world.clock.now)
  #expect(await world.code { try await world.bureaus.bureau(invented) } == "not_found")
}

@Test("what is out of its limits is refused with its code")
func equipmentLimits() async throws {
  let world = try await World()
  let (bureau, site, _) = try await world.bureau()
  let pa = Material("PA12")!
  func machine(_ name: String, _ materials: [Material], _ box: BoxSize) async -> String? {
    await world.code {
      try await world.bureaus.addMachine(
        bureau, site: site, name: name, process: .materialExtrusion, materials: materials,
        buildVolume: box)
    }
  }
  let box = BoxSize(x: 10, y: 10, z: 10)!
  #expect(await machine("Printer 1", [pa], box) == nil)
  #expect(await machine("Printer 1", [pa], box) == "machine.name_taken")
  #expect(await machine("Printer 2", [pa], box) == nil)
  #expect(await machine("a\u{0}", [pa], box) == "machine.name")
  #expect(await machine("M", [], box) == "machine.materials")
  #expect(await machine("M", [pa, pa], box) == "machine.materials")
  #expect(await machine("M", [pa], BoxSize(x: 0, y: 1, z: 1)!) == "machine.build_volume")
  #expect(await machine("M", [pa], BoxSize(x: 1e300, y: 1, z: 1)!) == "machine.build_volume")
  #expect(
    await world.code {
      try await world.bureaus.addSite(
        bureau, name: "a\u{9B}", country: Country("DE")!,
        coordinates: Coordinates(latitude: 0, longitude: 0)!)
    } == "site.name")
  let day = world.clock.now.day
  for (scheme, from, until, digest) in [
    ("", day, day, String(repeating: "a", count: 64)),
    ("ISO\u{0}", day, day, String(repeating: "a", count: 64)),
    ("ISO", day + 1, day, String(repeating: "a", count: 64)),
    ("ISO", day, day, "abc"), ("ISO", day, day, String(repeating: "A", count: 64)),
  ] {
    let new = NewCertification(
      scheme: scheme, issuer: "I", validFrom: from, validUntil: until, documentSHA256: digest)
    #expect(
      await world.code { try await world.bureaus.certify(bureau, new) } == "certification.invalid")
  }
}
