public import Database
import Dispatch
public import Domain
public import Sealing
import Synchronization

/// A key ring in use: its file, held for this process alone, and its keys in memory. Only here does the
/// file change, so that no version of the wrapping key gets lost between two writers.
public final class KeyRingKeeper: Sendable {
  /// Where the ring is.
  public let path: String
  /// Whether this start has made it.
  public let isNew: Bool
  /// What the broker signs with.
  public let signingKey: SigningKey
  private let file: KeyRingFile
  private let passphrase: KeyRingPassphrase?
  private let live: LocalKeyHolder
  /// As the file has it.
  private let ring: Mutex<KeyRing>
  /// Changes come one after another, and on no thread that others wait for: a passphrase takes a second.
  private let queue = DispatchQueue(label: "everpart.key-ring")

  /// Opens the ring at a path, or makes it on the first start.
  ///
  /// Call it before the database is opened for the first time: a ring is not made beside data that
  /// another ring must have sealed.
  ///
  /// - Parameters:
  ///   - dataDirectory: where database and blobs are or will be; the ring may not be inside.
  ///   - passphrase: what the ring is sealed with, or is to be when it is made; nil for one in the clear.
  /// - Throws: ``KeyRingError``.
  public init(
    path: String, outside dataDirectory: String, passphrase: KeyRingPassphrase? = nil,
    ambient: Ambient
  ) throws(KeyRingError) {
    file = KeyRingFile(path: path)
    let (ring, isNew) = try KeyRing.openOrCreate(
      file, outside: dataDirectory, passphrase: passphrase, ambient: ambient)
    self.path = path
    self.isNew = isNew
    self.passphrase = passphrase
    signingKey = ring.signingKey
    live = ring.holder
    self.ring = Mutex(ring)
  }

  /// The key holder over the ring's wrapping keys; it follows their changes.
  public var holder: any KeyHolder { live }

  /// Whether the file is sealed with a passphrase.
  public var isSealed: Bool { passphrase != nil }

  /// The ring as the file has it.
  var current: KeyRing { ring.withLock { $0 } }

  /// Lets other processes work with the ring. It is not changed any more after this.
  public func release() { file.release() }

  /// Makes sure that the file has a version. From then on the holder unwraps what is under it, and wraps
  /// under it only after ``use(_:)``.
  ///
  /// - Returns: the ring, durable; nil when there would be a gap before that version.
  /// - Throws: ``KeyRingError``; then the file may have it all the same, which does no harm.
  func add(_ version: Int) async throws -> KeyRing? {
    let ring = try await change { ring in
      if ring.newest + 1 == version { ring.addWrappingVersion() }
    }
    return ring.newest >= version ? ring : nil
  }

  /// Wraps under a version from now on that the file has.
  func use(_ version: Int) {
    ring.withLock { live.use($0, newest: version) }
  }

  /// Destroys a version, in the file and then in memory.
  func remove(_ version: Int) async throws {
    _ = try await change { $0.removeWrappingVersion(version) }
  }

  /// Changes the ring in the file, then in memory: the holder has the keys that the file has.
  private func change(_ body: @escaping @Sendable (inout KeyRing) -> Void) async throws -> KeyRing {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { [self] in
        continuation.resume(
          with: Result {
            var ring = current
            let before = ring.wrapping.map(\.number)
            body(&ring)
            guard ring.wrapping.map(\.number) != before else { return ring }
            try file.replace(
              KeyRingFormat.encode(ring, passphrase, path: path), unique: ring.unique)
            self.ring.withLock { [ring] in
              $0 = ring
              live.use(ring, newest: 0)
            }
            return ring
          })
      }
    }
  }
}

extension KeyRingKeeper {
  /// The key holder over the ring at a path as it is now, without holding the file: for looking at what
  /// is stored, also while a server works with the ring. Nothing may be stored that it wraps.
  ///
  /// - Throws: ``KeyRingError``; ``KeyRingError/missing(path:)`` where there is no ring.
  public static func holder(
    reading path: String, passphrase: KeyRingPassphrase?, ambient: Ambient
  ) throws(KeyRingError) -> any KeyHolder {
    guard var bytes = try KeyRingFile(path: path).read() else { throw .missing(path: path) }
    defer { bytes.wipe() }
    return try KeyRingFormat.decode(bytes, passphrase, path: path, ambient: ambient).holder
  }

  /// Makes sure that a holder's ring is the one that sealed a database, and changes nothing.
  ///
  /// - Parameter path: where the ring was read, for the message.
  /// - Throws: ``KeyRingError/other(path:)``.
  public static func require(
    _ holder: any KeyHolder, of database: Database, path: String
  ) async throws {
    try await KeyRing.require(holder, of: database, path: path)
  }

  /// Whether the ring at a path is sealed with a passphrase; false when there is none.
  public static func isSealed(path: String) throws(KeyRingError) -> Bool {
    guard var bytes = try KeyRingFile(path: path).read() else { return false }
    defer { bytes.wipe() }
    return KeyRingFormat.isSealed(bytes)
  }

  /// Seals the ring at a path with another passphrase, or with none, while no server works with it. When
  /// this returns, the file is durable; when it throws, it is as it was, or changed and whole.
  ///
  /// - Parameters:
  ///   - current: what it is sealed with; nil for one in the clear.
  ///   - new: what to seal it with; nil for in the clear.
  /// - Throws: ``KeyRingError``: ``KeyRingError/inUse(path:)`` while a server runs, which would write its
  ///   own ring over this one.
  public static func seal(
    path: String, from current: KeyRingPassphrase?, with new: KeyRingPassphrase?, ambient: Ambient
  ) throws(KeyRingError) {
    try new?.checkLength(of: path)
    let file = KeyRingFile(path: path)
    guard let ring = try KeyRingFormat.open(file, current, ambient) else {
      throw .storage(path: path, reason: "there is no key ring here")
    }
    try file.replace(try KeyRingFormat.encode(ring, new, path: path), unique: ring.unique)
  }
}

extension KeyRingKeeper: CustomStringConvertible, CustomReflectable {
  /// As the ring's: versions and the public key's id.
  public var description: String { current.description }
  /// Shows nothing to `dump` and debuggers.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
