import BrokerAPI
import Brokering
import Database
import Dispatching
public import Domain
import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Sealing
import ServiceLifecycle
import Synchronization
import UnixSignals
import Vault

/// One broker: a data directory, its key ring, the HTTP API over them, and the duties in the background.
///
///     let server = try await BrokerServer(configuration, ambient: .system, logger: logger) { key in … }
///     try await server.run { port in … }
public final class BrokerServer: Sendable {
  private let configuration: Configuration
  private let ambient: Ambient
  private let logger: Logger
  private let channels: HTTPServerBuilder
  let composition: Composition
  private let group = Mutex<ServiceGroup?>(nil)
  private let lock: DirectoryLock

  /// Opens everything and brings the database to this version; serves nothing yet.
  ///
  /// - Parameter firstKey: gets the secret of the first operator key, when one is made. It is called
  ///   once, after the key is stored; nobody can read the secret again. An operator who lost it asks for
  ///   another with ``Configuration/makesOperatorKey``.
  /// - Throws: ``ServerError``, ``InstallationError``, `KeyRingError`, `DatabaseError`, `BlobError`.
  public init(
    _ configuration: Configuration, ambient: Ambient, logger: Logger,
    firstKey: @Sendable (String) -> Void
  ) async throws {
    try configuration.check()
    channels = try Self.channels(configuration)
    self.configuration = configuration
    self.ambient = ambient
    self.logger = logger
    lock = try DirectoryLock(directory: configuration.dataDirectory)
    composition = try await Composition(configuration, ambient: ambient)
    // What a start does not finish, the next one does: both steps find by themselves what is missing.
    await BlobSweep(vault: composition.vault, blobs: composition.blobs, logger: logger).run()
    try await composition.vault.resumeMeasuring()
    let hasKey = try await composition.tenants.hasOperatorKey()
    if !hasKey || configuration.makesOperatorKey {
      // So that whoever revokes one knows which.
      let label = hasKey ? "made at a start, \(ambient.now().day)" : "first"
      firstKey(try await composition.tenants.issue(.operator, label: label).secret)
    }
  }

  /// Whether this start has made the key ring. Nothing in the vault opens without it, so its operator has
  /// to be told to keep a copy.
  public var hasNewKeyRing: Bool { composition.ring.isNew }

  /// The id of the key that manifests and lease grants are signed with, as a bureau's enrolment shows it:
  /// what the two compare by another way than the network.
  public var brokerKeyID: String { composition.ring.signingKey.verificationKey.keyid }

  /// Serves until it is told to stop: by ``stop()``, or by SIGTERM or SIGINT. Then requests under way
  /// are finished (long polls at once, everything else within half a minute), what was only noted is stored
  /// and the database is closed.
  ///
  /// - Parameter ready: called with the bound port once requests are answered.
  public func run(ready: @escaping @Sendable (Int) async -> Void) async throws {
    let port = configuration.port
    var setup = ApplicationConfiguration(
      address: .hostname(configuration.host, port: port), serverName: nil)
    setup.availableConnectionsDelegate = .maximum(
      OpenFiles.makeRoom(forConnections: configuration.connectionsMax), logger: logger)
    let application = Application(
      router: composition.api.router(), server: channels, configuration: setup,
      onServerRunning: { await ready($0.localAddress?.port ?? port) }, logger: logger)
    let duties: [(duty: any Duty, every: Duration)] = [
      (
        OfferExpiry(dispatcher: composition.dispatcher),
        every: .seconds(min(5, max(1, configuration.policy.offerSeconds / 4)))
      ),
      (
        IdempotencyPruning(database: composition.database, ambient: ambient),
        every: .seconds(86_400)
      ),
      (
        KeyRewrapping(rotation: composition.keyRotation, logger: logger), every: .seconds(1)
      ),
      (UploadUpkeep(vault: composition.vault), every: .seconds(60)),
      (ShreddingErasure(vault: composition.vault), every: .seconds(2)),
      (KeyUseKeeping(tenants: composition.tenants), every: .seconds(60)),
      (InstallationBeat(keeper: composition.installation), every: configuration.beatInterval),
    ]
    let recurring = duties.map { duty, interval in
      ServiceGroupConfiguration.ServiceConfiguration(
        service: RecurringDuty(duty: duty, interval: interval, logger: logger),
        successTerminationBehavior: .ignore, failureTerminationBehavior: .gracefullyShutdownGroup,
        serviceName: duty.name)
    }
    let measuring = Measuring(
      vault: composition.vault, worker: composition.worker,
      workersMax: configuration.workersMax ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2),
      logger: logger)
    var services = ServiceGroupConfiguration(
      services: recurring + [
        .init(
          service: measuring, successTerminationBehavior: .ignore,
          failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: "measuring"),
        .init(service: application),
      ],
      gracefulShutdownSignals: configuration.stopsOnSignals ? [.sigterm, .sigint] : [],
      logger: logger)
    services.maximumGracefulShutdownDuration = .seconds(30)
    let group = ServiceGroup(configuration: services)
    self.group.withLock { $0 = group }
    let result: Result<Void, any Error>
    do {
      result = .success(try await group.run())
    } catch {
      result = .failure(error)
    }
    do {
      try await composition.tenants.storeKeyUses()
    } catch {
      logger.error("key uses were not stored", metadata: ["detail": "\(error)"])
    }
    do {
      // A copy that was made at any time before this is older than what the state file knows.
      try await composition.installation.beat()
    } catch {
      logger.error("installation beat failed", metadata: ["detail": "\(error)"])
    }
    try await composition.database.close()
    composition.ring.release()
    do {
      try result.get()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw Self.inUse(configuration)
    }
  }

  /// Refuses an address that nobody can listen at: for who is about to make a server, and with it key ring,
  /// database and an operator key that is told once. The server binds it again when it serves, because
  /// Hummingbird takes no socket over.
  ///
  /// - Throws: ``ServerError``.
  public static func requireFreeAddress(_ configuration: Configuration) async throws {
    try configuration.check()
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    do {
      let probe = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
      try await probe.close()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw inUse(configuration)
    } catch {
      throw ServerError.address(
        "the server cannot listen at \(configuration.host), port \(configuration.port): \(error)")
    }
  }

  private static func inUse(_ configuration: Configuration) -> ServerError {
    .address("port \(configuration.port) on \(configuration.host) is in use; choose another one")
  }

  /// Asks ``run(ready:)`` to end, gracefully; it has ended when that returns.
  public func stop() async {
    await group.withLock { $0 }?.triggerGracefulShutdown()
  }

  /// HTTP/1.1 within limits, over TLS where the configuration has a certificate.
  private static func channels(_ configuration: Configuration) throws -> HTTPServerBuilder {
    // A connection on which nothing arrives is closed; so is one that dawdles over its headers. Without a
    // key nobody holds one for longer than its first request may take.
    let counts = configuration.connectionsPerAddress.map { ConnectionCounts(most: $0) }
    let patience = TimeAmount(configuration.firstRequestPatience)
    let plain = HTTPServerBuilder { responder in
      LoopTasks(
        base: HTTP1Channel(
          responder: responder,
          configuration: .init(
            additionalChannelHandlers: [ConnectionGate(counts: counts, patience: patience)],
            idleTimeout: .seconds(60),
            httpDecoderConfiguration: .init(
              maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)
          )))
    }
    guard let files = configuration.tls else { return plain }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(files.certificateChain)
      let key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
      var tls = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      tls.minimumTLSVersion = .tlsv12
      tls.applicationProtocols = ["http/1.1"]
      return try .tls(plain, tlsConfiguration: tls)
    } catch {
      throw ServerError.tls("\(error)")
    }
  }
}
