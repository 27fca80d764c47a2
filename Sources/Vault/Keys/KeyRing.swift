public import Domain
public import Sealing

/// The secrets that everything stored depends on: the versions of the wrapping key, and the
/// broker's signing key. It lives in one file outside the data directory, so that a copy of the
/// data alone (a backup, a stolen disk) opens nothing.
///
/// Whoever loses the file loses every design: it belongs in a backup of its own.
public struct KeyRing: Sendable {
  /// One version of the wrapping key.
  struct WrappingVersion: Sendable {
    let number: Int
    let createdAt: Instant
    let key: WrappingKey
  }

  /// In ascending order, never empty.
  private(set) var wrapping: [WrappingVersion]
  /// What the broker signs with.
  public let signingKey: SigningKey
  private let ambient: Ambient

  init(wrapping: [WrappingVersion], signingKey: SigningKey, ambient: Ambient) {
    self.wrapping = wrapping
    self.signingKey = signingKey
    self.ambient = ambient
  }

  /// A new ring: wrapping key version 1 and a signing key.
  static func generate(ambient: Ambient) throws -> KeyRing {
    var generator = ambient.generator
    return KeyRing(
      wrapping: [
        WrappingVersion(
          number: 1, createdAt: ambient.now(), key: .generate(using: &generator))
      ],
      signingKey: try .generate(using: &generator),
      ambient: ambient)
  }

  /// Opens the ring at a path, or makes it on the first start.
  ///
  /// Call it before the database is opened for the first time: a ring is not made beside data that
  /// another ring must have sealed.
  ///
  /// - Parameter dataDirectory: where database and blobs are or will be; the ring may not be
  ///   inside.
  /// - Returns: the ring, and whether this call made it.
  /// - Throws: ``KeyRingError``.
  public static func openOrCreate(
    path: String, outside dataDirectory: String, ambient: Ambient
  ) throws(KeyRingError) -> (ring: KeyRing, created: Bool) {
    let file = KeyRingFile(path: path)
    try file.checkPlace(outside: dataDirectory)
    if let bytes = try file.read() {
      return (try KeyRingFormat.decode(bytes, path: path, ambient: ambient), false)
    }
    guard !KeyRingFile.exists(dataDirectory + "/everpart.sqlite") else {
      throw .missing(path: path)
    }
    let ring: KeyRing
    do {
      ring = try generate(ambient: ambient)
    } catch {
      throw .storage(path: path, reason: "the keys could not be made")
    }
    if try file.create(KeyRingFormat.encode(ring), unique: ring.unique) { return (ring, true) }
    // Another process was first; its ring counts.
    guard let bytes = try file.read() else { throw .missing(path: path) }
    return (try KeyRingFormat.decode(bytes, path: path, ambient: ambient), false)
  }

  private var unique: String {
    var generator = ambient.generator
    return String(generator.next(), radix: 16)
  }

  /// Adds a version of the wrapping key, which is used from now on; older ones still unwrap.
  mutating func addWrappingVersion() {
    var generator = ambient.generator
    wrapping.append(
      WrappingVersion(
        number: (wrapping.last?.number ?? 0) + 1, createdAt: ambient.now(),
        key: .generate(using: &generator)))
  }

  /// The key holder over this ring's wrapping keys.
  public var holder: any KeyHolder {
    LocalKeyHolder(
      keys: Dictionary(uniqueKeysWithValues: wrapping.map { ($0.number, $0.key) }),
      newest: wrapping.last?.number ?? 0,
      ambient: ambient)
  }
}

extension KeyRing: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Names versions and the public key's id, and nothing secret.
  public var description: String {
    "KeyRing(redacted, versions \(wrapping.map(\.number)), \(signingKey.verificationKey.keyid))"
  }

  /// As ``description``.
  public var debugDescription: String { description }

  /// Shows nothing to `dump` and debuggers.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a key ring was not opened or made. Meant for the operator; never contains a key.
public enum KeyRingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The ring would lie inside the data directory, where every backup of the data would contain it.
  case insideDataDirectory(path: String)
  /// Others than the owner may reach the file; `mode` is octal.
  case mode(path: String, mode: String)
  /// The file belongs to another user, or is not a regular file.
  case owner(path: String)
  /// The file's folder can be written by everybody.
  case folder(path: String)
  /// There is data but not the ring that sealed it.
  case missing(path: String)
  /// The data was sealed with another ring.
  case other(path: String)
  /// The file is not a key ring of a version that this server knows.
  case format(path: String)
  /// The file could not be read or made.
  case storage(path: String, reason: String)

  /// A stable identifier.
  public var code: String {
    switch self {
    case .insideDataDirectory: "key_ring.inside_data_directory"
    case .mode: "key_ring.mode"
    case .owner: "key_ring.owner"
    case .folder: "key_ring.folder"
    case .missing: "key_ring.missing"
    case .other: "key_ring.other"
    case .format: "key_ring.format"
    case .storage: "key_ring.storage"
    }
  }

  /// Code and explanation, with what to do about it.
  public var description: String {
    switch self {
    case .insideDataDirectory(let path):
      "\(code): \(path) is inside the data directory; keep the key ring elsewhere, so that "
        + "a copy of the data does not contain its keys"
    case .mode(let path, let mode): "\(code): \(path) has mode \(mode); run chmod 600 on it"
    case .owner(let path): "\(code): \(path) is not a regular file of this user"
    case .folder(let path): "\(code): everybody may write to \(path)"
    case .missing(let path):
      "\(code): there is data, but no key ring at \(path); restore it from its backup"
    case .other(let path):
      "\(code): the data was sealed with another key ring than \(path), or with a newer copy of it; "
        + "name the right one with --key-ring, or restore it from its backup"
    case .format(let path): "\(code): \(path) is not a key ring that this version can read"
    case .storage(let path, let reason): "\(code): \(path): \(reason)"
    }
  }
}
