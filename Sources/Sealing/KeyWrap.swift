import COpenSSL
import Crypto
import FoundationEssentials

/// Why a wrapped secret did not open.
public enum KeyWrapError: SealingError, Equatable {
  /// Not something that `KeyWrap` wrote.
  case malformed
  /// Wrapped under another wrapping key.
  case wrongKey
  /// Wrapped for another context, or changed since.
  case refused
  /// OpenSSL has no HKDF, or no memory.
  case failed

  /// See `SealingError.code`.
  public var code: String {
    switch self {
    case .malformed: "sealing.wrap_format"
    case .wrongKey: "sealing.wrap_key"
    case .refused: "sealing.wrap_refused"
    case .failed: "sealing.wrap_failed"
    }
  }

  /// See `SealingError.message`.
  public var message: String {
    switch self {
    case .malformed: "not a wrapped secret"
    case .wrongKey: "the secret is wrapped under another key"
    case .refused: "the secret is wrapped for another context, or was changed"
    case .failed: "OpenSSL derived no key"
    }
  }
}

/// A key that wraps other keys at rest: 32 bytes from the key ring.
public struct WrappingKey: Sendable, Equatable, CustomStringConvertible {
  /// The length of every wrapping key.
  public static let byteCount = 32
  let secret: SecretBytes

  /// Takes exactly 32 bytes, or is nil.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    secret = SecretBytes(Array(bytes))
  }

  /// Draws a fresh key from the generator.
  public static func generate(using generator: inout some RandomNumberGenerator) -> WrappingKey {
    WrappingKey(secret: SecretBytes(randomBytes(byteCount, using: &generator)))
  }

  private init(secret: SecretBytes) { self.secret = secret }

  /// The 32 bytes, for the key ring's file (mode 0600) only.
  public var bytes: [UInt8] { secret.bytes }

  /// Says nothing of the key.
  public var description: String { "WrappingKey(redacted)" }
}

/// What a wrapped secret is bound to: names and values, such as tenant, design, revision, file, purpose and
/// key version. It opens in exactly this context and no other.
public struct WrapContext: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// Every name and value with its length before it (32 bits, big-endian), so that no two contexts are
  /// written alike.
  public let bytes: [UInt8]

  /// The fields in the order given, which matters.
  public init(_ fields: [(name: String, value: String)]) {
    var bytes: [UInt8] = []
    for part in fields.flatMap({ [$0.name, $0.value] }) {
      withUnsafeBytes(of: UInt32(part.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: part.utf8)
    }
    self.bytes = bytes
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// `["tenant": "brd_…", "purpose": "payload"]`, in the order written.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.map { (name: $0.0, value: $0.1) })
  }
}

/// Wrapping of small secrets at rest.
///
/// Written: version byte 1 ‖ salt (32) ‖ commitment (32) ‖ ciphertext ‖ tag (16). Salt and wrapping key give,
/// through HKDF-SHA-256, a key of its own for each wrap, its AES-256-GCM nonce and the commitment. So the
/// number of wraps under one wrapping key is not bounded by GCM's nonces, and since AES-GCM alone would let
/// a ciphertext be made that opens under two keys, the commitment is compared before anything is opened.
public enum KeyWrap {
  private static let version: UInt8 = 1
  private static let saltByteCount = 32
  private static let commitmentByteCount = 32
  private static let info = Array("everpart/key-wrap/v1".utf8)

  /// The bytes that wrapping adds to a secret.
  public static let overheadByteCount = 1 + saltByteCount + commitmentByteCount + 16

  private struct Derived {
    let key: SymmetricKey
    let nonce: AES.GCM.Nonce
    let commitment: [UInt8]

    init(_ wrappingKey: WrappingKey, salt: [UInt8]) throws {
      let byteCount = 32 + 12 + commitmentByteCount
      var bytes = [UInt8](repeating: 0, count: byteCount)
      defer { bytes.withUnsafeMutableBytes { everpart_cleanse($0.baseAddress, $0.count) } }
      let done = wrappingKey.secret.key.withUnsafeBytes { secret in
        everpart_hkdf(
          secret.baseAddress?.assumingMemoryBound(to: UInt8.self), secret.count, salt, salt.count,
          info, info.count, &bytes, byteCount)
      }
      guard done == 1 else { throw KeyWrapError.failed }
      key = SymmetricKey(data: bytes[..<32])
      nonce = try AES.GCM.Nonce(data: bytes[32..<44])
      commitment = Array(bytes[44...])
    }
  }

  /// Wraps a secret for one context; the salt comes from the generator.
  public static func wrap(
    _ secret: [UInt8],
    under wrappingKey: WrappingKey,
    context: WrapContext,
    using generator: inout some RandomNumberGenerator
  ) throws -> [UInt8] {
    let salt = randomBytes(saltByteCount, using: &generator)
    let derived = try Derived(wrappingKey, salt: salt)
    let box = try AES.GCM.seal(
      secret,
      using: derived.key,
      nonce: derived.nonce,
      authenticating: authenticated(context)
    )
    return [version] + salt + derived.commitment + Array(box.ciphertext) + Array(box.tag)
  }

  /// The secret again. Throws `KeyWrapError`.
  public static func unwrap(
    _ wrapped: [UInt8],
    under wrappingKey: WrappingKey,
    context: WrapContext
  ) throws -> [UInt8] {
    guard wrapped.count >= overheadByteCount, wrapped[0] == version else {
      throw KeyWrapError.malformed
    }
    let salt = Array(wrapped[1..<1 + saltByteCount])
    let commitment = wrapped[(1 + saltByteCount)...].prefix(commitmentByteCount)
    let sealed = wrapped[(1 + saltByteCount + commitmentByteCount)...]
    let derived = try Derived(wrappingKey, salt: salt)
    let difference = zip(commitment, derived.commitment).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
    guard difference == 0 else { throw KeyWrapError.wrongKey }
    do {
      let box = try AES.GCM.SealedBox(
        nonce: derived.nonce,
        ciphertext: sealed.dropLast(16),
        tag: sealed.suffix(16)
      )
      let secret = try AES.GCM.open(
        box,
        using: derived.key,
        authenticating: authenticated(context)
      )
      return Array(secret)
    } catch { throw KeyWrapError.refused }
  }

  private static func authenticated(_ context: WrapContext) -> [UInt8] { [version] + context.bytes }
}
