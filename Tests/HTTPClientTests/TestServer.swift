import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization
import TestSupport

/// What the server under the tests saw.
final class ServerLog: Sendable {
  private let state = Mutex<(connections: Set<String>, requests: Int)>(([], 0))
  /// Holds back `/held` until it is opened.
  let gate = Gate()
  /// Opened by the first request for `/held`.
  let isHolding = Gate()

  var connectionCount: Int { state.withLock { $0.connections.count } }
  var requestCount: Int { state.withLock { $0.requests } }

  func note(connection: String) {
    state.withLock { state in
      state.connections.insert(connection)
      state.requests += 1
    }
  }
}

/// Lets one waiter through once it was opened.
final class Gate: Sendable {
  private let stream: AsyncStream<Never>
  private let continuation: AsyncStream<Never>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func open() { continuation.finish() }
  func wait() async { for await _ in stream {} }
}

private struct Context: RequestContext {
  var coreContext: CoreRequestContextStorage
  let remoteAddress: String

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    remoteAddress = source.channel.remoteAddress?.description ?? ""
  }
}

/// Runs a Hummingbird server on a port of 127.0.0.1 while `body` runs.
func withServer<Value: Sendable>(
  tls: Bool = false,
  asksForCertificate: Bool = false,
  _ body: @Sendable (Int, ServerLog) async throws -> Value
) async throws -> Value {
  let log = ServerLog()
  let (ports, port) = AsyncStream.makeStream(of: Int.self)
  var logger = Logger(label: "test server")
  logger.logLevel = .critical
  let application = Application(
    responder: CallbackResponder<Context> { request, context in
      log.note(connection: context.remoteAddress)
      return try await respond(to: request, log)
    },
    server: tls
      ? try .tls(tlsConfiguration: tlsConfiguration(asksForCertificate: asksForCertificate))
      : .http1(),
    configuration: .init(address: .hostname("127.0.0.1", port: 0)),
    onServerRunning: { channel in
      if let number = channel.localAddress?.port { port.yield(number) }
    },
    logger: logger
  )
  // Ended gracefully: NIO stops the process when a server is cancelled while it accepts.
  var group = ServiceGroupConfiguration(services: [application], logger: logger)
  // NIO sometimes waits five seconds for a TLS client that has long closed.
  group.maximumGracefulShutdownDuration = .seconds(1)
  let service = ServiceGroup(configuration: group)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { port.finish() }
      try await service.run()
    }
    var iterator = ports.makeAsyncIterator()
    guard let number = await iterator.next() else {
      try await group.waitForAll()
      throw CancellationError()
    }
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(number, log))
    } catch {
      result = .failure(error)
    }
    log.gate.open()
    await service.triggerGracefulShutdown()
    try await group.waitForAll()
    return try result.get()
  }
}

private func respond(to request: Request, _ log: ServerLog) async throws -> Response {
  switch request.uri.path {
  case "/redirect":
    return Response(status: .found, headers: [.location: "/echo"])
  case "/bytes":
    let count = request.uri.queryParameters["count"].flatMap { Int($0) } ?? 0
    let isChunked = request.uri.queryParameters["chunked"] != nil
    return Response(status: .ok, body: bytes(count, isChunked: isChunked))
  case "/held":
    log.isHolding.open()
    await log.gate.wait()
    return try await count(request)
  case "/count":
    return try await count(request)
  default:
    return try await echo(request)
  }
}

/// The request's bytes as the body, its other parts as headers.
private func echo(_ request: Request) async throws -> Response {
  let body = try await request.body.collect(upTo: 16 << 20)
  var response = Response(status: .ok)
  for field in request.headers {
    if let name = HTTPField.Name("echo-" + field.name.rawName) {
      response.headers.append(HTTPField(name: name, value: field.value))
    }
  }
  if let name = HTTPField.Name("echo-method") {
    response.headers[name] = request.method.rawValue
  }
  if let name = HTTPField.Name("echo-path") {
    response.headers[name] = request.uri.string
  }
  if let name = HTTPField.Name("Twice") {
    response.headers.append(HTTPField(name: name, value: "one"))
    response.headers.append(HTTPField(name: name, value: "two"))
  }
  response.body = ResponseBody(byteBuffer: body)
  return response
}

/// How many bytes came, and whether they were those of `pattern`.
private func count(_ request: Request) async throws -> Response {
  var count = 0
  var isRight = true
  for try await buffer in request.body {
    let bytes = Array(buffer: buffer)
    isRight = isRight && bytes == pattern(from: count, count: bytes.count)
    count += bytes.count
  }
  let body = ByteBuffer(string: "\(count) \(isRight)")
  return Response(status: .ok, body: ResponseBody(byteBuffer: body))
}

private func bytes(_ count: Int, isChunked: Bool) -> ResponseBody {
  ResponseBody(contentLength: isChunked ? nil : count) { writer in
    var sent = 0
    while sent < count {
      let size = min(64 << 10, count - sent)
      try await writer.write(ByteBuffer(bytes: pattern(from: sent, count: size)))
      sent += size
    }
    try await writer.finish(nil)
  }
}

/// Bytes that show a lost, doubled or moved block: the period is no power of two. Copied from a table,
/// since a loop over 64 MiB is slow in a debug build.
func pattern(from start: Int, count: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count)
  while bytes.count < count {
    let offset = (start + bytes.count) % 251
    bytes += patternTable[offset...].prefix(count - bytes.count)
  }
  return bytes
}

private let patternTable = (0..<251 * 1024).map { UInt8($0 % 251) }

private func tlsConfiguration(asksForCertificate: Bool) throws -> TLSConfiguration {
  let chain = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.server.utf8))
  let key = try NIOSSLPrivateKey(bytes: Array(TestCertificates.serverKey.utf8), format: .pem)
  var configuration = TLSConfiguration.makeServerConfiguration(
    certificateChain: chain.map { .certificate($0) },
    privateKey: .privateKey(key)
  )
  if asksForCertificate {
    let roots = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.root.utf8))
    configuration.trustRoots = .certificates(roots)
    configuration.certificateVerification = .noHostnameVerification
  }
  return configuration
}
