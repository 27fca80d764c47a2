import Domain
import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Synchronization
import TestSupport
import Testing
import Workers

@testable import BrokerAPI
@testable import BrokerServer

/// The real server with its database and blobs in a directory of the test's own, on a free port, under a
/// clock that the test moves. Every answer that it gives is held against the API's own description.
struct RunningServer: Sendable {
  /// An answer, its body read as JSON where it is JSON.
  struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: [UInt8]

    var json: JSON { (try? JSON(body)) ?? .null }
    var code: String { json["code"].text }
  }

  let port: Int
  let operatorKey: String
  let clock: SimulatedClock
  let directory: TemporaryDirectory
  let log: LogCatcher
  let stop: @Sendable () async -> Void
  /// What the duty does after each interval.
  let beat: @Sendable () async throws -> Void

  /// Runs a closure against a server and stops the server afterwards, gracefully.
  static func with<Value: Sendable>(
    directory: TemporaryDirectory? = nil, operatorKey: String = "",
    configure: (inout Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (RunningServer) async throws -> Value
  ) async throws -> Value {
    let directory = try directory ?? TemporaryDirectory()
    var configuration = Configuration(
      dataDirectory: directory.path("data"), keyRingPath: directory.path("ring/key-ring.json"))
    configuration.port = 0
    configuration.stopsOnSignals = false
    // Drawing takes a processor of a debug build for a minute.
    configuration.workerBudget.previewWidth = 0
    configuration.workerProgram = try #require(
      BuiltProduct.path, Comment(rawValue: BuiltProduct.missing))
    configure(&configuration)
    let clock = SimulatedClock(seed: UInt64.random(in: 0...UInt64.max))
    let log = LogCatcher()
    let firstKey = Mutex(operatorKey)
    let server = try await BrokerServer(
      configuration, ambient: clock.ambient, logger: log.logger,
      firstKey: { key in firstKey.withLock { $0 = key } })
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { announce.finish() }
        try await server.run { port in announce.yield(port) }
      }
      guard let port = await ports.first(where: { _ in true }) else {
        try await group.next()
        throw RawClient.Failure(what: "the server did not start")
      }
      let running = RunningServer(
        port: port, operatorKey: firstKey.withLock { $0 }, clock: clock, directory: directory,
        log: log, stop: { await server.stop() },
        beat: { try await server.composition.installation.beat() })
      let result = await Task { try await body(running) }.result
      await server.stop()
      try await group.waitForAll()
      return try result.get()
    }
  }

  /// A request over a connection of its own. A JSON answer must be what the document says.
  @discardableResult
  func call(
    _ method: HTTPRequest.Method, _ path: String, key: String? = nil, _ body: JSON? = nil,
    bytes: [UInt8]? = nil, headers: HTTPFields = [:],
    location: SourceLocation = #_sourceLocation
  ) async throws -> Answer {
    var fields = headers
    if let key { fields[.authorization] = "Bearer \(key)" }
    if body != nil { fields[.contentType] = "application/json" }
    let content = bytes ?? body?.bytes
    let request = TestClient.Request(
      path, method: method, authority: "localhost", headers: fields,
      body: content.map { ByteBuffer(bytes: $0) })
    // Far longer than anything takes: how fast a loaded machine answers is not what is tested.
    let response = try await TestClient.withClient(
      host: "127.0.0.1", port: port, configuration: .init(timeout: .seconds(300))
    ) { client in try await client.execute(request) }
    let answer = Answer(
      status: response.status.code, headers: response.headers,
      body: response.body.map { Array($0.readableBytesView) } ?? [])
    Contract.check(answer, method, path, location)
    return answer
  }

  /// A request that has to succeed; its JSON.
  @discardableResult
  func must(
    _ method: HTTPRequest.Method, _ path: String, key: String? = nil, _ body: JSON? = nil,
    bytes: [UInt8]? = nil, headers: HTTPFields = [:],
    location: SourceLocation = #_sourceLocation
  ) async throws -> JSON {
    let answer = try await call(
      method, path, key: key, body, bytes: bytes, headers: headers, location: location)
    try #require(
      (200..<300).contains(answer.status),
      "\(method) \(path): \(String(decoding: answer.body, as: UTF8.self))",
      sourceLocation: location)
    return answer.json
  }
}
