import Domain
import Glibc

/// A question that a person answers on the terminal, whatever standard input is.
enum Question {
  /// The line that was typed.
  ///
  /// - Parameter code: what is refused with where there is no terminal; nothing was changed by then.
  static func ask(_ text: String, code: String) throws -> String {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
      throw Problem(
        .invalid, code, "Nothing was changed: there is no terminal to ask on; say --yes.")
    }
    defer { close(terminal) }
    _ = text.withCString { write(terminal, $0, strlen($0)) }
    var (answer, byte): ([UInt8], UInt8) = ([], 0)
    while read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") { answer.append(byte) }
    return String(decoding: answer, as: UTF8.self)
  }

  /// Whether somebody typed yes; anything else is a no.
  static func isAgreed(_ text: String, code: String) throws -> Bool {
    ["y", "yes"].contains(try ask("\(text) [y/N] ", code: code).lowercased())
  }
}
