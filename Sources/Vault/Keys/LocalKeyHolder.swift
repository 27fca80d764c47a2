import Domain
import Sealing
import Synchronization

/// Wraps under the keys of a ``KeyRing``, in this process.
final class LocalKeyHolder: KeyHolder {
  private struct Keys {
    var keys: [Int: WrappingKey]
    var newest: Int
  }

  private let keys: Mutex<Keys>
  private let ambient: Ambient

  init(_ ring: KeyRing, ambient: Ambient) {
    keys = Mutex(Keys(keys: Self.keys(of: ring), newest: ring.newest))
    self.ambient = ambient
  }

  /// Takes the ring's keys instead of those before, and wraps under `newest` from now on, if it is newer.
  func use(_ ring: KeyRing, newest: Int) {
    keys.withLock { $0 = Keys(keys: Self.keys(of: ring), newest: max($0.newest, newest)) }
  }

  func newestVersion() async throws -> Int { keys.withLock { $0.newest } }

  func wrap(_ secret: [UInt8], context: KeyContext) async throws -> WrappedSecret {
    let (newest, key) = keys.withLock { ($0.newest, $0.keys[$0.newest]) }
    guard let key else { throw KeyHolderError.versionUnknown(newest) }
    var generator = ambient.generator
    return WrappedSecret(
      version: newest,
      bytes: try KeyWrap.wrap(
        secret, under: key, context: context.wrapContext(version: newest), using: &generator))
  }

  func unwrap(_ wrapped: WrappedSecret, context: KeyContext) async throws -> [UInt8] {
    guard let key = keys.withLock({ $0.keys[wrapped.version] }) else {
      throw KeyHolderError.versionUnknown(wrapped.version)
    }
    do {
      return try KeyWrap.unwrap(
        wrapped.bytes, under: key, context: context.wrapContext(version: wrapped.version))
    } catch {
      throw KeyHolderError.notAuthentic
    }
  }

  private static func keys(of ring: KeyRing) -> [Int: WrappingKey] {
    Dictionary(uniqueKeysWithValues: ring.wrapping.map { ($0.number, $0.key) })
  }
}

extension LocalKeyHolder: CustomStringConvertible, CustomReflectable {
  var description: String { "LocalKeyHolder(redacted, version \(keys.withLock { $0.newest }))" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
