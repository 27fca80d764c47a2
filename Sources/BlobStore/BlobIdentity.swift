/// Tells a blob from another one that was put in its place, without reading it: as long as a settled
/// identity is equal, the bytes are those of the time when it was taken.
public struct BlobIdentity: Sendable {
  /// The blob's length.
  public let bytes: Int
  /// What the store knows of this version of the blob, in its own form.
  public let version: String
  /// False for a blob that has only just changed: its store's clock is so coarse that another change
  /// could leave ``version`` as it is.
  public let isSettled: Bool

  /// An identity as a store makes it.
  public init(bytes: Int, version: String, isSettled: Bool) {
    self.bytes = bytes
    self.version = version
    self.isSettled = isSettled
  }
}

extension BlobIdentity: Equatable {
  /// Whether both are of the same version.
  public static func == (one: BlobIdentity, other: BlobIdentity) -> Bool {
    one.bytes == other.bytes && one.version == other.version
  }
}
