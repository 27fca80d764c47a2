import Domain
import Sealing

/// The secrets that everything stored depends on: the versions of the wrapping key, and the
/// broker's signing key. It lives in one file outside the data directory, so that a copy of the
/// data alone (a backup, a stolen disk) opens nothing.
///
/// Whoever loses the file loses every design: it belongs in a backup of its own.
struct KeyRing: Sendable {
  /// One version of the wrapping key.
  struct WrappingVersion: Sendable {
    let number: Int
    let createdAt: Instant
    let key: WrappingKey
  }

  /// In ascending order, never empty.
  private(set) var wrapping: [WrappingVersion]
  /// What the broker signs with.
  let signingKey: SigningKey
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

  /// Opens the ring in a file, or makes it on the first start. Either way the file is held afterwards.
  ///
  /// Call it before the database is opened for the first time: a ring is not made beside data that
  /// another ring must have sealed.
  ///
  /// - Parameters:
  ///   - dataDirectory: where database and blobs are or will be; the ring may not be inside.
  ///   - passphrase: what the ring is sealed with; nil for one that is not. A new ring is sealed with it.
  /// - Returns: the ring, and whether this call made it.
  /// - Throws: ``KeyRingError``.
  static func openOrCreate(
    _ file: KeyRingFile, outside dataDirectory: String, passphrase: KeyRingPassphrase? = nil,
    ambient: Ambient
  ) throws(KeyRingError) -> (ring: KeyRing, created: Bool) {
    try file.checkPlace(outside: dataDirectory)
    if let ring = try KeyRingFormat.open(file, passphrase, ambient) { return (ring, false) }
    guard !KeyRingFile.exists(dataDirectory + "/everpart.sqlite") else {
      throw .missing(path: file.path)
    }
    let ring: KeyRing
    do {
      ring = try generate(ambient: ambient)
    } catch {
      throw .storage(path: file.path, reason: "the keys could not be made")
    }
    try passphrase?.checkLength(of: file.path)
    let bytes = try KeyRingFormat.encode(ring, passphrase, path: file.path)
    if try file.create(bytes, unique: ring.unique) { return (ring, true) }
    // Another process was first; its ring counts.
    guard let other = try KeyRingFormat.open(file, passphrase, ambient) else {
      throw .missing(path: file.path)
    }
    return (other, false)
  }

  /// A random text, for the name of a file that is being written.
  var unique: String {
    var generator = generator
    return String(generator.next(), radix: 16)
  }

  /// The number of the newest version.
  var newest: Int { wrapping.last?.number ?? 0 }

  /// Adds a version of the wrapping key, which is used from now on; older ones still unwrap.
  mutating func addWrappingVersion() {
    var generator = ambient.generator
    wrapping.append(
      WrappingVersion(
        number: newest + 1, createdAt: ambient.now(),
        key: .generate(using: &generator)))
  }

  /// Destroys a version, which nothing is wrapped under any more. The newest one stays.
  mutating func removeWrappingVersion(_ number: Int) {
    if number != newest { wrapping.removeAll { $0.number == number } }
  }

  /// A key holder over the wrapping keys as they are now.
  var holder: LocalKeyHolder { LocalKeyHolder(self, ambient: ambient) }

  /// Randomness for what is sealed with this ring.
  var generator: AmbientGenerator { ambient.generator }
}

extension KeyRing: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Names versions and the public key's id, and nothing secret.
  var description: String {
    "KeyRing(redacted, versions \(wrapping.map(\.number)), \(signingKey.verificationKey.keyid))"
  }

  /// As ``description``.
  var debugDescription: String { description }

  /// Shows nothing to `dump` and debuggers.
  var customMirror: Mirror { Mirror(self, children: []) }
}
