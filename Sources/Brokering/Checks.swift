import Domain

/// Refuses a text from outside that is empty, too long, or has characters that may not reach a
/// terminal or a log. NUL is among them, which the database could not store.
func check(
  _ text: String, _ code: String, _ what: String, maximumBytes: Int = 200
) throws(Problem) {
  guard text.isPlainText(maximumBytes: maximumBytes) else {
    throw Problem(
      .invalid, code,
      "The \(what) is 1 to \(maximumBytes) bytes of text without control characters.")
  }
}

extension Optional where Wrapped: CustomStringConvertible {
  /// Where a list that is sorted downwards goes on; `~` is above every identifier.
  var cursor: String { self?.description ?? "~" }
}
