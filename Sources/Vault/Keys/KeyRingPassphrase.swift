import Sealing

/// What a key ring is sealed with. Shows nothing of itself.
public struct KeyRingPassphrase: Sendable, CustomStringConvertible, CustomReflectable {
  let text: String
  /// The logarithm of scrypt's rounds for what is written; what is read says so itself.
  var workFactor = ScryptStanza.workFactorDefault

  /// A passphrase that a person typed, or that came in the environment.
  ///
  /// - Parameter path: where it is from, for the message.
  /// - Throws: ``KeyRingError/passphrase(path:_:)`` for an empty one, and for one that cannot be typed.
  public init(_ text: String, from path: String) throws(KeyRingError) {
    guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.properties.isLineEnd }) else {
      throw .passphrase(path: path, .unusable)
    }
    self.text = text
  }

  /// How many characters (code points) a new passphrase has at least: what NIST SP 800-63B-4, section 3.1.1.2,
  /// wants of a password that stands alone. Whoever has the file tries as many as they like.
  public static let charactersMin = 15

  /// Whether a passphrase is long enough for something that it seals from now on. What a shorter one has
  /// sealed still opens.
  public static func isLongEnough(_ text: String) -> Bool {
    text.unicodeScalars.count >= charactersMin
  }

  /// Refuses a short one for a ring that is sealed with it from now on.
  func checkLength(of path: String) throws(KeyRingError) {
    guard Self.isLongEnough(text) else { throw .passphrase(path: path, .short) }
  }

  /// The passphrase in a file, which only its owner may reach. A line end after it does not belong to it.
  ///
  /// - Throws: ``KeyRingError``, with the file's path.
  public init(file path: String) throws(KeyRingError) {
    guard var bytes = try KeyRingFile(path: path).read() else {
      throw .storage(path: path, reason: "there is no such file")
    }
    defer { bytes.wipe() }
    var end = bytes.count
    if end > 0, bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    if end > 0, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    guard let text = String(validating: bytes[..<end], as: UTF8.self) else {
      throw .passphrase(path: path, .unusable)
    }
    try self.init(text, from: path)
  }

  /// Says nothing of the passphrase.
  public var description: String { "KeyRingPassphrase(redacted)" }

  /// Shows nothing to `dump` and debuggers.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Unicode.Scalar.Properties {
  fileprivate var isLineEnd: Bool {
    generalCategory == .control || generalCategory == .lineSeparator
      || generalCategory == .paragraphSeparator
  }
}
