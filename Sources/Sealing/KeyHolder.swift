/// Keeps the wrapping keys and wraps other secrets under them: a file on this machine, later a key
/// management service or a hardware module.
///
/// Its methods may take as long as a network does, so they are called outside database
/// transactions.
public protocol KeyHolder: Sendable {
  /// The version that ``wrap(_:context:)`` uses now, or a newer one by the time it is called. What was
  /// wrapped under another one is to be wrapped anew.
  func newestVersion() async throws -> Int

  /// Wraps a secret under the newest version of the wrapping key.
  ///
  /// The context is authenticated, not stored: unwrapping needs the same one again. Wrapping twice
  /// gives different bytes. Throws a ``KeyHolderError`` or what the holder's transport throws.
  func wrap(_ secret: [UInt8], context: KeyContext) async throws -> WrappedSecret

  /// The secret, if it was wrapped by this holder, in exactly this context, under the version that
  /// the record names.
  ///
  /// Throws ``KeyHolderError/notAuthentic`` for any change of bytes, version or context, and
  /// ``KeyHolderError/versionUnknown(_:)`` where that version was retired or never existed.
  /// Overwrite the result when done with it.
  func unwrap(_ wrapped: WrappedSecret, context: KeyContext) async throws -> [UInt8]
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

/// What a wrapped secret belongs to, as every key holder is told it. A record that is moved to
/// another tenant, design, file or purpose no longer opens; the holder adds the key version.
public struct KeyContext: Sendable, Hashable {
  /// What the secret is for.
  public enum Purpose: String, Sendable, Hashable, CaseIterable {
    /// The file key of a design's file.
    case designFile = "design-file"
    /// The file key of a piece of an upload that is not finished.
    case uploadSegment = "upload-segment"
    /// The key of an order's ship-to address.
    case shipTo = "ship-to"
    /// The fixed value that shows whether a key ring belongs to a database.
    case keyRingCheck = "key-ring-check"
  }

  /// What the secret is for.
  public let purpose: Purpose
  /// The brand whose secret it is.
  public let tenant: String
  /// The design, or the order.
  public let subject: String
  /// The design's revision; empty for an order.
  public let revision: String
  /// The revision's file, or the upload that is to become one; empty for an order.
  public let file: String
  /// What else the record must not be parted from, such as the digest of the payload that the key
  /// opens: names and values in an order that is the same every time.
  public let record: WrapContext

  /// A context. All texts are identifiers.
  public init(
    purpose: Purpose, tenant: String, subject: String, revision: String = "", file: String = "",
    record: WrapContext = [:]
  ) {
    self.purpose = purpose
    self.tenant = tenant
    self.subject = subject
    self.revision = revision
    self.file = file
    self.record = record
  }

  /// What a holder gives ``KeyWrap``: the record's fields after its own.
  public func wrapContext(version: Int) -> WrapContext {
    let fields = WrapContext([
      ("purpose", purpose.rawValue), ("tenant", tenant), ("subject", subject),
      ("revision", revision), ("file", file), ("key_version", String(version)),
    ])
    return fields.followed(by: record)
  }
}

extension WrapContext {
  /// One context after another. Not ambiguous as long as the first always has the same number of
  /// fields.
  func followed(by other: WrapContext) -> WrapContext { WrapContext(bytes: bytes + other.bytes) }
}

/// Why a key holder did not do it. Says nothing of the secret or the key.
public enum KeyHolderError: SealingError, Hashable {
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

  /// One sentence for a person.
  public var message: String {
    switch self {
    case .notAuthentic: "the wrapped secret does not belong to this record"
    case .versionUnknown(let version): "there is no wrapping key of version \(version)"
    }
  }
}
