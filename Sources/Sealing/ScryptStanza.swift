import Crypto
import CryptoExtras
import FoundationEssentials

/// `-> scrypt salt workFactor`: the file key under a passphrase (C2SP `age.md`, "scrypt recipient stanza").
///
/// It must be the only stanza, so that who knows the passphrase also knows that nobody else wrote the file.
public struct ScryptStanza: Sendable {
  static let type = "scrypt"
  private static let label = Array("age-encryption.org/v1/scrypt".utf8)

  /// What new files are written with: about a second and 256 MiB.
  public static let workFactorDefault = 18
  /// What is read and written at most: 4 GiB.
  public static let workFactorMax = 22

  let salt: [UInt8]
  let workFactor: Int
  let body: [UInt8]

  init(_ stanza: Stanza) throws {
    try stanza.check(arguments: 2)
    salt = try stanza.argument(0, bytes: 16)
    workFactor = try Self.parse(workFactor: stanza.arguments[1])
    body = stanza.body
  }

  /// One or two decimal digits without a sign or leading zero.
  private static func parse(workFactor text: String) throws -> Int {
    guard (1...2).contains(text.utf8.count), !text.hasPrefix("0"),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let factor = Int(text)
    else { throw AgeError.headerFailure("bad work factor in a scrypt stanza") }
    return factor
  }

  static func wrap(
    _ fileKey: FileKey,
    passphrase: String,
    workFactor: Int,
    using generator: inout some RandomNumberGenerator
  ) throws -> Stanza {
    guard (1...workFactorMax).contains(workFactor) else { throw AgeError.workFactor(workFactor) }
    guard !passphrase.isEmpty else { throw AgeError.invalidKey("the passphrase is empty") }
    let salt = randomBytes(16, using: &generator)
    do {
      let key = try derive(passphrase, salt: salt, workFactor: workFactor)
      return Stanza(
        type: type,
        arguments: [Base64.string(salt, padded: false), String(workFactor)],
        body: try FileKeyBody.seal(fileKey, under: key)
      )
    } catch {
      throw AgeError.invalidKey("scrypt failed; is there memory for work factor \(workFactor)?")
    }
  }

  func unwrap(passphrase: String, workFactorMax: Int) throws -> FileKey? {
    guard workFactor <= min(workFactorMax, Self.workFactorMax) else {
      throw AgeError.headerFailure("a scrypt stanza asks for work factor \(workFactor)")
    }
    guard let key = try? Self.derive(passphrase, salt: salt, workFactor: workFactor) else {
      throw AgeError.headerFailure("scrypt failed; is there memory for work factor \(workFactor)?")
    }
    return FileKeyBody.open(body, under: key)
  }

  private static func derive(_ passphrase: String, salt: [UInt8], workFactor: Int) throws
    -> SymmetricKey
  {
    try KDF.Scrypt.deriveKey(
      from: Array(passphrase.utf8),
      salt: label + salt,
      outputByteCount: 32,
      rounds: 1 << workFactor,
      blockSize: 8,
      parallelism: 1
    )
  }
}
