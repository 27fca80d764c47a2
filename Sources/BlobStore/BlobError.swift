/// Why a blob store did not do it.
public enum BlobError: Error, Sendable, Hashable {
  /// There is no blob of this name.
  case absent(BlobName)
  /// There is a blob of this name already; it was not touched.
  case exists(BlobName)
  /// The writer was committed or aborted before, failed before, or is still busy with another call.
  case writerOver
  /// No space is left.
  case full
  /// The store refused or failed for another reason, which is for the log.
  case storage(String)

  /// The stable code, for logs and problems.
  public var code: String {
    switch self {
    case .absent: "blob.absent"
    case .exists: "blob.exists"
    case .writerOver: "blob.writer_over"
    case .full: "blob.full"
    case .storage: "blob.storage"
    }
  }
}

extension BlobError: CustomStringConvertible {
  /// For the operator: the code and what is known.
  public var description: String {
    switch self {
    case .absent(let name), .exists(let name): "\(code): \(name)"
    case .writerOver, .full: code
    case .storage(let reason): "\(code): \(reason)"
    }
  }
}
