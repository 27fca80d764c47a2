import Domain
import FoundationEssentials
import Sealing

/// The key ring's file: JSON, one format version. A ring with a passphrase is an armored age file of the
/// same JSON, so that `age -d` opens it.
///
///     {"format": "everpart-key-ring-1",
///      "signing_key": "-----BEGIN EVERPART SIGNING KEY-----…",
///      "wrapping_keys": [{"version": 1, "created_at": "2026-…", "key": "base64 of 32 bytes"}]}
enum KeyRingFormat {
  /// More than this is not a key ring.
  static let bytesMax = 1 << 20
  private static let name = "everpart-key-ring-1"

  private struct File: Codable {
    struct Wrapping: Codable {
      let version: Int
      let createdAt: Instant
      let key: Data

      enum CodingKeys: String, CodingKey {
        case version, key
        case createdAt = "created_at"
      }
    }

    let format: String
    let signingKey: String
    let wrappingKeys: [Wrapping]

    enum CodingKeys: String, CodingKey {
      case format
      case signingKey = "signing_key"
      case wrappingKeys = "wrapping_keys"
    }
  }

  /// The file's bytes. A passphrase takes about a second and 256 MiB.
  static func encode(
    _ ring: KeyRing, _ passphrase: KeyRingPassphrase?, path: String
  ) throws(KeyRingError) -> [UInt8] {
    let file = File(
      format: name, signingKey: ring.signingKey.text,
      wrappingKeys: ring.wrapping.map {
        .init(version: $0.number, createdAt: $0.createdAt, key: Data($0.key.bytes))
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      var plain = Array(try encoder.encode(file)) + [UInt8(ascii: "\n")]
      guard let passphrase else { return plain }
      defer { plain.wipe() }
      var generator = ring.generator
      return try AgeSealer.seal(
        plain, to: .passphrase(passphrase.text, workFactor: passphrase.workFactor), armor: true,
        using: &generator)
    } catch {
      throw .storage(path: path, reason: "\(error)")
    }
  }

  /// Whether a file's bytes are those of a sealed ring.
  static func isSealed(_ bytes: [UInt8]) -> Bool { AgeOpener.isSealed(bytes) }

  /// Holds a ring's file and reads it; nil when there is none.
  static func open(
    _ file: KeyRingFile, _ passphrase: KeyRingPassphrase?, _ ambient: Ambient
  ) throws(KeyRingError) -> KeyRing? {
    guard var bytes = try file.hold() else { return nil }
    defer { bytes.wipe() }
    return try decode(bytes, passphrase, path: file.path, ambient: ambient)
  }

  /// The ring in a file's bytes.
  static func decode(
    _ bytes: [UInt8], _ passphrase: KeyRingPassphrase?, path: String, ambient: Ambient
  ) throws(KeyRingError) -> KeyRing {
    guard isSealed(bytes) else {
      guard passphrase == nil else { throw .passphrase(path: path, .notSealed) }
      return try decode(bytes, path: path, ambient: ambient)
    }
    guard let passphrase else { throw .passphrase(path: path, .missing) }
    var plain: [UInt8]
    do {
      plain = try AgeOpener.open(bytes, with: .passphrase(passphrase.text))
    } catch AgeError.noMatch {
      throw .passphrase(path: path, .wrong)
    } catch {
      throw .format(path: path)
    }
    defer { plain.wipe() }
    return try decode(plain, path: path, ambient: ambient)
  }

  /// Versions are unique and ascending, so that the newest is the last.
  private static func decode(
    _ bytes: [UInt8], path: String, ambient: Ambient
  ) throws(KeyRingError) -> KeyRing {
    guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)), file.format == name,
      let signingKey = try? SigningKey(parsing: file.signingKey)
    else { throw .format(path: path) }
    var wrapping: [KeyRing.WrappingVersion] = []
    for entry in file.wrappingKeys {
      guard let key = WrappingKey(bytes: entry.key), entry.version > wrapping.last?.number ?? 0
      else { throw .format(path: path) }
      wrapping.append(.init(number: entry.version, createdAt: entry.createdAt, key: key))
    }
    guard !wrapping.isEmpty else { throw .format(path: path) }
    return KeyRing(wrapping: wrapping, signingKey: signingKey, ambient: ambient)
  }
}
