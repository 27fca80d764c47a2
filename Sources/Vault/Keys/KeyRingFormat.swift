import Domain
import FoundationEssentials
import Sealing

/// The key ring's file: JSON, one format version.
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

  static func encode(_ ring: KeyRing) -> [UInt8] {
    let file = File(
      format: name, signingKey: ring.signingKey.text,
      wrappingKeys: ring.wrapping.map {
        .init(version: $0.number, createdAt: $0.createdAt, key: Data($0.key.bytes))
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Texts, integers and bytes only: there is nothing in it that JSON cannot hold.
    return ((try? encoder.encode(file)).map(Array.init) ?? []) + [UInt8(ascii: "\n")]
  }

  /// Versions are unique and ascending, so that the newest is the last.
  static func decode(
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
