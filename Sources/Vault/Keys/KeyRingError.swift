/// Why a key ring was not opened or made. Meant for the operator; never contains a key.
public enum KeyRingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The ring would lie inside the data directory, where every backup of the data would contain it.
  case insideDataDirectory(path: String)
  /// Others than the owner may reach the file; `mode` is octal.
  case mode(path: String, mode: String)
  /// The file belongs to another user, or is not a regular file.
  case owner(path: String)
  /// The file's folder can be written by everybody.
  case folder(path: String)
  /// There is data but not the ring that sealed it.
  case missing(path: String)
  /// The data was sealed with another ring.
  case other(path: String)
  /// The file is not a key ring of a version that this server knows.
  case format(path: String)
  /// The ring is sealed and the passphrase is missing or wrong, or the passphrase cannot be used.
  case passphrase(path: String, PassphraseFault)
  /// Another process works with this ring: what it writes and what this one would write undo each other.
  case inUse(path: String)
  /// What is stored needs a version that the ring does not have.
  case versionMissing(path: String, version: Int)
  /// The file could not be read or written.
  case storage(path: String, reason: String)

  /// What is wrong with a passphrase.
  public enum PassphraseFault: Sendable, Hashable {
    /// The ring is sealed, and none was given.
    case missing
    /// It does not open the ring.
    case wrong
    /// One was given, and the ring is not sealed.
    case notSealed
    /// It is empty, or more than a line.
    case unusable
    /// It is too short for a ring that is sealed with it from now on.
    case short
  }

  /// A stable identifier.
  public var code: String {
    switch self {
    case .insideDataDirectory: "key_ring.inside_data_directory"
    case .mode: "key_ring.mode"
    case .owner: "key_ring.owner"
    case .folder: "key_ring.folder"
    case .missing: "key_ring.missing"
    case .other: "key_ring.other"
    case .format: "key_ring.format"
    case .passphrase: "key_ring.passphrase"
    case .inUse: "key_ring.in_use"
    case .versionMissing: "key_ring.version_missing"
    case .storage: "key_ring.storage"
    }
  }

  /// Code and explanation, with what to do about it.
  public var description: String {
    switch self {
    case .insideDataDirectory(let path):
      "\(code): \(path) is inside the data directory; keep the key ring elsewhere, so that "
        + "a copy of the data does not contain its keys"
    case .mode(let path, let mode): "\(code): \(path) has mode \(mode); run chmod 600 on it"
    case .owner(let path): "\(code): \(path) is not a regular file of this user"
    case .folder(let path): "\(code): everybody may write to \(path)"
    case .missing(let path):
      "\(code): there is data, but no key ring at \(path); restore it from its backup"
    case .other(let path):
      "\(code): the data was sealed with another key ring than \(path), or with a newer copy of it; "
        + "name the right one with --key-ring, or restore it from its backup"
    case .format(let path): "\(code): \(path) is not a key ring that this version can read"
    case .passphrase(let path, .missing):
      "\(code): \(path) is sealed with a passphrase; name a file with it "
        + "(--key-ring-passphrase-file)"
    case .passphrase(let path, .wrong): "\(code): the passphrase does not open \(path)"
    case .passphrase(let path, .notSealed):
      "\(code): a passphrase was given, but \(path) is not sealed with one; seal it with "
        + "`everpart vault passphrase`, or give none"
    case .passphrase(let path, .unusable):
      "\(code): \(path): a passphrase is one line of text, and not empty"
    case .passphrase(let path, .short):
      "\(code): \(path) is not sealed with a passphrase of less than "
        + "\(KeyRingPassphrase.charactersMin) characters: whoever has the file can try as many as they "
        + "like; take several words that nobody has put together before"
    case .inUse(let path):
      "\(code): a server works with \(path); stop it first"
    case .versionMissing(let path, let version):
      "\(code): the data has keys that are wrapped under version \(version), which \(path) no longer "
        + "has; name a copy of the ring that was kept with this data with --key-ring"
    case .storage(let path, let reason): "\(code): \(path): \(reason)"
    }
  }
}
