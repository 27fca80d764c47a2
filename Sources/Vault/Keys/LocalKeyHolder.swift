import Domain
import Sealing

/// Wraps under the keys of a ``KeyRing``, in this process.
struct LocalKeyHolder: KeyHolder {
  let keys: [Int: WrappingKey]
  let newest: Int
  let ambient: Ambient

  func wrap(_ secret: [UInt8], context: KeyContext) async throws -> WrappedSecret {
    guard let key = keys[newest] else { throw KeyHolderError.versionUnknown(newest) }
    var generator = ambient.generator
    return WrappedSecret(
      version: newest,
      bytes: try KeyWrap.wrap(
        secret, under: key, context: context.wrapContext(version: newest), using: &generator))
  }

  func unwrap(_ wrapped: WrappedSecret, context: KeyContext) async throws -> [UInt8] {
    guard let key = keys[wrapped.version] else {
      throw KeyHolderError.versionUnknown(wrapped.version)
    }
    do {
      return try KeyWrap.unwrap(
        wrapped.bytes, under: key, context: context.wrapContext(version: wrapped.version))
    } catch {
      throw KeyHolderError.notAuthentic
    }
  }
}

extension LocalKeyHolder: CustomStringConvertible, CustomReflectable {
  var description: String { "LocalKeyHolder(redacted, version \(newest))" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
