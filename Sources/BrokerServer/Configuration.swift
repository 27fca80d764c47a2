public import Dispatching
public import Vault
public import Workers

/// How a server is run.
public struct Configuration: Sendable {
  /// The two files of a TLS server, PEM.
  public struct TLSFiles: Sendable, Hashable {
    /// The certificate, then its issuers.
    public var certificateChain: String
    /// The certificate's private key.
    public var privateKey: String

    /// Paths of the two files.
    public init(certificateChain: String, privateKey: String) {
      self.certificateChain = certificateChain
      self.privateKey = privateKey
    }
  }

  /// Where database and blobs are; made on the first start.
  public var dataDirectory: String
  /// The file with the wrapping keys and the signing key, outside the data directory; made on the
  /// first start.
  public var keyRingPath: String
  /// What the key ring is sealed with, or is to be when it is made; nil for one in the clear.
  public var keyRingPassphrase: KeyRingPassphrase?
  /// The address to listen on.
  public var host = "127.0.0.1"
  /// The port to listen on; 0 takes any that is free, and `ready` tells which.
  public var port = 8787
  /// The server's certificate and key, or nil to speak plain HTTP.
  public var tls: TLSFiles?
  /// Whether something in front of this server speaks TLS to the world.
  public var isBehindProxy = false
  /// For how long offers, leases and packages hold.
  public var policy = DispatchPolicy()
  /// How long a JSON body may take to arrive as a whole.
  public var bodyPatience = Duration.seconds(20)
  /// What the vault takes.
  public var vaultLimits = VaultLimits()
  /// What one worker may use for one mesh.
  public var workerBudget = WorkerBudget()
  /// How many workers there are at once; nil is half as many as there are processors.
  public var workersMax: Int?
  /// The program that workers are; another one may confine them further before it becomes this one.
  public var workerProgram = Worker.ownProgram
  /// An installed program that makes meshes of STEP files: `prusa-slicer`, `gmsh`, or a path to one of them. Nil
  /// for none: their brands say the sizes.
  public var stepConverter: String?
  /// Files that no converter is to see beside what is named above: that with the key ring's passphrase.
  public var secretPaths: [String] = []
  /// How many connections are open at once; more wait in the system's queue.
  public var connectionsMax = 2000
  /// How many of them one remote address (IPv6: one /64 network) may have; more are closed. Nil is
  /// 256, and no limit behind a proxy or on loopback, where one address is everybody's.
  public var connectionsPerAddressMax: Int?
  /// How long the head of a connection's first request, and TLS before it, may take to arrive.
  public var firstRequestPatience = Duration.seconds(10)
  /// How often the beat moves by which a restored database is found out, while something happens.
  public var beatInterval = Duration.seconds(2)
  /// Whether SIGTERM and SIGINT stop the server, gracefully.
  public var stopsOnSignals = true
  /// Whether to make another operator key although there is one: for an operator who lost it.
  public var makesOperatorKey = false

  /// A configuration with the standard values.
  public init(dataDirectory: String, keyRingPath: String) {
    self.dataDirectory = dataDirectory
    self.keyRingPath = keyRingPath
  }

  /// What a converter does not see, wherever it lies. Where the broker is no root, a converter has its user.
  var hiddenPaths: [String] {
    [dataDirectory, keyRingPath, StateFile(keyRingPath: keyRingPath).path]
      + [tls?.privateKey].compactMap(\.self) + secretPaths
  }

  /// Refuses what would be unsafe or cannot work, before anything is touched.
  public func check() throws(ServerError) {
    guard (0...65535).contains(port) else { throw .configuration("the port is 0 to 65535") }
    guard tls == nil || !isBehindProxy else {
      throw .configuration("the server speaks TLS itself or is behind a proxy that does, not both")
    }
    guard isLoopback || tls != nil || isBehindProxy else {
      throw .configuration(
        "\(host) can be reached from other machines: give a TLS certificate and key, or say that "
          + "the server is behind a proxy that speaks TLS")
    }
    guard (10...30 * 86_400).contains(policy.offerSeconds) else {
      throw .configuration("an offer stands 10 seconds to 30 days")
    }
    guard (10...86_400).contains(policy.leaseSeconds) else {
      throw .configuration("a lease holds 10 seconds to one day")
    }
    guard (1...100_000).contains(connectionsMax), connectionsPerAddressMax ?? 1 > 0 else {
      throw .configuration("a server has 1 to 100,000 connections")
    }
    guard (16 << 20...1 << 40).contains(workerBudget.memoryBytes) else {
      throw .configuration("a worker has 16 MiB to 1 TiB of memory")
    }
    guard (1...86_400).contains(workerBudget.cpuSeconds),
      (1...7 * 86_400).contains(workerBudget.seconds)
    else { throw .configuration("a worker has 1 second to one day for a mesh") }
    guard workerBudget.previewWidth == 0 || (32...4096).contains(workerBudget.previewWidth) else {
      throw .configuration("a picture has 32 to 4,096 pixels across, or there is none")
    }
    guard (1...1000).contains(workersMax ?? 1) else {
      throw .configuration("there are 1 to 1,000 workers")
    }
    guard (1...1_000_000).contains(vaultLimits.measuring.queueMax),
      (1...1_000_000).contains(vaultLimits.measuring.cpuSecondsPerHour)
    else {
      throw .configuration(
        "a brand has 1 to 1,000,000 meshes that wait and as many seconds of processor time an hour")
    }
    guard (1...365).contains(policy.packageDays) else {
      throw .configuration("a package can be opened for 1 to 365 days")
    }
  }

  /// The limit of connections for one remote address, if there is one.
  var connectionsPerAddress: Int? {
    connectionsPerAddressMax ?? (isBehindProxy || isLoopback ? nil : 256)
  }

  private var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

/// Why a server did not start. Meant for the operator.
public enum ServerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The configuration is unsafe or makes no sense.
  case configuration(String)
  /// Another server works in this data directory.
  case directoryInUse(path: String)
  /// The data directory cannot be used.
  case directory(path: String, reason: String)
  /// The TLS files cannot be used.
  case tls(String)
  /// Nothing can listen at the address.
  case address(String)

  /// A stable identifier such as `server.directory_in_use`.
  public var code: String {
    switch self {
    case .configuration: "server.configuration"
    case .directoryInUse: "server.directory_in_use"
    case .directory: "server.directory"
    case .tls: "server.tls"
    case .address: "server.address"
    }
  }

  /// Code and one sentence for a person.
  public var description: String { "\(code): \(message)" }

  private var message: String {
    switch self {
    case .configuration(let reason), .address(let reason): reason
    case .directoryInUse(let path):
      "another server works in \(path): stop it first, for two would undo each other's work"
    case .directory(let path, let reason): "\(path) cannot be used: \(reason)"
    case .tls(let reason): "the TLS certificate or key cannot be used: \(reason)"
    }
  }
}
