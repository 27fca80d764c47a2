import Domain
import Ledger

/// How a database stands to what is known of the newest one.
enum Standing: Sendable, Hashable {
  /// The first start with either.
  case first
  /// They agree.
  case current
  /// The file is one step behind: a crash came between the two writes.
  case fileLags
  /// The database was restored from an older copy.
  case databaseBehind(known: KnownState)
  /// The file is older than the database: it was restored.
  case stateBehind(known: KnownState)
  /// The file is gone, and the database is not new.
  case stateMissing
  /// The file is of another installation.
  case other

  /// - Parameters:
  ///   - row: what the database says of itself; nil before its first beat.
  ///   - lastEntry: the number of the ledger's last entry.
  ///   - file: what the file says; nil where there is none.
  init(row: Installation?, lastEntry: Int64, file: KnownState?) {
    guard let file else {
      // After the first beat nothing has happened yet that a copy could miss.
      let isNew = row.map { $0.generation == 1 && $0.beat == 1 } ?? true
      self = row == nil ? .first : isNew ? .fileLags : .stateMissing
      return
    }
    guard let row else {
      self = .databaseBehind(known: file)
      return
    }
    let known = file.installation
    if row.id != known.id {
      self = .other
    } else if known.generation > row.generation || known.beat > row.beat
      || (known.generation == row.generation && file.ledgerNumber > lastEntry)
    {
      self = .databaseBehind(known: file)
    } else if row.generation > known.generation + 1 || row.beat > known.beat + 1 {
      self = .stateBehind(known: file)
    } else {
      self = row == known ? .current : .fileLags
    }
  }

  /// What of the state is known; nil where there is none.
  var known: KnownState? {
    switch self {
    case .databaseBehind(let known), .stateBehind(let known): known
    case .first, .current, .fileLags, .stateMissing, .other: nil
    }
  }

  /// Why a server must not serve; nil when it may.
  func refusal(_ row: Installation?, lastEntry: Int64, path: String) -> InstallationError? {
    switch self {
    case .first, .current, .fileLags: nil
    case .databaseBehind(let known):
      .databaseBehind(
        known: "beat \(known.installation.beat) of generation \(known.installation.generation) and "
          + "ledger entry \(known.ledgerNumber), written \(known.at)",
        has: "beat \(row?.beat ?? 0) of generation \(row?.generation ?? 0) and entry \(lastEntry)")
    case .stateBehind: .stateBehind(path: path)
    case .stateMissing: .stateMissing(path: path)
    case .other: .other(path: path)
    }
  }
}

/// Why a server does not serve these data. Meant for the operator.
public enum InstallationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The database is older than what is known of it.
  case databaseBehind(known: String, has: String)
  /// The blobs of the newest files are not there.
  case blobsBehind(missing: Int)
  /// The state file is older than the database.
  case stateBehind(path: String)
  /// There is no state file, and there was one.
  case stateMissing(path: String)
  /// The state file belongs to another installation.
  case other(path: String)
  /// The state file cannot be read or written.
  case stateFile(path: String, reason: String)
  /// What was asked for does not fit how the database stands.
  case refused(code: String, reason: String)

  /// A stable identifier.
  public var code: String {
    switch self {
    case .databaseBehind: "database.behind"
    case .blobsBehind: "blobs.behind"
    case .stateBehind: "state.behind"
    case .stateMissing: "state.missing"
    case .other: "state.other"
    case .stateFile: "state.file"
    case .refused(let code, _): code
    }
  }

  /// Code and explanation, with what to do about it.
  public var description: String {
    switch self {
    case .databaseBehind(let known, let has):
      "\(code): the database was restored from an older copy. The state file knows \(known); the "
        + "database has \(has). What happened in between is not in it: orders, keys that were released, "
        + "reports. If there is a newer copy, restore that. If not, run `everpart recover` with the same "
        + "--data and --key-ring: it shows what is known to be missing and holds unfinished jobs, so "
        + "that nothing is printed twice, and then the server starts again"
    case .blobsBehind(let missing):
      "\(code): of the newest files \(missing) are without their payload: the blobs are older than the "
        + "database, or damaged. Copy the newest ones that there are into the data directory. Run "
        + "`everpart vault check` to see all that are missing, and `everpart recover` to give them up"
    case .stateBehind(let path):
      "\(code): the database is newer than \(path), so that file was restored. If the database was "
        + "restored too, or you do not know, run `everpart recover`. If it is the very database that "
        + "the server last worked with, run `everpart recover --trust-database`"
    case .stateMissing(let path):
      "\(code): \(path) is gone, so that nobody can tell whether the database is the newest. Restore it "
        + "if you have it. If the database was restored, or you do not know, run `everpart recover`. If "
        + "it is the very database that the server last worked with, run `everpart recover "
        + "--trust-database`"
    case .other(let path):
      "\(code): \(path) is of another installation than the database. Name the right --data and "
        + "--key-ring"
    case .stateFile(let path, let reason): "\(code): \(path): \(reason)"
    case .refused(let code, let reason): "\(code): \(reason)"
    }
  }
}
