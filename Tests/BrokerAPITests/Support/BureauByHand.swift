import BureauProtocol
import Domain
import FoundationEssentials
import HTTPTypes
import PrintPackage
import Sealing
import TestSupport
import Testing

/// A bureau that does by hand what its agent would do, with keys of its own.
struct BureauByHand: Sendable {
  let server: RunningServer
  let id: BureauID
  let key: String
  let site: JSON
  let machine: JSON
  let identity: Identity
  let signer: SigningKey

  init(
    _ server: RunningServer, _ name: String, country: String, latitude: Double, longitude: Double,
    key kind: KeyKind = .mlkem768x25519
  ) async throws {
    self.server = server
    let bureau = try await server.must(
      .post, "/v1/operator/bureaus", key: server.operatorKey, ["name": .text(name)])
    id = try #require(BureauID(bureau["id"].text))
    key = try await server.must(
      .post, "/v1/operator/bureaus/\(id)/keys", key: server.operatorKey, ["label": "agent"])[
        "key"
      ].text
    var generator = server.clock.ambient.generator
    identity = try Identity.generate(kind, using: &generator)
    signer = try SigningKey.generate(using: &generator)
    site = try await server.must(
      .post, "/v1/operator/bureaus/\(id)/sites", key: server.operatorKey,
      [
        "name": .text(name), "country": .text(country),
        "coordinates": ["latitude": .number(latitude), "longitude": .number(longitude)],
      ])
    machine = try await server.must(
      .post, "/v1/bureau/sites/\(site["id"].text)/machines", key: key,
      [
        "name": "SLS 1", "process": "PBF-LB/P", "materials": ["PA12"],
        "build_volume_mm": [300, 300, 300],
      ])
    try await server.must(.put, BureauPaths.enrolment, key: key, try enrolment(for: id))
  }

  /// An enrolment of this bureau's keys.
  func enrolment(for bureau: BureauID) throws -> JSON {
    var generator = server.clock.ambient.generator
    let statement = try Enrolment(
      bureau: bureau, recipient: identity.recipient, verificationKey: signer.verificationKey,
      issuedAt: server.clock.now, using: &generator
    ).signed(by: signer)
    return ["statement": try JSON(try statement.json())]
  }

  /// The open offers.
  func offers() async throws -> [JSON] {
    try await server.must(.get, BureauPaths.offers, key: key)["data"].items
  }

  /// Takes the lease on a job and verifies what the broker signed.
  func lease(_ job: String, holder: String = "agent-1") async throws -> JSON {
    try await server.must(
      .post, "/v1/bureau/jobs/\(job)/lease", key: key, ["holder": .text(holder)])
  }

  /// Fetches, verifies and opens the package of a job.
  func open(_ job: String) async throws -> OpenedPackage {
    let answer = try await server.call(.get, "/v1/bureau/jobs/\(job)/package", key: key)
    try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    return try PackageOpener.open(
      answer.body, identity: identity, trust: try await trust(),
      expecting: PackageExpectation(
        now: server.clock.now, bureau: id, recipient: identity.recipient.description,
        job: JobID(job)))
  }

  /// What the broker is trusted with, as it publishes it.
  func trust() async throws -> PackageTrust {
    let document = try await server.must(.get, BureauPaths.trust)
    let role = document["roles"].items.first { $0["role"] == "broker" }
    return PackageTrust(
      brokers: try (role?["verification_keys"].items ?? []).map {
        try VerificationKey(parsing: $0.text)
      })
  }

  /// Sends a report under a lease.
  @discardableResult
  func report(_ lease: JSON, _ report: JSON) async throws -> RunningServer.Answer {
    try await server.call(
      .post, "/v1/bureau/jobs/\(lease["job"].text)/reports", key: key,
      ["epoch": lease["epoch"], "attempt": lease["attempt"], "report": report])
  }

  /// The signed completion of an attempt.
  func completion(_ lease: JSON, of package: OpenedPackage) throws -> JSON {
    let completion = Completion(
      job: package.manifest.job, bureau: id, attempt: Int(lease["attempt"].number),
      epoch: Int(lease["epoch"].number), manifestSHA256: package.statement.digest,
      quantity: package.manifest.quantity, machine: "SLS 1", materialLot: "LOT-7",
      completedAt: server.clock.now)
    return [
      "kind": "completed", "completion": try JSON(try completion.signed(by: signer).json()),
    ]
  }
}
