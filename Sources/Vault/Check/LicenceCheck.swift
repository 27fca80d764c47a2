import Database
import Domain
import FoundationEssentials
import Ledger

/// Holds the counts of licences against the entries that have to prove them, key releases against their
/// entries, and the numbers of entries against each other. All in one snapshot.
struct LicenceCheck {
  private struct Tally {
    var (granted, reserved, consumed, scrapped) = (0, 0, 0, 0)
  }

  private struct Units: Decodable { let units: Int }
  private struct Used: Decodable { let consumed, scrapped: Int }
  private struct Grant: Decodable {
    struct Terms: Decodable {
      let authorisedUnits: Int

      private enum CodingKeys: String, CodingKey { case authorisedUnits = "authorised_units" }
    }

    let terms: Terms
  }

  private var tallies: [String: Tally] = [:]

  mutating func run(_ transaction: Transaction, _ report: inout CheckReport) throws {
    try takeEntries(transaction, &report)
    try compare(transaction, &report)
    try releases(transaction, &report)
  }

  private mutating func takeEntries(
    _ transaction: Transaction, _ report: inout CheckReport
  ) throws {
    var last: Int64 = 0
    while true {
      let page = try transaction.rows(CheckStore.entries, last)
      guard !page.isEmpty else { return }
      for row in page {
        let number: Int64 = try row.integer("number")
        if number != last + 1 {
          report.add(
            Finding(
              "ledger.gap", "Entry \(last) is followed by entry \(number): those between are gone.")
          )
        }
        last = number
        report.count("ledger_entries")
        take(row, number, &report)
      }
    }
  }

  private mutating func take(_ row: Row, _ number: Int64, _ report: inout CheckReport) {
    guard let kind = try? row.named("kind", as: LedgerKind.self) else {
      report.add(Finding("ledger.entry", "Entry \(number) is of no kind that this version knows."))
      return
    }
    guard let licence = try? row.text("licence_id"), let body = try? row.text("body") else {
      return
    }
    var tally = tallies[licence, default: Tally()]
    let json = Data(body.utf8)
    let units = (try? JSONDecoder().decode(Units.self, from: json))?.units
    switch (kind, units) {
    case (.licenceGranted, _):
      tally.granted +=
        (try? JSONDecoder().decode(Grant.self, from: json))?.terms.authorisedUnits ?? 0
    case (.licenceImported, _):
      tally.granted +=
        (try? JSONDecoder().decode(Grant.self, from: json))?.terms.authorisedUnits ?? 0
      let used = try? JSONDecoder().decode(Used.self, from: json)
      tally.consumed += used?.consumed ?? 0
      tally.scrapped += used?.scrapped ?? 0
    case (.licenceReserved, let units?): tally.reserved += units
    case (.licenceReturned, let units?): tally.reserved -= units
    case (.keyReleased, let units?), (.licencePresumed, let units?):
      tally.reserved -= units
      tally.consumed += units
    case (.scrapUsed, let units?): tally.scrapped += units
    case (.completed, _), (.bureauEnrolled, _), (.revisionWithdrawn, _), (.shredded, _),
      (.recovered, _):
      break
    default: report.add(Finding("ledger.entry", "Entry \(number) does not say how many units."))
    }
    tallies[licence] = tally
  }

  private mutating func compare(_ transaction: Transaction, _ report: inout CheckReport) throws {
    var after = ""
    while true {
      let page = try transaction.rows(CheckStore.licences, after)
      guard let end = page.last else { break }
      after = try end.text("id")
      for row in page {
        report.count("licences")
        let tally = tallies.removeValue(forKey: try row.text("id")) ?? Tally()
        let differences = try [
          ("authorised", tally.granted), ("reserved", tally.reserved),
          ("consumed", tally.consumed), ("scrapped", tally.scrapped),
        ].filter { try row.integer($0.0) != $0.1 }
        if !differences.isEmpty {
          let texts = try differences.map {
            "\($0.0) is \(try row.integer($0.0) as Int), and the entries prove \($0.1)"
          }
          report.add(try Self.finding("licence.counts", texts.joined(separator: "; ") + ".", row))
        }
        let (reserved, waiting) = (
          try row.integer("reserved") as Int, try row.integer("waiting") as Int
        )
        if reserved != waiting {
          report.add(
            try Self.finding(
              "licence.reserved",
              "\(reserved) units are reserved, and jobs that wait for a bureau need \(waiting).",
              row))
        }
      }
    }
    for licence in tallies.keys.sorted() {
      report.add(
        Finding(
          "licence.missing", "The ledger has entries of a licence that is not there.",
          licence: licence))
    }
  }

  private static func finding(_ code: String, _ detail: String, _ row: Row) throws -> Finding {
    Finding(
      code, detail, brand: try row.text("brand_id"), design: try row.text("design_id"),
      licence: try row.text("id"))
  }

  private func releases(_ transaction: Transaction, _ report: inout CheckReport) throws {
    report.count(
      "key_releases", try transaction.row(CheckStore.releaseCount)?.integer("n") ?? 0)
    for row in try transaction.rows(CheckStore.releasesWithoutEntry) {
      report.add(
        Finding(
          "release.unproved", "A key release has no entry that proves it.",
          brand: try row.text("brand_id"), licence: try row.text("licence_id"),
          job: try row.text("job_id")))
    }
    for row in try transaction.rows(CheckStore.entriesWithoutRelease) {
      report.add(
        Finding(
          "release.missing",
          "Entry \(try row.integer("number") as Int) proves a release that has no row.",
          brand: try row.textOrNil("brand_id"), licence: try row.textOrNil("licence_id"),
          job: try row.textOrNil("job_id")))
    }
  }
}
