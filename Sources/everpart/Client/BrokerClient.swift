import Crypto
import Domain
import FoundationEssentials
import HTTPClient
import PrintPackage

/// Talks to a broker over its HTTP API with one key.
struct BrokerClient: Sendable {
  let server: String
  private let key: String?
  private let http: HTTPClient

  /// - Parameters:
  ///   - server: the base address, `http://127.0.0.1:8787`.
  ///   - key: an API key, or nil for the routes that need none.
  ///   - trustedRoots: a PEM file of roots to trust instead of the system's.
  init(server: String, key: String?, trustedRoots: String? = nil) {
    self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
    self.key = key
    var configuration = HTTPClient.Configuration()
    configuration.trustedRootsFile = trustedRoots
    http = HTTPClient(configuration)
  }

  /// Ends the client's connections.
  func shutdown() { http.shutdown() }

  /// A request; the answer's JSON, or the problem that the broker named.
  ///
  /// - Parameter idempotencyKey: makes a POST safe to repeat.
  @discardableResult
  func send(
    _ method: String, _ path: String, _ body: JSONValue? = nil, idempotencyKey: String? = nil,
    ifMatch version: Int64? = nil,
    timeoutSeconds: Double = 60
  ) async throws -> JSONValue {
    var request = HTTPRequest(method: method, url: server + path)
    request.timeoutSeconds = timeoutSeconds
    if let key { request.headers.append(("Authorization", "Bearer \(key)")) }
    if let idempotencyKey { request.headers.append(("Idempotency-Key", idempotencyKey)) }
    if let version { request.headers.append(("If-Match", "\"\(version)\"")) }
    if let body {
      request.headers.append(("Content-Type", "application/json"))
      request.body = .bytes(Array(try jsonText(body).utf8))
    }
    return try Self.answer(try await http.send(request, maxResponseBytes: 16 << 20))
  }

  func get(_ path: String) async throws -> JSONValue { try await send("GET", path) }

  @discardableResult
  func post(_ path: String, _ body: JSONValue = [:]) async throws -> JSONValue {
    try await send("POST", path, body)
  }

  /// All elements of a list, page after page.
  func list(_ path: String, limit: Int = .max) async throws -> [JSONValue] {
    var (all, after): ([JSONValue], String?) = ([], nil)
    while all.count < limit {
      let page = try await get(
        path + (path.contains("?") ? "&" : "?") + "limit=\(min(100, limit - all.count))"
          + (after.map { "&starting_after=\($0)" } ?? ""))
      all += page["data"].elements
      guard page["has_more"] == true, let last = all.last?["id"].string else { break }
      after = last
    }
    return all
  }

  /// A digest of the key, which tells one from another and no more.
  var keyDigest: String { ContentDigest(of: Array((key ?? "").utf8)).description }

  /// The same text for the same texts and the same API key, which says nothing of them to whoever has not
  /// got that key: an Idempotency-Key that another run of a command finds again by itself.
  func keyed(_ texts: [String]) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Data(texts.map { "\($0.utf8.count):\($0)" }.joined().utf8),
      using: SymmetricKey(data: Data((key ?? "").utf8)))
    return Data(code).base64EncodedString().filter { $0.isLetter || $0.isNumber }
  }

  /// A request of the tus protocol, whose answers are headers.
  func exchange(
    _ method: String, _ path: String, headers: [(String, String)] = [], body: HTTPBody = .none
  ) async throws -> HTTPResponse {
    var request = HTTPRequest(method: method, url: server + path)
    if let key { request.headers.append(("Authorization", "Bearer \(key)")) }
    request.headers += [("Tus-Resumable", "1.0.0")] + headers
    request.body = body
    request.idleTimeoutSeconds = 60
    return try await http.send(request, maxResponseBytes: 1 << 20)
  }

  /// Sends a file as the body, from the disk, with a progress bar.
  func upload(_ path: String, file: String, mediaType: String) async throws -> JSONValue {
    var request = HTTPRequest(method: "POST", url: server + path)
    if let key { request.headers.append(("Authorization", "Bearer \(key)")) }
    request.headers.append(("Content-Type", mediaType))
    let pieces = try FilePieces(file)
    request.body = .stream(length: Int64(pieces.size)) { try pieces.next() }
    request.idleTimeoutSeconds = 60
    return try Self.answer(
      try await pieces.whileSent { try await http.send(request, maxResponseBytes: 1 << 20) })
  }

  /// Fetches a binary body into a file, which appears only when it is whole, and tells how many bytes it has.
  ///
  /// - Parameters:
  ///   - label: what a progress bar says.
  ///   - idleTimeoutSeconds: for how long the broker may be busy without sending a byte.
  @discardableResult
  func download(
    _ path: String, into out: OutputFile, label: String? = nil, idleTimeoutSeconds: Double = 30
  ) async throws -> Int {
    var request = HTTPRequest(url: server + path)
    request.idleTimeoutSeconds = idleTimeoutSeconds
    if let key { request.headers.append(("Authorization", "Bearer \(key)")) }
    let (head, body) = try await http.stream(request)
    guard head.status == 200 else {
      var bytes: [UInt8] = []
      for try await piece in body where bytes.count < 1 << 20 { bytes += piece }
      _ = try Self.answer(HTTPResponse(status: head.status, headers: head.headers, body: bytes))
      return 0
    }
    let total = head.headers["Content-Length"].flatMap { Int($0) }
    var bar = label.map { ProgressBar($0, total: total) }
    defer { bar?.finish() }
    var done = 0
    for try await piece in body {
      try out.write(piece)
      done += piece.count
      bar?.update(done)
    }
    try out.finish()
    return done
  }

  static func answer(_ response: HTTPResponse) throws -> JSONValue {
    if response.status == 204 { return .null }
    let value =
      (try? JSONDecoder().decode(JSONValue.self, from: Data(response.body))) ?? .null
    guard (200..<300).contains(response.status) else {
      throw Problem(
        Problem.Class(rawValue: response.status) ?? .failed,
        value["code"].string ?? "http.\(response.status)",
        value["detail"].string ?? "The server answered \(response.status) without a reason.")
    }
    return value
  }
}
