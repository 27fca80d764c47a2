import Domain
import Glibc
import Sealing

/// Ends a command whose reason was already shown.
struct Interrupted: Error {}

/// What a person sees. Everything that came from outside passes through ``plain(_:)`` first.
enum Terminal {
  enum Stream: Int32 {
    case standardOutput = 1
    case standardError = 2
  }

  static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

  /// Whether colours are wanted on a stream: it is a terminal, and neither `NO_COLOR` nor a dumb one.
  static func hasColour(_ stream: Stream) -> Bool {
    stream == .standardOutput ? outputHasColour : errorsHaveColour
  }

  private static let outputHasColour = isTerminal(.standardOutput) && wantsColour
  private static let errorsHaveColour = isTerminal(.standardError) && wantsColour
  private static var wantsColour: Bool {
    getenv("NO_COLOR") == nil && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  static var width: Int { width(of: .standardOutput) }

  /// The terminal's columns; 80 where there is none.
  static func width(of stream: Stream) -> Int {
    var size = winsize()
    guard ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  static func write(_ text: String, to stream: Stream = .standardOutput, end: String = "\n") {
    var bytes = Array((text + end).utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  static func fail(_ message: String) {
    let text = "everpart: " + plain(message)
    write(
      isTerminal(.standardError)
        ? wrapped(text, first: 0, indent: 0, width: width(of: .standardError)) : text,
      to: .standardError)
  }

  /// Says on standard error what takes a while; nothing where no person looks on.
  static func hint(_ text: String) {
    if isTerminal(.standardError) { write(text, to: .standardError) }
  }

  /// Says on standard error how far something is, in the place of what was said last; an empty text
  /// removes it. Nothing where no person looks on.
  static func progress(_ text: String) {
    if isTerminal(.standardError) { write("\r\(text)\u{1B}[K", to: .standardError, end: "") }
  }

  /// Words in lines of at most `width` columns, each but the first behind `indent` spaces; a word that
  /// is longer gets a line of its own.
  ///
  /// - Parameter first: how many columns of the first line are taken.
  static func wrapped(_ text: String, first: Int, indent: Int, width: Int) -> String {
    var (lines, column) = ("", first)
    for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
      let columns = columns(of: word)
      if index > 0, column + 1 + columns > width, column > indent {
        lines += "\n" + String(repeating: " ", count: indent)
        column = indent
      } else if index > 0 {
        lines += " "
        column += 1
      }
      lines += word
      column += columns
    }
    return lines
  }

  /// Lines wrapped on a terminal, each behind its own indent; elsewhere as they are.
  static func wrappedLines(_ text: String, on stream: Stream) -> String {
    guard isTerminal(stream) else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      wrapped(
        String(line), first: 0, indent: line.prefix { $0 == " " }.count + 2,
        width: width(of: stream))
    }.joined(separator: "\n")
  }

  /// How many columns a text takes; colours take none.
  private static func columns(of text: Substring) -> Int {
    var (count, isColour) = (0, false)
    for character in text {
      if character == "\u{1B}" { isColour = true }
      if !isColour { count += 1 }
      if character == "m" { isColour = false }
    }
    return count
  }

  /// Writes a label and a text behind it, on a terminal wrapped with a hanging indent.
  ///
  /// - Parameter columns: how wide the label is; colours take no columns.
  static func write(_ label: String, columns: Int, _ text: String, indent: Int? = nil) {
    guard isTerminal(.standardOutput) else { return write(label + text) }
    write(label + wrapped(text, first: columns, indent: indent ?? columns, width: width))
  }

  /// Text without control characters, so that no name or message from outside can move the cursor.
  static func plain(_ text: String) -> String {
    if text.isPlainText(maximumBytes: .max) { return text }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          String(scalar).isPlainText(maximumBytes: 8) ? scalar : "\u{FFFD}"
        }))
  }

  enum Colour: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case magenta = "35"
    case cyan = "36"
  }

  /// - Parameter stream: where the text will be written.
  static func paint(_ text: String, _ colour: Colour, on stream: Stream = .standardOutput) -> String
  {
    hasColour(stream) ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// The one line that an error is worth.
func oneLine(_ error: any Error) -> String {
  switch error {
  case let problem as Problem: problem.description
  case let sealing as any SealingError: sealing.description
  case let system as SystemFailure: system.description
  default: String(describing: error)
  }
}

/// A failed system call, with what it was for.
struct SystemFailure: Error, CustomStringConvertible {
  let what: String
  let code: Int32

  init(_ what: String, code: Int32 = errno) {
    self.what = what
    self.code = code
  }

  var reason: String { String(cString: strerror(code)) }

  var description: String { "\(what): \(reason)" }
}
