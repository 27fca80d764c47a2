import HTTPClient
import TestSupport
import Testing

@Suite("TLS", .serialized)
struct TLSTests {
  private let directory: TemporaryDirectory
  private let rootsFile: String

  init() throws {
    directory = try TemporaryDirectory()
    rootsFile = try directory.write(TestCertificates.root.utf8, to: "roots.pem")
  }

  @Test(
    "a server certified by the configured root is trusted", arguments: ["localhost", "127.0.0.1"])
  func trusted(host: String) async throws {
    try await withServer(tls: true) { port, _ in
      let client = HTTPClient(.init(trustedRootsFile: rootsFile))
      let request = HTTPRequest(
        method: "POST",
        url: "https://\(host):\(port)/echo",
        body: .bytes([1, 2, 3])
      )
      let response = try await client.send(request, maxResponseBytes: 3)
      #expect(response.body == [1, 2, 3])
    }
  }

  @Test("without that root, or under another name, it is not")
  func untrusted() async throws {
    try await withServer(tls: true) { port, log in
      let unknown = await code(HTTPRequest(url: "https://localhost:\(port)/echo"))
      #expect(unknown?.code == .tls)
      #expect(unknown?.isTransient == false)
      let client = HTTPClient(.init(trustedRootsFile: rootsFile))
      let misnamed = await code(HTTPRequest(url: "https://0.0.0.0:\(port)/echo"), client)
      #expect(misnamed?.code == .tls)
      #expect(log.requestCount == 0)
    }
  }

  @Test("a roots file that is not there fails the request")
  func missingRoots() async throws {
    try await withServer(tls: true) { port, _ in
      let client = HTTPClient(.init(trustedRootsFile: rootsFile + ".missing"))
      let error = await code(HTTPRequest(url: "https://localhost:\(port)/"), client)
      #expect(error?.code == .invalidConfiguration)
    }
  }

  @Test("a client certificate is shown to a server that asks for one")
  func clientCertificate() async throws {
    try await withServer(tls: true, asksForCertificate: true) { port, log in
      let request = HTTPRequest(url: "https://localhost:\(port)/echo")
      let error = await code(request, HTTPClient(.init(trustedRootsFile: rootsFile)))
      // With TLS 1.3 the server's refusal comes after the client believes the handshake done.
      #expect([.tls, .connectionLost].contains(error?.code))
      #expect(log.requestCount == 0)

      let certificate = HTTPClient.ClientCertificate(
        chainPEM: Array(TestCertificates.client.utf8),
        privateKeyPEM: Array(TestCertificates.clientKey.utf8)
      )
      let client = HTTPClient(
        .init(trustedRootsFile: rootsFile, clientCertificate: certificate)
      )
      let response = try await client.send(request, maxResponseBytes: 0)
      #expect(response.status == 200)
    }
  }

  @Test("a key that cannot be read fails the request")
  func brokenKey() async throws {
    try await withServer(tls: true, asksForCertificate: true) { port, _ in
      let certificate = HTTPClient.ClientCertificate(
        chainPEM: Array(TestCertificates.client.utf8),
        privateKeyPEM: Array("no key".utf8)
      )
      let client = HTTPClient(
        .init(trustedRootsFile: rootsFile, clientCertificate: certificate)
      )
      let error = await code(HTTPRequest(url: "https://localhost:\(port)/"), client)
      #expect(error?.code == .invalidConfiguration)
    }
  }
}
