import Domain
import Ledger
import Vault

/// A licence as its brand sees it: terms, counts, and what the ledger says about it.
struct LicenceAnswer: Codable, Sendable {
  /// One line of the ledger, without its body.
  struct Entry: Codable, Sendable {
    let number: Int64
    let id: LedgerEntryID
    let kind: LedgerKind
    let job: JobID?
    let bureau: BureauID?
    let at: Instant
  }

  let id: LicenceID
  let design: DesignID
  let terms: LicenceTerms
  let authorised: Int
  let reserved: Int
  let consumed: Int
  let scrapped: Int
  let entries: [Entry]

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
