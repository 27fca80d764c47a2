import Brokering
import Domain
import FoundationEssentials
import Ledger

/// How an audit trail is written to a file.
enum AuditFormat: String, CaseIterable {
  case jsonl
  case csv

  var mediaType: String {
    switch self {
    case .jsonl: "application/jsonl"
    case .csv: "text/csv"
    }
  }
}

extension AuditFormat {
  /// The media type with what a reader has to know (RFC 4180, section 3). A spreadsheet sees no header of an
  /// answer: it reads the mark before the first line.
  var contentType: String {
    switch self {
    case .jsonl: mediaType
    case .csv: "\(mediaType); charset=utf-8; header=present"
    }
  }
}

/// An export as text, a page of entries at a time.
struct AuditText: AsyncSequence, Sendable {
  let pages: AuditExport
  let format: AuditFormat

  func makeAsyncIterator() -> Iterator {
    Iterator(pages: pages.makeAsyncIterator(), format: format)
  }

  struct Iterator: AsyncIteratorProtocol {
    var pages: AuditExport.Iterator
    let format: AuditFormat
    var hasBegun = false

    mutating func next() async throws -> [UInt8]? {
      if format == .csv, !hasBegun {
        hasBegun = true
        return Array((CSV.mark + CSV.line(AuditEntry.columns)).utf8)
      }
      guard let page = try await pages.next() else { return nil }
      switch format {
      case .csv: return page.flatMap { CSV.line($0.cells).utf8 }
      case .jsonl:
        let encoder = JSONCoding.encoder()
        return try page.flatMap { try encoder.encode($0) + [UInt8(ascii: "\n")] }
      }
    }
  }
}

extension AuditEntry {
  fileprivate static let columns = [
    "number", "id", "at", "action", "actor", "actor_role", "actor_id", "design", "revision", "file",
    "licence", "order", "job", "bureau", "key", "detail",
  ]

  fileprivate var cells: [String] {
    [
      String(number), id.text, at.description, action.rawValue, actor.kind.rawValue,
      actor.role ?? "", actor.key?.text ?? actor.bureau?.text ?? "", design?.text ?? "",
      revision?.text ?? "", file?.text ?? "", licence?.text ?? "", order?.text ?? "",
      job?.text ?? "", bureau?.text ?? "", key?.text ?? "", detail,
    ]
  }
}
