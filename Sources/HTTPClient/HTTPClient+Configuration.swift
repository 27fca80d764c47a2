extension HTTPClient {
  /// How a client connects.
  public struct Configuration: Sendable {
    /// The most seconds for the name, the connection and the handshake together.
    public var connectTimeoutSeconds: Double
    /// A PEM file with the certificates to trust in place of the system's; nil for the system's.
    public var trustedRootsFile: String?
    /// What this side shows a server that asks who it is.
    public var clientCertificate: ClientCertificate?
    /// The `User-Agent` of requests that do not bring their own.
    public var userAgent: String
    /// The proxy's address, or empty for none; the environment's proxy settings are not read. A
    /// client that checks addresses refuses to have one, since the proxy would do the connecting.
    public var proxy: String
    /// Where this client may connect to.
    public var addressPolicy: AddressPolicy
    /// The most connections to one host at a time; further requests wait for one to come free.
    public var connectionsPerHostMax: Int
    /// The most unused connections kept open.
    public var idleConnectionsMax: Int

    /// Makes a configuration; every value has a default fit for trusted peers.
    public init(
      connectTimeoutSeconds: Double = 10,
      trustedRootsFile: String? = nil,
      clientCertificate: ClientCertificate? = nil,
      userAgent: String = "everpart/1",
      proxy: String = "",
      addressPolicy: AddressPolicy = .any,
      connectionsPerHostMax: Int = 64,
      idleConnectionsMax: Int = 128
    ) {
      self.connectTimeoutSeconds = connectTimeoutSeconds
      self.trustedRootsFile = trustedRootsFile
      self.clientCertificate = clientCertificate
      self.userAgent = userAgent
      self.proxy = proxy
      self.addressPolicy = addressPolicy
      self.connectionsPerHostMax = connectionsPerHostMax
      self.idleConnectionsMax = idleConnectionsMax
    }
  }

  /// A certificate with its key, in memory: neither has to lie in a file.
  public struct ClientCertificate: Sendable {
    /// The certificate in PEM, followed by those between it and its root.
    public var chainPEM: [UInt8]
    /// Its private key in PEM, not encrypted.
    public var privateKeyPEM: [UInt8]

    /// Makes a pair; whether the two belong together shows in the first handshake.
    public init(chainPEM: [UInt8], privateKeyPEM: [UInt8]) {
      self.chainPEM = chainPEM
      self.privateKeyPEM = privateKeyPEM
    }
  }
}
