import Database
import Domain
import Matching
import Synchronization

/// The network at its current version, read once a version instead of once an order.
///
/// The version is read in the caller's transaction, so the snapshot is what that transaction would
/// see. A snapshot is kept only after commit: one that was read beside an uncommitted change, whose
/// commit then failed, would otherwise stay under a version that is given to another change.
final class NetworkCache: Sendable {
  private let kept = Mutex<Network?>(nil)

  /// The network as the transaction sees it.
  func network(_ transaction: Transaction) throws -> Network {
    guard let row = try transaction.row(NetworkStore.version) else {
      throw Problem.failed("the network has no version")
    }
    let version: Int64 = try row.integer("version")
    if let network = kept.withLock({ $0 }), network.version == version { return network }
    let network = try Self.load(transaction, version: version)
    transaction.afterCommit { [self] in
      kept.withLock { kept in
        if version >= kept?.version ?? 0 { kept = network }
      }
    }
    return network
  }

  private static func load(_ transaction: Transaction, version: Int64) throws -> Network {
    var materials: [MachineID: [Material]] = [:]
    for row in try transaction.rows(NetworkStore.materials) {
      if let material = try row.materialOrNil("material") {
        materials[try row.identifier("machine_id"), default: []].append(material)
      }
    }
    var machines: [SiteID: [Machine]] = [:]
    for row in try transaction.rows(NetworkStore.machines) {
      let machine = try row.machine(materials: materials[try row.identifier("id")] ?? [])
      machines[try row.identifier("site_id"), default: []].append(machine)
    }
    var sites: [BureauID: [SiteSnapshot]] = [:]
    for row in try transaction.rows(NetworkStore.sites) {
      let id: SiteID = try row.identifier("id")
      sites[try row.identifier("bureau_id"), default: []].append(
        SiteSnapshot(
          id: id, country: try row.country("country"), coordinates: try row.coordinates(),
          machines: machines[id] ?? []))
    }
    var certifications: [BureauID: [Certification]] = [:]
    for row in try transaction.rows(NetworkStore.certifications) {
      certifications[try row.identifier("bureau_id"), default: []].append(try row.certification())
    }
    let bureaus = try transaction.rows(NetworkStore.bureaus).map { row in
      let id: BureauID = try row.identifier("id")
      // The key was checked when it was enrolled. Parsing a post-quantum one takes milliseconds, and
      // every writer would wait for all of them; no X25519 recipient can begin with “age1pq1”, for
      // Bech32 has no “1” in its data.
      let recipient = try row.textOrNil("recipient").map { text in
        text.hasPrefix("age1pq1") ? RecipientKind.postQuantum : .classical
      }
      return BureauSnapshot(
        id: id, name: try row.text("name"), recipient: recipient, sites: sites[id] ?? [],
        certifications: certifications[id] ?? [])
    }
    return Network(version: version, bureaus: bureaus)
  }
}
