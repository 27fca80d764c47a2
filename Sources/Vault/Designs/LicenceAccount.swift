public import Domain
public import Ledger

/// A licence with what the ledger says of it: its first 1,000 entries.
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

  init(_ licence: LicenceView, entries: [LedgerEntry]) {
    (id, design, terms) = (licence.id, licence.design, licence.terms)
    (authorised, reserved, consumed, scrapped) = (
      licence.authorised, licence.reserved, licence.consumed, licence.scrapped
    )
    self.entries = entries.map {
      Entry(
        number: $0.number, id: $0.id, kind: $0.kind, job: $0.job, bureau: $0.bureau, at: $0.at)
    }
  }
}
