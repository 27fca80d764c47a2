import ArgumentParser
import BrokerServer
import Dispatching
import Domain
import Logging
import Vault
import Workers

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run a broker.",
    discussion: """
      The first start makes the data directory and the key ring and prints the first operator key, \
      once. Back the key ring up: without it nothing in the vault opens again. A ring that is sealed \
      with a passphrase asks for it on the terminal, unless a file has it. Beyond loopback the \
      server wants TLS or --behind-proxy.
      """)

  @OptionGroup var installation: InstallationOptions

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 takes a free one.")
  var port = 8787

  @Option(help: "A TLS certificate chain, PEM.")
  var tlsCertificate: String?

  @Option(help: "The certificate's private key, PEM.")
  var tlsKey: String?

  @Flag(help: "A proxy in front of this server speaks TLS.")
  var behindProxy = false

  @Option(help: "How many connections are open at once; more wait.")
  var connections = 2000

  @Option(help: "How many GiB a brand may store where its quota says nothing else.")
  var brandStorageGib = VaultLimits().brandStoredBytesMax >> 30

  @Option(help: "How many meshes are measured at once; half as many as there are processors.")
  var workers: Int?

  @Option(help: "How many MiB of memory measuring a mesh may take.")
  var workerMemoryMib = WorkerBudget().memoryBytes >> 20

  @Option(help: "How many seconds of processor time measuring a mesh may take.")
  var workerCpuSeconds = WorkerBudget().cpuSeconds

  @Option(help: "Pixels that a picture of a mesh has across, up to 4096; 0 to draw none.")
  var previewWidth = WorkerBudget().previewWidth

  @Option(
    help: ArgumentHelp(
      "An installed program that makes meshes of STEP files: prusa-slicer, gmsh, or a path to one.",
      valueName: "program"))
  var stepConverter: String?

  @Option(help: "How many seconds of processor time a brand's meshes may take in an hour.")
  var brandCpuSeconds = MeasuringLimits().cpuSecondsPerHour

  @Option(help: "How many of a brand's meshes may wait to be measured.")
  var brandQueue = MeasuringLimits().queueMax

  @Option(help: "How long a bureau has to answer an offer, in seconds.")
  var offerSeconds = DispatchPolicy().offerSeconds

  @Option(help: "How long a lease holds without a heartbeat, in seconds.")
  var leaseSeconds = DispatchPolicy().leaseSeconds

  @Flag(help: "Make and print a further operator key.")
  var newOperatorKey = false

  @Flag(help: "Print what happens as JSON lines on standard output.")
  var json = false

  @Option(help: "How much to log on standard error: debug, info, warning, error.")
  var logLevel: Logger.Level = .info

  func validate() throws {
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key go together.")
    }
    guard (0...1 << 30).contains(brandStorageGib) else {
      throw ValidationError("--brand-storage-gib is 0 to 2^30.")
    }
    guard (16...1 << 20).contains(workerMemoryMib) else {
      throw ValidationError("--worker-memory-mib is 16 to 2^20.")
    }
    guard previewWidth == 0 || (32...4096).contains(previewWidth) else {
      throw ValidationError("--preview-width is 32 to 4096, or 0.")
    }
  }

  func run() async throws {
    let (data, keyRing) = (installation.data, installation.keyRing)
    var settings = Configuration(dataDirectory: data, keyRingPath: keyRing)
    (settings.host, settings.port) = (host, port)
    settings.isBehindProxy = behindProxy
    settings.connectionsMax = connections
    (settings.policy.offerSeconds, settings.policy.leaseSeconds) = (offerSeconds, leaseSeconds)
    settings.makesOperatorKey = newOperatorKey
    settings.vaultLimits.brandStoredBytesMax = brandStorageGib << 30
    settings.workersMax = workers
    settings.stepConverter = stepConverter
    settings.workerBudget = WorkerBudget(
      memoryBytes: workerMemoryMib << 20, cpuSeconds: workerCpuSeconds,
      previewWidth: previewWidth)
    settings.vaultLimits.measuring = MeasuringLimits(
      queueMax: brandQueue, cpuSecondsPerHour: brandCpuSeconds)
    if let tlsCertificate, let tlsKey {
      settings.tls = .init(certificateChain: tlsCertificate, privateKey: tlsKey)
    }
    settings.secretPaths = [installation.keyRingPassphraseFile].compactMap(\.self)
    settings.keyRingPassphrase = try installation.passphrase()
    try await BrokerServer.requireFreeAddress(settings)
    let server = try await BrokerServer(
      settings, ambient: .system, logger: LineLog.logger("broker", level: logLevel)
    ) { [json] key in
      announce(["event": "operator_key", "key": .string(key)], json: json) {
        "Operator key (shown this once): \(key)"
      }
    }
    if server.hasNewKeyRing {
      announce(["event": "key_ring", "path": .string(keyRing)], json: json) {
        """
        Key ring made: \(keyRing), \
        \(settings.keyRingPassphrase == nil ? "without a passphrase" : "sealed with the passphrase").
        Back it up now, apart from \(data):
        without it nothing in \(data) opens again, and nobody can help.
        """
      }
    }
    announce(["event": "broker_key", "key_id": .string(server.brokerKeyID)], json: json) {
      "Signs with key \(server.brokerKeyID): bureaus compare it."
    }
    let scheme = settings.tls == nil ? "http" : "https"
    try await server.run { [host, json] port in
      let url = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
      announce(["event": "ready", "url": .string(url)], json: json) { "Listening on \(url)" }
    }
  }
}

/// Says something on standard output, for a program or for a person.
private func announce(_ event: JSONValue, json: Bool, _ text: () -> String) {
  Terminal.write(json ? (try? jsonText(event)) ?? "" : text())
}
