import BlobStore
import BrokerAPI
import Brokering
import Database
import Dispatching
import Domain
import Ledger
import Sealing
import Vault
import Workers

/// Puts the use cases together. They do not know each other: what one needs of another is a closure that
/// is made here.
struct Composition: Sendable {
  let database: Database
  let blobs: DirectoryBlobStore
  let vault: Vault
  let worker: Worker
  let tenants: Tenants
  let dispatcher: Dispatcher
  let api: BrokerAPI
  let ring: KeyRingKeeper
  let keyRotation: KeyRotation
  let installation: InstallationKeeper

  init(_ configuration: Configuration, ambient: Ambient) async throws {
    let orderSignals = Signals<OrderID>()
    let ledger = Ledger(ambient: ambient, orderSignals: orderSignals)
    let opened = try await OpenInstallation(
      dataDirectory: configuration.dataDirectory, keyRingPath: configuration.keyRingPath,
      passphrase: configuration.keyRingPassphrase, ledger: ledger, ambient: ambient)
    (ring, database, blobs) = (opened.ring, opened.database, opened.blobs)
    (keyRotation, installation) = (opened.keyRotation, opened.keeper)
    let keys = ring.holder
    worker = Worker(program: configuration.workerProgram, budget: configuration.workerBudget)
    let converter: StepConverter?
    do {
      converter = try configuration.stepConverter.map { name throws(WorkerFault) in
        try StepConverter(named: name, hiding: configuration.hiddenPaths)
      }
      if let converter { _ = try await worker.check(converter) }
    } catch let fault as WorkerFault {
      throw ServerError.configuration(fault.description)
    }
    vault = Vault(
      database: database, blobs: blobs, keys: keys, ledger: ledger, ambient: ambient,
      limits: configuration.vaultLimits, worker: worker, converter: converter,
      releaseIsKnown: Self.releaseIsKnown(to: installation))
    let assignment = Assignment(database: database, keys: keys, ambient: ambient)
    let dispatcher = Dispatcher(
      database: database, blobs: blobs, ledger: ledger, ambient: ambient,
      signingKey: ring.signingKey,
      dependencies: Self.dependencies(vault: vault, assignment: assignment),
      policy: configuration.policy)
    let orders = Orders(
      database: database, ledger: ledger, assignment: assignment, keys: keys,
      offers: OfferDesk(
        make: { try dispatcher.makeOffer($0, $1, to: $2, at: $3) },
        withdraw: { try dispatcher.withdrawOffer($0, of: $1, at: $2) }),
      ambient: ambient)
    let tenants = Tenants(database: database, ledger: ledger, ambient: ambient)
    api = try BrokerAPI(
      useCases: UseCases(
        tenants: tenants, bureaus: Bureaus(database: database, ledger: ledger, ambient: ambient),
        catalogue: Catalogue(database: database, ambient: ambient), orders: orders, vault: vault,
        dispatcher: dispatcher, keyRotation: keyRotation, orderSignals: orderSignals),
      checks: [
        BrokerAPI.Check("database") { try await opened.database.read(NetworkStore.touch) },
        BrokerAPI.Check("blob store") { _ = try await opened.blobs.list(after: nil, limit: 1) },
        BrokerAPI.Check("state file") { try await opened.keeper.requireBeating() },
      ],
      ambient: ambient, overTLS: configuration.tls != nil || configuration.isBehindProxy,
      bodyPatience: configuration.bodyPatience,
      acknowledgement: BrokerAPI.Acknowledgement(
        isDue: { opened.keeper.isAwakened }, make: { try await opened.keeper.awaken() }))
    self.tenants = tenants
    self.dispatcher = dispatcher
  }

  /// No key leaves before the state file knows of its release: otherwise a copy of the database from before
  /// it could be restored unnoticed, and the units be released once more.
  private static func releaseIsKnown(
    to installation: InstallationKeeper
  ) -> @Sendable (Int64) async throws -> Void {
    { entry in
      do {
        try await installation.cover(entry)
      } catch let error as InstallationError {
        throw Problem(
          .unavailable, "release.state_file",
          "The broker cannot write its state file (\(error.code)), and gives no keys until it can. Try "
            + "again, or ask the operator.")
      }
    }
  }

  /// What the dispatcher needs of the vault and of assignment.
  private static func dependencies(vault: Vault, assignment: Assignment) -> DispatchDependencies {
    DispatchDependencies(
      assignNext: { try assignment.next($0, job: $1, at: $2) },
      recheck: { try assignment.recheck($0, job: $1, bureau: $2, machine: $3, at: $4) },
      requirePayloads: { try await vault.requirePayloads(revision: $0, brand: $1) },
      recordRelease: { try vault.recordRelease($0, job: $1, bureau: $2, recipient: $3, at: $4) },
      releasedFiles: { job, bureau in
        try await vault.releasedFiles(job: job, bureau: bureau).map {
          SealedFile(
            id: $0.id, name: $0.name, purpose: $0.purpose, mediaType: $0.mediaType, unit: $0.unit,
            blob: $0.blob,
            header: $0.header, payloadBytes: $0.payloadBytes, payloadSHA256: $0.payloadSHA256)
        }
      },
      shipTo: { try await assignment.destination(of: $0) })
  }
}
