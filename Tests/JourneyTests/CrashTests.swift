import Glibc
import TestSupport
import Testing

extension Journeys {
  @Test(
    "a crash writes nothing of the process's memory, neither a core nor a report",
    arguments: [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE])
  func crash(signal: Int32) throws {
    let root = try TemporaryDirectory()
    let server = try Child(
      try Product.require(),
      [
        "serve", "--json", "--port", "0", "--data", root.path("data"), "--key-ring",
        root.path("keys/ring.json"),
      ], output: root.path("out"), errors: root.path("err"),
      environment: ["SWIFT_BACKTRACE": "enable=yes,color=no"])
    while !server.text.contains("\"ready\"") { try #require(server.isRunning) }
    let before = try root.read("err")
    server.kill(by: signal)
    #expect(server.status.map { $0 & 0x7F } == signal)
    // Bit 7: a core was written.
    #expect(server.status.map { $0 & 0x80 } == 0)
    #expect(String(decoding: try root.read("err").dropFirst(before.count), as: UTF8.self) == "")
  }
}
