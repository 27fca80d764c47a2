import BureauProtocol
public import Domain
import FoundationEssentials
import PrintPackage
public import Sealing

/// What `agent.json` says.
struct AgentRecord: Codable, Sendable {
  var server: String
  var bureau: BureauID
  var bureauName: String
  /// The name under which this agent holds leases; it keeps it, so that after a restart its own
  /// lease does not stand in its way.
  var holder: String
  var trustedRoots: String?

  private enum CodingKeys: String, CodingKey {
    case server, bureau, holder
    case bureauName = "bureau_name"
    case trustedRoots = "trusted_roots"
  }
}

/// Makes a bureau's keys, proves to the broker that it has them, and pins the broker's.
public struct EnrolAgent: Sendable {
  /// What enrolling brought about.
  public struct Result: Sendable {
    /// The bureau that the API key belongs to.
    public let bureau: BureauID
    /// Its name, from the broker.
    public let name: String
    /// The public key that packages will be sealed to.
    public let recipient: Recipient
    /// The broker's keys that are trusted from now on.
    public let brokerKeys: [VerificationKey]
  }

  private let directory: AgentDirectory
  private let ambient: Ambient

  /// Enrols into a directory.
  public init(directory: AgentDirectory, ambient: Ambient) {
    self.directory = directory
    self.ambient = ambient
  }

  /// Enrols. It can be run again after a crash at any point: keys that are there are kept, and
  /// `agent.json`, without which no agent runs, is written last.
  ///
  /// Keys of the broker that were pinned are never replaced by what comes over the network: a
  /// directory stays with its bureau and its broker until somebody brings a document.
  ///
  /// - Parameters:
  ///   - kind: the type of a new identity; one that is there stays.
  ///   - trust: a trust document from a safe source; nil pins what the broker answers now, or keeps
  ///     what is pinned.
  /// - Throws: `agent.insecure_server`, `agent.other_bureau` (the API key is another bureau's),
  ///   `agent.trust_changed` (the broker answers other keys than are pinned), `package.trust`, or what
  ///   the broker refuses with.
  public func run(
    server: String, key: String, kind: KeyKind, trust: String?, trustedRoots: String?
  ) async throws -> Result {
    try ServerAddress.check(server)
    let broker = BrokerConnection(server: server, key: key, trustedRoots: trustedRoots)
    defer { broker.shutdown() }
    // Everything that can be refused is, before anything is written or the broker is told; and a broker
    // with other keys than the pinned ones is refused before it sees the API key.
    let trusted = try await trusted(trust, broker)
    let brokers = try PackageTrust(texts: trusted.keys(for: .broker)).brokers
    let bureau = try await broker.bureau()
    if let enrolled = try directory.record(), enrolled.bureau != bureau.id {
      throw Problem(
        .conflict, "agent.other_bureau",
        "\(directory.path) is enrolled for \(enrolled.bureauName) (\(enrolled.bureau)); the API key "
          + "belongs to another bureau. Give that one a directory of its own with --data.")
    }
    var generator = ambient.generator
    let identity = try kept(.identity, parse: Identity.init(parsing:), text: \.text) {
      try Identity.generate(kind, using: &generator)
    }
    let signer = try kept(.signingKey, parse: SigningKey.init(parsing:), text: \.text) {
      try SigningKey.generate(using: &generator)
    }
    let statement = try Enrolment(
      bureau: bureau.id, recipient: identity.recipient, verificationKey: signer.verificationKey,
      issuedAt: ambient.now(), using: &generator
    ).signed(by: signer)
    _ = try await broker.enrol(try SignedStatement(json: try statement.json()))
    try directory.write(try text(trusted), to: .trust)
    try directory.write(key + "\n", to: .apiKey)
    try directory.write(
      try text(
        AgentRecord(
          server: server, bureau: bureau.id, bureauName: bureau.name,
          holder: try directory.record()?.holder
            ?? ambient.identifier(EventID.self, at: ambient.now()).text,
          trustedRoots: trustedRoots)), to: .agent)
    return Result(
      bureau: bureau.id, name: bureau.name, recipient: identity.recipient, brokerKeys: brokers)
  }

  /// The document to pin: the one that was brought, the one that is pinned, or else the broker's.
  private func trusted(_ brought: String?, _ broker: BrokerConnection) async throws -> TrustDocument
  {
    if let brought {
      guard let document = try? JSONDecoder().decode(TrustDocument.self, from: Data(brought.utf8))
      else {
        throw Problem(
          .invalid, "agent.trust",
          "What --trust names is not a trust document: ask the broker's operator for what "
            + "/v1/trust answers.")
      }
      return document
    }
    let answered = try await broker.trust()
    guard let pinned = try directory.trust() else { return answered }
    guard Set(pinned.keys(for: .broker)) == Set(answered.keys(for: .broker)) else {
      throw Problem(
        .conflict, "agent.trust_changed",
        "The broker answers other keys than are pinned in \(directory.path(.trust)). Ask its operator "
          + "for its trust document and give that with --trust, if the change is meant.")
    }
    return pinned
  }

  /// A key that is there, or a new one, which is on disk before anybody hears of it.
  private func kept<Key>(
    _ name: AgentDirectory.Name, parse: (String) throws -> Key, text: (Key) -> String,
    make: () throws -> Key
  ) throws -> Key {
    if let stored = try directory.text(name) {
      return try parse(stored.trimmed)
    }
    let key = try make()
    try directory.write(text(key) + "\n", to: name)
    return key
  }

  private func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
    return String(self[start..<end])
  }
}
