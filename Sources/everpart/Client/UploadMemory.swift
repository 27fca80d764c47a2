import Domain
import FoundationEssentials
import Glibc
import PrintPackage

/// What a command remembers of something that it has begun, so that running it again goes on with that: a
/// small file below `$XDG_STATE_HOME/everpart` (`~/.local/state/everpart`), mode 0600. Where there is no
/// such place nothing is remembered, and a command that is run again begins anew.
struct UploadMemory {
  /// What is written.
  struct Content: Codable {
    /// Makes the requests that begin something safe to repeat, also in another run.
    let key: String
    /// Where the upload is, once it is known.
    var upload: String?
    /// For a person who looks: what this is about.
    let about: String
  }

  private let path: String?
  private(set) var content: Content
  /// Whether there was something to remember.
  let isOld: Bool

  /// Looks up what is remembered of something that all of these name together: server and API key, design,
  /// and the file's path, size and time. The API key is one of them as a digest of its own; a guess
  /// cannot be tried on it, because nobody guesses a key.
  ///
  /// - Parameter key: the key of what is new; one made up if left out.
  init(
    _ client: BrokerClient, about: String, _ names: [String], key: String? = nil
  ) throws {
    let all = [client.server, client.keyDigest] + names
    let digest = ContentDigest(of: Array(all.map { "\($0.utf8.count):\($0)" }.joined().utf8))
    path = try Self.folder().map { "\($0)/\(digest).json" }
    let new = Content(key: key ?? Self.newKey(), upload: nil, about: about)
    let old = path.flatMap { try? readJSON($0, as: Content.self) }
    (content, isOld) = (old ?? new, old != nil)
    if old == nil { try save() }
  }

  /// Remembers where an upload is.
  mutating func remember(upload: String) throws {
    guard content.upload != upload else { return }
    content.upload = upload
    try save()
  }

  /// Begins anew, as if nothing had been remembered.
  mutating func restart() throws {
    content = Content(key: Self.newKey(), upload: nil, about: content.about)
    try save()
  }

  /// Forgets: it is done, or cannot be.
  func forget() { if let path { unlink(path) } }

  private func save() throws {
    guard let path else { return }
    let file = try OutputFile(path)
    try file.write(Array((try jsonText(content) + "\n").utf8))
    try file.finish()
  }

  /// A random text that makes a request safe to repeat.
  static func newKey() -> String { Ambient.system.randomBytes(16).hexadecimal }

  /// The folder, made if it is missing; nil without a home.
  private static func folder() throws -> String? {
    let variable = { (name: String) in
      getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    guard let state = variable("XDG_STATE_HOME") ?? variable("HOME").map({ "\($0)/.local/state" })
    else { return nil }
    let folder = "\(state)/everpart/uploads"
    var made = ""
    for part in folder.split(separator: "/") {
      made += "/\(part)"
      guard mkdir(made, 0o700) == 0 || errno == EEXIST || access(made, X_OK) == 0 else {
        return nil
      }
    }
    return access(folder, W_OK) == 0 ? folder : nil
  }
}

/// A path that means the same file wherever it is read.
func absolutePath(_ path: String) -> String {
  guard let resolved = realpath(path, nil) else { return path }
  defer { free(resolved) }
  return String(cString: resolved)
}
