import Testing

@testable import HTTPClient

@Suite("Addresses given by others")
struct AddressTests {
  @Test(
    "loopback is refused however it is written",
    arguments: [
      "127.0.0.1", "0x7f000001", "2130706433", "017700000001", "127.1", "localhost", "[::1]",
      "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "0.0.0.0", "[::]",
    ]
  )
  func loopback(host: String) async throws {
    try await withServer { port, log in
      let client = HTTPClient(.init(addressPolicy: .publicOnly(allowing: [])))
      let error = await code(HTTPRequest(url: "http://\(host):\(port)/echo"), client)
      #expect(error?.code == .addressRefused)
      #expect(error?.isTransient == false)
      #expect(log.requestCount == 0)
    }
  }

  @Test("the same address is reached by a client that may, so the refusal was the policy's")
  func permitted() async throws {
    try await withServer { port, log in
      let allowed = try #require(CIDR("127.0.0.0/8"))
      let policies = [AddressPolicy.any, .publicOnly(allowing: [allowed])]
      for policy in policies {
        let client = HTTPClient(.init(addressPolicy: policy))
        // Twice: the second goes over the connection that was kept.
        for host in ["0x7f000001", "127.0.0.1", "127.0.0.1"] {
          let request = HTTPRequest(url: "http://\(host):\(port)/echo")
          let response = try await client.send(request, maxResponseBytes: 0)
          #expect(response.status == 200)
        }
      }
      #expect(log.requestCount == 6)
    }
  }

  @Test("a guarded client takes no proxy, which would connect in its place")
  func proxy() async {
    let client = HTTPClient(
      .init(proxy: "http://127.0.0.1:9", addressPolicy: .publicOnly(allowing: []))
    )
    let error = await code(HTTPRequest(url: "http://example.com/"), client)
    #expect(error?.code == .invalidConfiguration)
  }

  @Test("every range is read, and its first and last address are not public")
  func ranges() throws {
    #expect(AddressPolicy.specialRanges.count == 27)
    for range in AddressPolicy.specialRanges {
      let first = range.network
      var bytes = first.bytes
      for bit in range.prefixBits..<bytes.count * 8 { bytes[bit / 8] |= 0x80 >> (bit % 8) }
      let last = try #require(IPAddress(bytes: bytes))
      #expect(range.contains(first) && range.contains(last))
      #expect(!AddressPolicy.isPublic(first), "\(first)")
      #expect(!AddressPolicy.isPublic(last), "\(last)")
    }
  }

  @Test(
    "addresses of the public internet are public",
    arguments: [
      "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
      "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0",
      "192.167.255.255",
      "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2001:4860:4860::8888",
      "::ffff:1.1.1.1", "2003::1",
    ]
  )
  func publicAddresses(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(AddressPolicy.isPublic(address))
  }

  @Test(
    "addresses outside the global unicast space are not, listed or not",
    arguments: ["::127.0.0.1", "fec0::1", "64:ff9b:1::1", "::ffff:10.0.0.1", "4000::1", "fdff::1"]
  )
  func otherAddresses(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(!AddressPolicy.isPublic(address))
  }

  @Test("ranges hold what they say")
  func cidr() throws {
    let range = try #require(CIDR("10.1.2.3/20"))
    let everything = try #require(CIDR("0.0.0.0/0"))
    for text in ["10.1.0.0", "10.1.15.255", "::ffff:10.1.0.0"] {
      let address = try #require(IPAddress(text))
      #expect(range.contains(address) && everything.contains(address), "\(text)")
    }
    for text in ["10.1.16.0", "10.0.255.255", "a01::"] {
      let address = try #require(IPAddress(text))
      #expect(!range.contains(address), "\(text)")
    }
    #expect(CIDR("192.168.1.7")?.description == "192.168.1.7/32")
    #expect(CIDR("::ffff:10.0.0.0/104") == CIDR("10.0.0.0/8"))
    let wrong = [
      "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10/8", "::/129", "a/8", "1.1.1.1/8/8",
    ]
    for text in wrong {
      #expect(CIDR(text) == nil, "\(text)")
    }
  }
}
