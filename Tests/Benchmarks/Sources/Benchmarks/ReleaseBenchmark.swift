import Foundation

/// From a bureau's acceptance to the first byte of its package: the licence is consumed, the release
/// recorded, the file key unwrapped and a new header made, manifest and ticket signed and sealed. The
/// payload is not touched, so its size must not matter: the peer is the same for a small one.
enum ReleaseBenchmark {
  static func run(_ settings: Settings) throws -> [Row] {
    let broker = try Broker(settings, in: "\(settings.disk)/release")
    let small = "\(settings.disk)/small.stl"
    let large = "\(settings.disk)/large.stl"
    try TorusMesh(around: 5, across: 4).writeBinary(to: small)
    // 50 bytes a facet.
    try TorusMesh(around: settings.isFull ? 10_000 : 2_600, across: 1_000).writeBinary(to: large)
    let largeBytes = try FileManager.default.attributesOfItem(atPath: large)[.size] as? Int ?? 0
    let smallPart = try broker.publish(small, sku: "SMALL")
    let atRest = broker.server.residentPeak ?? 0
    let start = uptime()
    let largePart = try broker.publish(large, sku: "LARGE")
    let seconds = uptime() - start
    let grown = (broker.server.residentPeak ?? 0) - atRest

    let releases = settings.isFull ? 40 : 15
    let pairs = try Pairs.measure(rounds: settings.rounds) {
      try median((0..<releases).map { _ in try release(largePart, broker) })
    } peer: {
      try median((0..<releases).map { _ in try release(smallPart, broker) })
    }
    let size = mebibytes(largeBytes)
    return [
      Row("release of \(size), accept to first byte", pairs, peer: "of 2 KB", rate: milliseconds),
      Row(
        "upload of \(size): sealed, measured, durable",
        ours: "\(decimal(Double(largeBytes) / seconds / 1e6, 0)) MB/s", peer: "–", ratio: nil),
      Row("broker's memory growth over it", ours: mebibytes(grown), peer: "–", ratio: nil),
    ]
  }

  /// Orders a part and returns the seconds from its acceptance to its package's first byte.
  private static func release(_ part: String, _ broker: Broker) throws -> Double {
    let shop = try Connection(port: broker.storefront.port)
    let body = try JSON(Broker.order(part)).bytes
    let head =
      broker.storefront.head(
        "POST", "/v1/storefront/orders", type: "application/json", bodyBytes: body.count)
      + "Idempotency-Key: \(UUID().uuidString)\r\n\r\n"
    try shop.send(Array(head.utf8) + body)
    let placed = try shop.answer()
    guard placed.status == 201 else { throw Failure("an order was refused: \(placed.status)") }
    guard let offer = try broker.bureau.ask("GET", "/v1/bureau/offers")["data"].elements.first
    else { throw Failure("the order came to no offer") }

    let (accepting, fetching) = (
      try Connection(port: broker.bureau.port), try Connection(port: broker.bureau.port)
    )
    let start = uptime()
    let job = try broker.bureau.ask(
      "POST", "/v1/bureau/offers/\(offer["id"].text)/accept", on: accepting)["id"].text
    let request = broker.bureau.head(
      "GET", "/v1/bureau/jobs/\(job)/package", type: "application/json", bodyBytes: 0)
    try fetching.send(Array("\(request)\r\n".utf8))
    let status = try fetching.firstByte()
    guard status == 200 else { throw Failure("the package was refused: \(status)") }
    return uptime() - start
  }
}
