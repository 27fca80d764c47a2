import Domain

/// A question that a person answers on the terminal, whatever standard input is.
enum Question {
  /// The line that was typed.
  ///
  /// - Parameter code: what is refused with where there is no terminal; nothing was changed by then.
  static func ask(_ text: String, code: String) throws -> String {
    guard let answer = Terminal.answer(to: text) else {
      throw Problem(
        .invalid, code, "Nothing was changed: there is no terminal to ask on; say --yes.")
    }
    return answer
  }

  /// Whether somebody typed yes; anything else is a no.
  static func isAgreed(_ text: String, code: String) throws -> Bool {
    ["y", "yes"].contains(try ask("\(text) [y/N] ", code: code).lowercased())
  }
}
