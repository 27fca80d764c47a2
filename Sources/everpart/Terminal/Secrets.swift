import Brokering
import Domain
import Glibc
import Sealing
import Synchronization
import Vault

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
    guard APISecret(String(word)) != nil else {
      throw Problem(
        .unauthenticated, "cli.key_mistyped",
        "This is no API key, or a mistyped one: its checksum is wrong. A key is 45 characters, of which "
          + "the first are evp_live_. Nothing was sent.")
    }
    return String(word)
  }

  /// The passphrase from the environment, else from a prompt on the terminal without echo.
  ///
  /// - Parameters:
  ///   - confirming: for a new passphrase, which will be needed again: asks twice, and warns of a short one.
  ///   - what: what it opens, for the question.
  static func passphrase(confirming: Bool, of what: String? = nil) throws -> String {
    if let value = passphrase.withLock({ $0 }) {
      guard !value.isEmpty else {
        throw Problem(.invalid, "cli.passphrase", "EVERPART_PASSPHRASE is empty.")
      }
      if confirming { warnIfShort(value) }
      return value
    }
    return try typed("Passphrase\(what.map { " of \($0)" } ?? ""): ", confirming: confirming)
  }

  /// - Parameter elsewhere: where it can come from when there is no terminal.
  private static func typed(
    _ question: String, confirming: Bool, elsewhere: String = "set EVERPART_PASSPHRASE"
  ) throws -> String {
    let first = try prompt(question, elsewhere: elsewhere)
    guard !first.isEmpty else {
      throw Problem(.invalid, "cli.passphrase", "A passphrase cannot be empty.")
    }
    if confirming {
      warnIfShort(first)
      guard try prompt("Again, to be sure: ", elsewhere: elsewhere) == first else {
        throw Problem(.invalid, "cli.passphrase", "The two passphrases differ.")
      }
    }
    return first
  }

  /// Says so where a new passphrase could be guessed. It is taken all the same: `age` opens and makes files
  /// with any, and whoever seals one here may have to use the passphrase that somebody else chose.
  private static func warnIfShort(_ passphrase: String) {
    guard !KeyRingPassphrase.isLongEnough(passphrase) else { return }
    Terminal.hint(
      "A passphrase of fewer than \(KeyRingPassphrase.charactersMin) characters can be guessed by whoever has "
        + "the file: several words that nobody has put together before are better.")
  }

  /// The identities in a file, also in one that is sealed with a passphrase (`age -p`), which is asked for then.
  static func identities(in path: String) throws -> [Identity] {
    let bytes = try readSmallBytes(path)
    guard AgeOpener.isSealed(bytes) else {
      return try IdentityFile.parse(String(decoding: bytes, as: UTF8.self))
    }
    let passphrase = try passphrase(confirming: false, of: path)
    Terminal.hint("working on the passphrase …")
    let text: [UInt8]
    do {
      text = try AgeOpener.open(bytes, with: .passphrase(passphrase))
    } catch AgeError.noMatch {
      throw Problem(.invalid, "cli.passphrase", "The passphrase does not open \(path).")
    }
    return try IdentityFile.parse(String(decoding: text, as: UTF8.self))
  }

  /// The passphrase of a key ring: from a file, else for one that is sealed from the environment or a
  /// prompt. Nil where none is needed, or there is nobody to ask; whoever opens the ring says then what
  /// to do.
  static func passphrase(ofKeyRing path: String, file: String?) throws -> KeyRingPassphrase? {
    if let file { return try KeyRingPassphrase(file: file) }
    guard try KeyRingKeeper.isSealed(path: path), hasPassphrase else { return nil }
    return try KeyRingPassphrase(passphrase(confirming: false, of: "the key ring"), from: path)
  }

  /// A new passphrase for a key ring: from a file, else typed twice.
  static func newPassphrase(ofKeyRing path: String, file: String?) throws -> KeyRingPassphrase {
    if let file { return try KeyRingPassphrase(file: file) }
    return try KeyRingPassphrase(
      typed(
        "New passphrase of the key ring: ", confirming: true,
        elsewhere: "name a file with it (--new-passphrase-file)"), from: path)
  }

  /// Whether there is one in the environment, or a terminal to ask on.
  private static var hasPassphrase: Bool {
    if passphrase.withLock({ $0 }) != nil { return true }
    let terminal = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC)
    if terminal >= 0 { close(terminal) }
    return terminal >= 0
  }

  private static func prompt(_ text: String, elsewhere: String) throws -> String {
    guard let answer = Terminal.answer(to: text, isHidden: true) else {
      throw Problem(
        .invalid, "cli.passphrase", "There is no terminal to ask for a passphrase: \(elsewhere).")
    }
    return answer
  }
}
