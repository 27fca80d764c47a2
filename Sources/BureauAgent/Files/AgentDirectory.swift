import BureauProtocol
import Domain
import FoundationEssentials
import Glibc
import Sealing

/// What an agent keeps: `agent.json`, `api-key`, `identity`, `signing-key`, `trust.json` and
/// `journal.jsonl`. Mode 0700, the files 0600; no plaintext of a design is ever in it.
public struct AgentDirectory: Sendable {
  /// Names in the directory.
  public enum Name: String, Sendable {
    /// Server, bureau and holder; written last when enrolling.
    case agent = "agent.json"
    /// The bureau's API key.
    case apiKey = "api-key"
    /// The age identity that packages are sealed to.
    case identity
    /// The key that completions are signed with.
    case signingKey = "signing-key"
    /// The broker's keys as they were pinned.
    case trust = "trust.json"
    /// The journal.
    case journal = "journal.jsonl"
    /// Held while an agent works here.
    case lock
  }

  /// The directory's path.
  public let path: String
  private let lock: FileLock

  /// Makes the directory if it is missing, and takes its lock until the value is gone.
  ///
  /// - Throws: `agent.directory` if it cannot be used, `agent.in_use` if another agent works in it.
  public init(path: String) throws {
    self.path = path
    try SmallFile.makeDirectory(path)
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Self.problem(path)
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Problem(
        .invalid, "agent.directory",
        "\(path) holds the bureau's keys and can be read by others: chmod 700 \(path)")
    }
    lock = try FileLock(
      path: "\(path)/\(Name.lock.rawValue)",
      held: Problem(
        .conflict, "agent.in_use",
        "Another agent works in \(path): stop it first, or give this one a directory of its own."))
  }

  /// A file's path.
  public func path(_ name: Name) -> String { "\(path)/\(name.rawValue)" }

  /// A file's text; nil when it is not there. Refuses one over 1 MiB.
  func text(_ name: Name) throws -> String? {
    guard let bytes = try SmallFile.read(path(name), bytesMax: 1 << 20) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What `agent.json` says; nil before the enrolment is complete.
  func record() throws -> AgentRecord? { try decoded(.agent) }

  /// The broker's keys as they were pinned; nil before.
  func trust() throws -> TrustDocument? { try decoded(.trust) }

  private func decoded<Value: Decodable>(_ name: Name) throws -> Value? {
    guard let text = try text(name) else { return nil }
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
      throw Problem(
        .conflict, "agent.directory",
        "\(path(name)) is damaged: remove it and run `everpart agent enrol` again.")
    }
    return value
  }

  /// Writes a file, mode 0600; durable under its name when this returns, and never half there.
  func write(_ text: String, to name: Name) throws {
    try SmallFile.write(Array(text.utf8), to: path(name))
  }

  static func problem(_ path: String) -> Problem {
    Problem(
      .failed, "agent.directory", "\(path) cannot be used: \(String(cString: strerror(errno))).")
  }
}
