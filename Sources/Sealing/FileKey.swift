import Crypto

/// The key of one sealed file: 16 random bytes, never used for a second file.
///
/// Payload and header MAC keys are derived from it (C2SP `age.md`, "File key"). Descriptions and dumps show
/// nothing of it.
public struct FileKey: Sendable, Equatable, CustomStringConvertible {
  /// The length of every file key.
  public static let byteCount = 16

  let secret: SecretBytes

  /// Takes exactly 16 bytes, or is nil.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    secret = SecretBytes(Array(bytes))
  }

  /// Draws a fresh key from the generator.
  public static func generate(using generator: inout some RandomNumberGenerator) -> FileKey {
    FileKey(secret: SecretBytes(randomBytes(byteCount, using: &generator)))
  }

  private init(secret: SecretBytes) { self.secret = secret }

  /// The 16 bytes. Keep them in memory only.
  public var bytes: [UInt8] { secret.bytes }

  /// Says nothing of the key.
  public var description: String { "FileKey(redacted)" }

  func headerKey() -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: secret.key,
      info: Array("header".utf8),
      outputByteCount: 32
    )
  }

  func payloadKey(nonce: [UInt8]) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: secret.key,
      salt: nonce,
      info: Array("payload".utf8),
      outputByteCount: 32
    )
  }
}
