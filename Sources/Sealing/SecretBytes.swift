import Crypto
import FoundationEssentials

/// Bytes that never show up in a description, a dump or a debugger's summary, and are overwritten when
/// the last copy goes (swift-crypto's `SymmetricKey` does that).
struct SecretBytes: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable, Equatable
{
  let key: SymmetricKey

  init(_ bytes: some ContiguousBytes) { key = SymmetricKey(data: bytes) }

  var count: Int { key.bitCount / 8 }
  var bytes: [UInt8] { key.withUnsafeBytes { Array($0) } }

  var description: String { "(redacted)" }
  var debugDescription: String { "(redacted)" }
  var customMirror: Mirror { Mirror(self, children: []) }
}

/// Draws `count` bytes from the generator, eight at a time.
package func randomBytes(_ count: Int, using generator: inout some RandomNumberGenerator) -> [UInt8]
{
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + 7)
  while bytes.count < count {
    withUnsafeBytes(of: generator.next().littleEndian) { bytes.append(contentsOf: $0) }
  }
  bytes.removeLast(bytes.count - count)
  return bytes
}

extension Collection where Element == UInt8 {
  /// Calls `body` with the bytes in one piece, copying only where the collection is not contiguous.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    if let result = try withContiguousStorageIfAvailable(body) { return result }
    return try Array(self).withUnsafeBufferPointer(body)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The same memory from `offset` on.
  func from(_ offset: Int) -> Self { Self(rebasing: self[offset...]) }
}
