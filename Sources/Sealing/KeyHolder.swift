/// Keeps the wrapping keys and wraps other secrets under them: a file on this machine, later a key
/// management service or a hardware module.
///
/// Its methods may take as long as a network does, so they are called outside database transactions.
public protocol KeyHolder: Sendable {
  /// Wraps a secret under the newest version of the wrapping key.
  ///
  /// The context is authenticated, not stored: unwrapping needs the same one again. Wrapping twice gives
  /// different bytes. Throws a ``KeyHolderError`` or what the holder's transport throws.
  func wrap(_ secret: [UInt8], context: WrapContext) async throws -> WrappedSecret

  /// The secret, if it was wrapped by this holder, in exactly this context, under the version that the
  /// record names.
  ///
  /// Throws ``KeyHolderError/notAuthentic`` for any change of bytes, version or context, and
  /// ``KeyHolderError/versionUnknown(_:)`` where that version was retired or never existed. Overwrite the
  /// result when done with it.
  func unwrap(_ wrapped: WrappedSecret, context: WrapContext) async throws -> [UInt8]
}

/// A secret as it may be stored: useless without the key holder and the context.
public struct WrappedSecret: Sendable, Hashable {
  /// The version of the wrapping key, counted from 1.
  public let version: Int
  /// The wrapped bytes, in the holder's own format.
  public let bytes: [UInt8]

  /// A wrapped secret as it was read from a store.
  public init(version: Int, bytes: [UInt8]) {
    self.version = version
    self.bytes = bytes
  }
}

/// What a wrapped secret belongs to. A record that is moved to another tenant, design, file or purpose
/// no longer opens; the holder adds the key version.
public struct WrapContext: Sendable, Hashable {
  /// What the secret is for.
  public enum Purpose: String, Sendable, Hashable, CaseIterable {
    /// The file key of a design's file.
    case designFile = "design-file"
    /// The key of an order's ship-to address.
    case shipTo = "ship-to"
  }

  /// What the secret is for.
  public let purpose: Purpose
  /// The brand whose secret it is.
  public let tenant: String
  /// The design, or the order.
  public let subject: String
  /// The design's revision; empty for an order.
  public let revision: String
  /// The revision's file; empty for an order.
  public let file: String
  /// What else the record must not be parted from, such as the digest of the payload that the key
  /// opens; in an encoding of the caller's that is the same every time.
  public let record: [UInt8]

  /// A context. All texts are identifiers.
  public init(
    purpose: Purpose, tenant: String, subject: String, revision: String = "", file: String = "",
    record: [UInt8] = []
  ) {
    self.purpose = purpose
    self.tenant = tenant
    self.subject = subject
    self.revision = revision
    self.file = file
    self.record = record
  }

  /// The context and a key version as bytes to authenticate: a label, then every field with its length
  /// as 64-bit big-endian before it, so that no two contexts have the same bytes.
  public func authenticatedBytes(version: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    let texts = ["everpart wrap v1", purpose.rawValue, tenant, subject, revision, file]
    for field in texts.map({ Array($0.utf8) }) + [Array(String(version).utf8), record] {
      withUnsafeBytes(of: UInt64(field.count).bigEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: field)
    }
    return bytes
  }
}

/// Why a key holder did not do it. Says nothing of the secret or the key.
public enum KeyHolderError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The record, its version or its context is not what was wrapped.
  case notAuthentic
  /// There is no wrapping key of this version.
  case versionUnknown(Int)

  /// A stable identifier.
  public var code: String {
    switch self {
    case .notAuthentic: "key_holder.not_authentic"
    case .versionUnknown: "key_holder.version_unknown"
    }
  }

  /// Code and explanation, for logs.
  public var description: String {
    switch self {
    case .notAuthentic: "\(code): the wrapped secret does not belong to this record"
    case .versionUnknown(let version): "\(code): there is no wrapping key of version \(version)"
    }
  }
}
