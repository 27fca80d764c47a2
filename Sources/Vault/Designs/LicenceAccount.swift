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

  /// Its identifier.
  public let id: LicenceID
  /// The design that it is for.
  public let design: DesignID
  /// The terms.
  public let terms: LicenceTerms
  /// Units that may be printed in all.
  public let authorised: Int
  /// Units that orders hold.
  public let reserved: Int
  /// Units whose keys were released.
  public let consumed: Int
  /// Reprints used of the scrap allowance.
  public let scrapped: Int
  /// What proves the counts, oldest first.
  public let entries: [Entry]
  /// Whether there are more than these: `…/entries` lists all.
  public let hasMoreEntries: Bool

  private enum CodingKeys: String, CodingKey {
    case id, design, terms, authorised, reserved, consumed, scrapped, entries
    case hasMoreEntries = "has_more_entries"
  }

  init(_ licence: LicenceView, entries: Page<Entry>) {
    (id, design, terms) = (licence.id, licence.design, licence.terms)
    (authorised, reserved, consumed, scrapped) = (
      licence.authorised, licence.reserved, licence.consumed, licence.scrapped
    )
    (self.entries, hasMoreEntries) = (entries.data, entries.hasMore)
  }
}
