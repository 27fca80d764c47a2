import Foundation

/// Order placement over HTTP, durable: `everpart serve` against FastAPI and SQLite, under the same load
/// on the same disk. Ours checks a key, matches twenty bureaus, reserves licence units, seals the
/// address, stores the decision and makes the offer; the peer stores a row.
enum OrdersBenchmark {
  static func run(_ settings: Settings) throws -> [Row] {
    let mesh = "\(settings.disk)/order-part.stl"
    try TorusMesh(around: 50, across: 20).writeBinary(to: mesh)
    let broker = try Broker(settings, in: "\(settings.disk)/orders")
    let part = try broker.publish(mesh, sku: "GC-25")
    let ours = try Load(
      broker.storefront, "POST", "/v1/storefront/orders", Broker.order(part), status: 201)
    let peers = try ["threads", "direct"].map { name in
      try OrdersPeer(name, settings, part)
    }
    note("  fsync of 4 KiB here: \(milliseconds(try fsyncSeconds(in: settings.disk))) (median)")
    return try ceiling(broker, ours, settings)
      + [1, 32].flatMap { try compare(ours, peers, clients: $0, settings) }
  }

  private static func compare(
    _ ours: Load, _ peers: [OrdersPeer], clients: Int, _ settings: Settings
  ) throws -> [Row] {
    let seconds = settings.isFull ? 5.0 : 2.0
    // The peer's better variant at this number of clients, by a short look at both.
    let looks = try peers.map { peer in
      (peer, try (0..<3).map { _ in try peer.load.run(clients: clients, seconds: 0.5).perSecond })
    }
    for (peer, rates) in looks {
      note("  \(clients) clients, FastAPI \(peer.name): \(decimal(median(rates), 0))/s")
    }
    guard let peer = looks.max(by: { median($0.1) < median($1.1) })?.0 else { return [] }
    var (mine, its): ([Load.Result], [Load.Result]) = ([], [])
    let pairs = try Pairs.measure(rounds: settings.rounds) {
      mine.append(try ours.run(clients: clients, seconds: seconds))
      return 1 / mine[mine.count - 1].perSecond
    } peer: {
      its.append(try peer.load.run(clients: clients, seconds: seconds))
      return 1 / its[its.count - 1].perSecond
    }
    // The first of each warmed up.
    func percentile(_ results: [Load.Result], _ percent: Double) -> Double {
      median(results.dropFirst().map { $0.percentile(percent) })
    }
    let what = "orders, \(clients) client\(clients == 1 ? "" : "s")"
    return [
      Row(what, pairs, peer: "FastAPI (\(peer.name))") { "\(decimal(1 / $0, 0))/s" }
    ]
      + [50.0, 99.0].map { percent in
        let (a, b) = (percentile(mine, percent), percentile(its, percent))
        return Row(
          "\(what), p\(Int(percent))", ours: milliseconds(a), peer: milliseconds(b), ratio: b / a)
      }
  }

  /// What the load's own side can do: the rate at which the same requests get the cheapest answer
  /// there is, a refusal before anything is looked up.
  private static func ceiling(
    _ broker: Broker, _ ours: Load, _ settings: Settings
  ) throws -> [Row] {
    let health = try Load(Client(port: ours.port), "GET", "/healthz", nil, status: 200)
    let rates = try (0..<3).map { _ in try health.run(clients: 32, seconds: 1).perSecond }
    return [
      Row(
        "load generator, at least (healthz, 32 clients)", ours: "\(decimal(median(rates), 0))/s",
        peer: "–", ratio: nil)
    ]
  }

  private static func fsyncSeconds(in directory: String) throws -> Double {
    let path = "\(directory)/fsync"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { throw Failure("\(path) cannot be written") }
    defer { close(file) }
    let page = [UInt8](repeating: 7, count: 4096)
    return median(
      (0..<200).map { _ in
        let start = uptime()
        _ = write(file, page, page.count)
        fdatasync(file)
        return uptime() - start
      })
  }
}

/// One variant of the FastAPI application in a process of its own.
private final class OrdersPeer {
  let name: String
  let load: Load
  private let server: Child

  init(_ name: String, _ settings: Settings, _ part: String) throws {
    self.name = name
    let port = try Self.freePort()
    server = try Child(
      settings.python,
      [
        "-m", "uvicorn", "orders:\(name)", "--app-dir", settings.peers, "--host", "127.0.0.1",
        "--port", "\(port)", "--no-access-log", "--log-level", "warning", "--loop", "uvloop",
        "--http", "httptools",
      ], errors: "\(settings.disk)/fastapi-\(name).log",
      environment: ["ORDERS_DATABASE": "\(settings.disk)/fastapi-\(name).sqlite"])
    load = try Load(
      Client(port: port), "POST", "/v1/storefront/orders", Broker.order(part), status: 201)
    let end = uptime() + 30
    while (try? Connection(port: port)) == nil {
      guard server.isRunning, uptime() < end else { throw Failure("uvicorn did not start") }
      usleep(50_000)
    }
  }

  private static func freePort() throws -> Int {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let found = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard found else { throw Failure("there is no free port") }
    return Int(in_port_t(bigEndian: address.sin_port))
  }
}
