import Domain
import Glibc
import Synchronization

/// Secrets that come through the environment or a prompt.
enum Secrets {
  private static let passphrase = Mutex<String?>(nil)
  private static let key = Mutex<String?>(nil)

  /// Takes the passphrase and the API key out of the environment before anything can start a child
  /// process, so that none inherits them.
  static func takeFromEnvironment() {
    passphrase.withLock { $0 = take("EVERPART_PASSPHRASE") }
    key.withLock { $0 = take("EVERPART_KEY") }
  }

  private static func take(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    defer { unsetenv(name) }
    return String(cString: value)
  }

  /// The API key: the first word of a file, else what was in the environment.
  static func apiKey(file: String?) throws -> String {
    let text = try file.map(readSmallFile) ?? key.withLock { $0 }
    guard let word = text?.split(whereSeparator: \.isWhitespace).first else {
      throw Problem(
        .unauthenticated, "cli.key",
        "This needs an API key: set EVERPART_KEY, or name a file with --key-file.")
    }
    return String(word)
  }

  /// The passphrase from the environment, else from a prompt on the terminal without echo.
  ///
  /// - Parameter confirming: asks twice, for a passphrase that will be needed again.
  static func passphrase(confirming: Bool) throws -> String {
    if let value = passphrase.withLock({ $0 }) {
      guard !value.isEmpty else {
        throw Problem(.invalid, "cli.passphrase", "EVERPART_PASSPHRASE is empty.")
      }
      return value
    }
    let first = try prompt("Passphrase: ")
    guard !first.isEmpty else {
      throw Problem(.invalid, "cli.passphrase", "A passphrase cannot be empty.")
    }
    if confirming, try prompt("Again, to be sure: ") != first {
      throw Problem(.invalid, "cli.passphrase", "The two passphrases differ.")
    }
    return first
  }

  private static func prompt(_ text: String) throws -> String {
    let terminal = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
      throw Problem(
        .invalid, "cli.passphrase",
        "There is no terminal to ask for a passphrase; set EVERPART_PASSPHRASE instead.")
    }
    defer { close(terminal) }
    var before = termios()
    tcgetattr(terminal, &before)
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer { tcsetattr(terminal, TCSAFLUSH, &before) }
    _ = text.withCString { Glibc.write(terminal, $0, strlen($0)) }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while Glibc.read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
    _ = Glibc.write(terminal, "\n", 1)
    return String(decoding: line, as: UTF8.self)
  }
}
