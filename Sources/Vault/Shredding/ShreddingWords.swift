import Domain

/// What a report says in sentences: what is left to do, and what no shredding does. It promises nothing that the
/// broker cannot keep.
enum ShreddingWords {
  static func limits(isImported: Bool) -> [String] {
    isImported
      ? [
        "The brand came here from another broker. What that broker and its backups have, which bureaus it gave "
          + "keys to, who read originals there, and who has the archive that was brought, is not known here."
      ] + limits : limits
  }

  private static let limits = [
    "Bureaus that were given the keys can keep what they have fetched, and so can whoever of the brand has "
      + "read an original, or has an archive and the key that it is sealed to: contracts and audits limit "
      + "that, no shredding does.",
    "A backup of database and payloads from before the shredding still opens with a copy of the key ring "
      + "that has one of these versions, retired or not. Destroy such copies of the ring, or such backups.",
    "Whoever restores a database from before the shredding has the keys again: shred again then, by the "
      + "ledger's entry and this report if the database has neither.",
    "Bytes that were overwritten or deleted can remain where a file system or a disk keeps old blocks, "
      + "snapshots or caches.",
    "Names, sizes and measurements of the files, the audit trail and the ledger stay.",
  ]

  static func left(_ state: ShreddingState, _ versions: [ShreddingKeyVersion]) -> [String] {
    guard state != .complete else { return [] }
    var left: [String] = []
    if state == .erasing {
      left.append(
        "Remains of the keys in the database's files, or payloads, are being deleted. That is tried again "
          + "by itself; the server's log says what keeps failing.")
    }
    return left + versions.compactMap(todo)
  }

  /// The operator's step for a version. A newest version that is in use has to get a successor first.
  private static func todo(_ version: ShreddingKeyVersion) -> String? {
    let number = version.number
    return switch version.standing {
    case .inUse:
      "Version \(number) of the wrapping key is in use. Have the operator wrap everything anew "
        + "(`everpart vault rotate`), and then destroy it (`everpart vault retire \(number)`)."
    case .unused:
      "Nothing is wrapped under version \(number) of the wrapping key any more. Have the operator destroy it "
        + "(`everpart vault retire \(number)`)."
    case .retired:
      "Version \(number) of the wrapping key is retired, and its key is still in the key ring; the server "
        + "removes it by itself."
    case .destroyed: nil
    }
  }
}
