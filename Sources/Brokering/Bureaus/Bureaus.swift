public import Database
public import Domain
public import Ledger
import PrintPackage
public import Sealing

/// What bureaus are and have. Every change raises the network's version in the same commit, so that
/// the next decision sees it.
public struct Bureaus: Sendable {
  /// How many sites, and machines at all sites, one bureau can have.
  static let countMax = 200
  /// How many certifications one bureau can have.
  static let certificationCountMax = 1000

  let database: Database
  let ledger: Ledger
  let ambient: Ambient

  /// Bureaus kept in a database.
  public init(database: Database, ledger: Ledger, ambient: Ambient) {
    self.database = database
    self.ledger = ledger
    self.ambient = ambient
  }

  /// A bureau with all that it has.
  public func bureau(_ id: BureauID) async throws -> BureauDetails {
    try await database.read { transaction in try Self.details(transaction, id) }
  }

  /// Enrols the keys of a statement that proves their possession, in place of earlier ones, with an
  /// entry in the ledger. Codes: `enrolment.…`, see `Enrolment.verified(_:bureau:now:)`.
  public func enrol(_ bureau: BureauID, statement: Envelope) async throws -> BureauDetails {
    let now = ambient.now()
    let proof = try Enrolment.verified(statement, bureau: bureau, now: now)
    return try await database.write { [ledger] transaction in
      let before = try Self.details(transaction, bureau)
      let recipient = proof.recipient.description
      let key = proof.verificationKey.description
      guard before.recipient != recipient || before.verificationKey != key else { return before }
      try transaction.run(BureauStore.enrol, recipient, key, now, bureau)
      try transaction.run(NetworkStore.bump)
      try ledger.append(
        transaction, kind: .bureauEnrolled, brand: nil, bureau: bureau,
        body: Enrolled(
          bureau: bureau, recipient: recipient, verificationKey: key,
          replacesVerificationKey: before.verificationKey), at: now)
      return try Self.details(transaction, bureau)
    }
  }

  private struct Enrolled: Encodable {
    let bureau: BureauID
    let recipient: String
    let verificationKey: String
    let replacesVerificationKey: String?

    enum CodingKeys: String, CodingKey {
      case bureau, recipient
      case verificationKey = "verification_key"
      case replacesVerificationKey = "replaces_verification_key"
    }
  }

  static func details(_ transaction: Transaction, _ id: BureauID) throws -> BureauDetails {
    let row = try transaction.row(BureauStore.select, id).orAbsent("bureau")
    var materials: [MachineID: [Material]] = [:]
    for row in try transaction.rows(BureauStore.materials, id) {
      if let material = try row.materialOrNil("material") {
        materials[try row.identifier("machine_id"), default: []].append(material)
      }
    }
    var machines: [SiteID: [Machine]] = [:]
    for row in try transaction.rows(BureauStore.machines, id) {
      let machine = try row.machine(materials: materials[try row.identifier("id")] ?? [])
      machines[try row.identifier("site_id"), default: []].append(machine)
    }
    let sites = try transaction.rows(BureauStore.sites, id).map { row in
      let site: SiteID = try row.identifier("id")
      return BureauDetails.Site(
        id: site, name: try row.text("name"), country: try row.country("country"),
        coordinates: try row.coordinates(), machines: machines[site] ?? [])
    }
    return BureauDetails(
      id: id, name: try row.text("name"), recipient: try row.textOrNil("recipient"),
      verificationKey: try row.textOrNil("verification_key"),
      enrolledAt: try row.instantOrNil("enrolled_at"),
      sites: sites,
      certifications: try transaction.rows(BureauStore.certifications, id).map {
        try $0.certification()
      })
  }
}
