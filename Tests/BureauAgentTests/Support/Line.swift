import HTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The line between an agent and its broker: passes requests on, and loses them or their answers when
/// a test says so.
final class Line: Sendable {
  /// What happens to a request.
  enum Fate: Sendable {
    case passes
    /// The broker never hears of it.
    case isLost
    /// The broker acts on it, and the agent does not hear so.
    case answerIsLost
    /// Somebody else answers.
    case answered(Int, String)
  }

  /// A request as it passes by.
  struct Seen: Sendable, Hashable {
    let method: String
    let path: String
    let body: String
    /// Whether it showed an API key.
    let hasKey: Bool
  }

  private let state = Mutex<(fate: @Sendable (Seen) -> Fate, seen: [Seen])>(({ _ in .passes }, []))
  private let http = HTTPClient()

  /// The requests so far.
  var seen: [Seen] { state.withLock { $0.seen } }

  /// Decides every request from now on.
  func set(_ fate: @escaping @Sendable (Seen) -> Fate) { state.withLock { $0.fate = fate } }

  /// Lets every request pass from now on.
  func heal() { set { _ in .passes } }

  /// Passes requests on to a port of this machine while `body` runs with the line's own address.
  func run<Value: Sendable>(
    to port: Int, _ body: @escaping @Sendable (String) async throws -> Value
  ) async throws -> Value {
    defer { http.shutdown() }
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    var logger = Logger(label: "line")
    logger.logLevel = .critical
    let application = Application(
      responder: CallbackResponder<BasicRequestContext> { request, _ in
        try await self.pass(request, to: port)
      },
      configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in
        if let number = channel.localAddress?.port { announce.yield(number) }
      }, logger: logger)
    // Ended gracefully: NIO stops the process when a server is cancelled while it accepts.
    var services = ServiceGroupConfiguration(services: [application], logger: logger)
    services.maximumGracefulShutdownDuration = .seconds(1)
    let service = ServiceGroup(configuration: services)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { announce.finish() }
        try await service.run()
      }
      guard let own = await ports.first(where: { _ in true }) else { throw CancellationError() }
      let result = await outcome { try await body("http://127.0.0.1:\(own)") }
      await service.triggerGracefulShutdown()
      try await group.waitForAll()
      return try result.get()
    }
  }

  private func pass(_ request: Request, to port: Int) async throws -> Response {
    let content = try await request.body.collect(upTo: 1 << 20)
    let seen = Seen(
      method: request.method.rawValue, path: request.uri.path, body: String(buffer: content),
      hasKey: request.headers[.authorization] != nil)
    let fate = state.withLock { state in
      state.seen.append(seen)
      return state.fate(seen)
    }
    switch fate {
    case .isLost: return Response(status: .badGateway)
    case .answered(let status, let text):
      return Response(
        status: .init(code: status), body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    case .passes, .answerIsLost: break
    }
    let names = ["authorization", "content-type", "idempotency-key"]
    let kept = request.headers.filter { names.contains($0.name.canonicalName) }
    let answer = try await Caller(url: "http://127.0.0.1:\(port)", http: http).pass(
      seen.method, request.uri.string, kept.map { ($0.name.rawName, $0.value) },
      Array(content.readableBytesView))
    if case .answerIsLost = fate { return Response(status: .badGateway) }
    return Response(
      status: .init(code: answer.status),
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}

/// How a closure ends, in a task of its own that ends with the caller's: so that what comes after it is
/// done however it ends.
func outcome<Value: Sendable>(
  _ body: @escaping @Sendable () async throws -> Value
) async -> Result<Value, any Error> {
  let work = Task { try await body() }
  return await withTaskCancellationHandler {
    await work.result
  } onCancel: {
    work.cancel()
  }
}
