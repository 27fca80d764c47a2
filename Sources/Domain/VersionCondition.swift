/// What a caller has seen of a thing that two people may edit (`If-Match`): a change is made only to that.
public enum VersionCondition: Hashable, Sendable {
  /// Whatever it is by now.
  case any
  /// One of these versions.
  case oneOf(Set<Int>)

  /// Refuses another version than the caller has seen (`precondition.failed`). To be called in the
  /// transaction of the change.
  public func check(_ version: Int) throws(Problem) {
    guard case .oneOf(let versions) = self, !versions.contains(version) else { return }
    throw Problem(
      .preconditionFailed, "precondition.failed",
      "It was changed since you read it: read it again, and send its new ETag as If-Match.")
  }
}
