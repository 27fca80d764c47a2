import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import NIOSSL
import TestSupport
import Testing

@testable import BrokerAPI
@testable import BrokerServer

@Suite("TLS")
struct TLSTests {
  @Test("a server with a certificate speaks TLS only, and tells browsers to insist on it")
  func overTLS() async throws {
    let directory = try TemporaryDirectory()
    let files = Configuration.TLSFiles(
      certificateChain: try directory.write(TestCertificates.server.utf8, to: "server.pem"),
      privateKey: try directory.write(TestCertificates.serverKey.utf8, to: "key.pem"))
    try await RunningServer.with(directory: directory, configure: { $0.tls = files }) { server in
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .certificates([
        try NIOSSLCertificate(bytes: Array(TestCertificates.root.utf8), format: .pem)
      ])
      let response = try await TestClient.withClient(
        host: "127.0.0.1", port: server.port,
        configuration: .init(tlsConfiguration: tls, serverName: "localhost")
      ) { client in
        try await client.execute(TestClient.Request("/healthz", method: .get))
      }
      #expect(response.status == .ok)
      #expect(response.headers[.strictTransportSecurity] != nil)
      await #expect(throws: (any Error).self) {
        try await RawClient(port: server.port).send(
          head: "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
          next: { _ in nil })
      }
    }
  }

  @Test("a certificate that cannot be read keeps the server from starting, with a reason")
  func unreadable() async throws {
    let directory = try TemporaryDirectory()
    let files = Configuration.TLSFiles(
      certificateChain: directory.path("none.pem"), privateKey: directory.path("none.pem"))
    await #expect(throws: ServerError.self) {
      try await RunningServer.with(directory: directory, configure: { $0.tls = files }) { _ in }
    }
  }
}
