public import Domain
public import Ledger

/// A licence with what the ledger says of it: its first 100 entries.
public struct LicenceAccount: Sendable, Hashable, Codable {
  /// One line of the ledger, without its body.
  public struct Entry: Sendable, Hashable, Codable {
    /// Its place in the ledger.
    public let number: Int64
    /// Its identifier.
    public let id: LedgerEntryID
    /// What it records.
    public let kind: LedgerKind
    /// The job that it concerns, if one.
    public let job: JobID?
    /// The bureau that it concerns, if one.
    public let bureau: BureauID?
    /// When.
    public let at: Instant

    init(_ entry: LedgerEntry) {
      (number, id, kind) = (entry.number, entry.id, entry.kind)
      (job, bureau, at) = (entry.job, entry.bureau, entry.at)
    }
  }

  /// The licence with its counts; its members are beside the others in JSON.
  public let licence: LicenceRecord
  /// What proves the counts, oldest first.
  public let entries: [Entry]
  /// Whether there are more than these: `…/entries` lists all.
  public let hasMoreEntries: Bool

  private enum CodingKeys: String, CodingKey {
    case entries
    case hasMoreEntries = "has_more_entries"
  }

  init(_ licence: LicenceRecord, entries: Page<Entry>) {
    self.licence = licence
    (self.entries, hasMoreEntries) = (entries.data, entries.hasMore)
  }

  /// Reads one JSON object.
  public init(from decoder: any Decoder) throws {
    licence = try LicenceRecord(from: decoder)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    entries = try members.decode([Entry].self, forKey: .entries)
    hasMoreEntries = try members.decode(Bool.self, forKey: .hasMoreEntries)
  }

  /// Writes one JSON object.
  public func encode(to encoder: any Encoder) throws {
    try licence.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(entries, forKey: .entries)
    try members.encode(hasMoreEntries, forKey: .hasMoreEntries)
  }
}
