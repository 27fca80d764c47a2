import Crypto
import FoundationEssentials

/// The head of an age file: version line, stanzas and MAC (C2SP `age.md`).
///
/// It wraps the file key and says nothing about the payload, which follows as nonce ‖ chunks and depends
/// on the file key alone. So a payload can be given a new header without touching it:
/// `AgeHeader.make(fileKey:for:using:)` ‖ the payload bytes as they are.
public struct AgeHeader: Sendable {
  /// A whole header is never longer than this.
  public static let encodedBytesMax = 128 << 10
  /// A header never holds more stanzas than this.
  public static let stanzaCountMax = 64
  /// A `->` line is never longer than this (a post-quantum stanza takes 1,512 bytes).
  public static let lineBytesMax = 4096

  static let intro = Array("age-encryption.org/v1".utf8)
  static let macMark = Array("---".utf8)

  /// The stanzas in order, those of unknown schemes included.
  public let stanzas: [Stanza]
  /// The length of the header in the file, up to and including the line feed after the MAC.
  public let encodedByteCount: Int

  private let known: [KnownStanza]
  private let authenticated: [UInt8]
  private let mac: [UInt8]

  /// For the parser: `authenticated` is everything up to and including `---`.
  init(stanzas: [Stanza], authenticated: [UInt8], mac: [UInt8], encodedByteCount: Int) throws {
    self.stanzas = stanzas
    self.authenticated = authenticated
    self.mac = mac
    self.encodedByteCount = encodedByteCount
    known = try stanzas.map(KnownStanza.init)
    if stanzas.count != 1, stanzas.contains(where: { $0.type == ScryptStanza.type }) {
      throw AgeError.headerFailure("a scrypt stanza must be the only one")
    }
  }

  /// Parses a header from the start of `bytes`, which may go on with the payload.
  ///
  /// Nil means that the header is not complete yet. Throws `AgeError.headerFailure` as soon as what is
  /// there cannot become a header, or exceeds a limit.
  public static func parse(_ bytes: some Collection<UInt8>) throws -> AgeHeader? {
    var parser = AgeHeaderParser()
    _ = try parser.consume(bytes)
    return parser.header
  }

  /// Writes a header for an existing file key, MAC line included.
  ///
  /// The generator gives scrypt salts and X25519 ephemeral keys; for `mlkem768x25519` swift-crypto's HPKE
  /// draws its own randomness from the operating system. Throws `AgeError.mixedRecipients`,
  /// `.recipientCount`, `.workFactor` or `.invalidKey`. A passphrase blocks for as long as scrypt takes.
  public static func make(
    fileKey: FileKey,
    for target: SealTarget,
    using generator: inout some RandomNumberGenerator
  ) throws -> [UInt8] {
    var stanzas: [Stanza] = []
    switch target {
    case .recipients(let recipients):
      guard (1...stanzaCountMax).contains(recipients.count) else {
        throw AgeError.recipientCount(recipients.count)
      }
      guard recipients.allSatisfy({ $0.isPostQuantum == recipients[0].isPostQuantum }) else {
        throw AgeError.mixedRecipients
      }
      for recipient in recipients {
        switch recipient.kind {
        case .x25519:
          stanzas.append(
            try X25519Stanza.wrap(fileKey, for: recipient.publicKey, using: &generator)
          )
        case .mlkem768x25519:
          stanzas.append(try HybridStanza.wrap(fileKey, for: recipient.publicKey))
        }
      }
    case .passphrase(let passphrase, let workFactor):
      stanzas.append(
        try ScryptStanza.wrap(
          fileKey,
          passphrase: passphrase,
          workFactor: workFactor,
          using: &generator
        )
      )
    }
    return encode(stanzas, fileKey: fileKey)
  }

  private static func encode(_ stanzas: [Stanza], fileKey: FileKey) -> [UInt8] {
    var out = intro + [UInt8(ascii: "\n")]
    for stanza in stanzas { out.append(contentsOf: stanza.encoded) }
    out.append(contentsOf: macMark)
    let mac = HMAC<SHA256>.authenticationCode(for: out, using: fileKey.headerKey())
    out.append(UInt8(ascii: " "))
    out.append(contentsOf: Base64.encode(Array(mac), padded: false))
    out.append(UInt8(ascii: "\n"))
    return out
  }

  /// Whether every stanza is for a post-quantum key.
  public var isPostQuantum: Bool { stanzas.allSatisfy { $0.type == HybridStanza.type } }

  /// The file key, after the MAC has been checked.
  ///
  /// Throws `AgeError.noMatch` where no stanza is for this key, `.headerFailure` for a malformed share or
  /// too high a work factor, `.hmacFailure` where the header was changed.
  public func unwrap(with key: OpenKey) throws -> FileKey {
    guard let fileKey = try open(with: key) else { throw AgeError.noMatch }
    guard
      HMAC<SHA256>.isValidAuthenticationCode(
        mac,
        authenticating: authenticated,
        using: fileKey.headerKey()
      )
    else { throw AgeError.hmacFailure }
    return fileKey
  }

  private func open(with key: OpenKey) throws -> FileKey? {
    switch key {
    case .identities(let identities):
      for identity in identities {
        for stanza in known {
          let fileKey: FileKey? =
            switch (stanza, identity.kind) {
            case (.x25519(let stanza), .x25519): try stanza.unwrap(with: identity)
            case (.hybrid(let stanza), .mlkem768x25519): try stanza.unwrap(with: identity)
            default: nil
            }
          if let fileKey { return fileKey }
        }
      }
    case .passphrase(let passphrase, let workFactorMax):
      if case .scrypt(let stanza)? = known.first {
        return try stanza.unwrap(passphrase: passphrase, workFactorMax: workFactorMax)
      }
    }
    return nil
  }
}
