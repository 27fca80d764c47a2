import Domain
import Glibc

/// What is wrong at one place of a file that was read.
struct CSVFault: Error, Hashable {
  /// The line in the file, from 1; a record that has line ends in quotes is where it begins.
  let line: Int
  /// The column's name, where it is one cell that is wrong.
  let column: String?
  let code: String
  let message: String
}

/// One record: its cells, and the line that it begins on.
struct CSVRecord: Hashable {
  let line: Int
  let cells: [String]
}

/// Separated values as people have them: RFC 4180, with or without a byte order mark, with CRLF, LF or CR,
/// and with commas, or the semicolons or tabulators that spreadsheets write where the comma is the decimal
/// sign. Strict: a quote in the middle of a cell, or text after a closing one, is a fault and no guess.
struct CSVTable {
  /// More is refused before anything is read.
  static let bytesMax = 16 << 20
  static let recordsMax = 10_000
  static let columnsMax = 64
  static let cellBytesMax = 8 << 10

  let separator: UInt8
  let header: CSVRecord
  let records: [CSVRecord]
  /// Records with another number of cells than the header has.
  let faults: [CSVFault]

  /// - Parameter column: the name of a column that has to be there; by it the separator is found.
  /// - Throws: a ``CSVFault`` where nothing after it can be trusted: `csv.encoding`, `csv.quote`,
  ///   `csv.header`, `csv.too_large`.
  init(_ bytes: [UInt8], requiring column: String) throws {
    guard bytes.count <= Self.bytesMax else { throw Self.tooLarge(1) }
    var text = try Self.decoded(bytes)[...]
    guard text.contains(where: { !" \r\n\t".utf8.contains($0) }) else {
      throw CSVFault(
        line: 1, column: nil, code: "csv.empty", message: "There is nothing in the file.")
    }
    var line = 1
    // A line of its own in which Excel is told the separator.
    if text.starts(with: "sep=".utf8), let end = text.firstIndex(of: UInt8(ascii: "\n")) {
      text = text[text.index(after: end)...]
      line = 2
    }
    for separator in [",", ";", "\t"].map({ $0.utf8.first ?? 0 }) {
      var reader = CSVReader(bytes: text, separator: separator, line: line)
      guard let header = try? reader.next(),
        header.cells.map(Self.columnName).contains(column)
      else { continue }
      self.separator = separator
      self.header = CSVRecord(line: header.line, cells: header.cells.map(Self.columnName))
      (records, faults) = try Self.read(&reader, columns: header.cells.count)
      return
    }
    throw CSVFault(
      line: line, column: nil, code: "csv.header",
      message:
        "The first line names the columns, separated by commas, semicolons or tabulators; there "
        + "is no column “\(column)”.")
  }

  private static func read(
    _ reader: inout CSVReader, columns: Int
  ) throws -> ([CSVRecord], [CSVFault]) {
    var (records, faults): ([CSVRecord], [CSVFault]) = ([], [])
    guard columns <= columnsMax else { throw tooLarge(1) }
    while let record = try reader.next() {
      // What spreadsheets write for rows without anything.
      guard record.cells.contains(where: { !$0.isEmpty }) else { continue }
      guard records.count + faults.count < recordsMax else { throw tooLarge(record.line) }
      if record.cells.count == columns {
        records.append(record)
      } else {
        faults.append(
          CSVFault(
            line: record.line, column: nil, code: "csv.columns",
            message:
              "The line has \(record.cells.count) cells, and the first line names \(columns)."))
      }
    }
    return (records, faults)
  }

  /// `Lead days` as `lead_days`.
  private static func columnName(_ cell: String) -> String {
    String(
      trimmed(cell).lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
  }

  private static func decoded(_ bytes: [UInt8]) throws -> [UInt8] {
    guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
      throw encoding(1)
    }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if String(validating: text, as: UTF8.self) != nil, !text.contains(0) { return text }
    // The first line that is none, for whoever has to look for it.
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let wrong = lines.firstIndex {
      String(validating: $0, as: UTF8.self) == nil || $0.contains(0)
    }
    throw encoding((wrong ?? 0) + 1)
  }

  private static func encoding(_ line: Int) -> CSVFault {
    CSVFault(
      line: line, column: nil, code: "csv.encoding",
      message: "The file is not UTF-8 text: save it as “CSV UTF-8”.")
  }

  fileprivate static func tooLarge(_ line: Int) -> CSVFault {
    CSVFault(
      line: line, column: nil, code: "csv.too_large",
      message: "A catalogue has at most 16 MiB, 10,000 rows, 64 columns and 8 KiB in a cell.")
  }
}

/// Text without the white space around it, of which a person typed some and a spreadsheet (U+00A0) others.
func trimmed(_ text: String) -> String {
  let isSpace: (Character) -> Bool = { $0.isWhitespace || $0 == "\u{A0}" }
  guard let first = text.firstIndex(where: { !isSpace($0) }),
    let last = text.lastIndex(where: { !isSpace($0) })
  else { return "" }
  return String(text[first...last])
}

/// Reads record after record.
private struct CSVReader {
  private static let quote = UInt8(ascii: "\"")
  private static let (cr, lf) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))

  private var rest: ArraySlice<UInt8>
  private let separator: UInt8
  private var line: Int

  init(bytes: ArraySlice<UInt8>, separator: UInt8, line: Int) {
    (rest, self.separator, self.line) = (bytes, separator, line)
  }

  /// The next record, or nil at the end.
  mutating func next() throws -> CSVRecord? {
    guard !rest.isEmpty else { return nil }
    let first = line
    var cells: [String] = []
    while true {
      let isOver: Bool
      let cell: [UInt8]
      (cell, isOver) = rest.first == Self.quote ? try quoted() : try plain()
      guard cells.count < CSVTable.columnsMax, cell.count <= CSVTable.cellBytesMax else {
        throw CSVTable.tooLarge(first)
      }
      cells.append(String(decoding: cell, as: UTF8.self))
      if isOver { return CSVRecord(line: first, cells: cells) }
    }
  }

  /// A cell without quotes, up to the separator or the line's end, which is over then.
  private mutating func plain() throws -> ([UInt8], isOver: Bool) {
    let end = rest.firstIndex {
      $0 == separator || $0 == Self.cr || $0 == Self.lf || $0 == Self.quote
    }
    let cell = Array(rest[..<(end ?? rest.endIndex)])
    guard let end else {
      rest = []
      return (cell, true)
    }
    guard rest[end] != Self.quote else {
      throw fault(
        "There is a quote inside a cell. A cell with quotes is in quotes, and each is doubled.")
    }
    rest = rest[end...]
    return (cell, endCell())
  }

  private mutating func quoted() throws -> ([UInt8], isOver: Bool) {
    let begin = line
    var cell: [UInt8] = []
    rest = rest.dropFirst()
    while let end = rest.firstIndex(of: Self.quote) {
      let piece = rest[..<end]
      // CRLF is one line end, and so is a CR alone.
      for (index, byte) in zip(piece.indices, piece)
      where byte == Self.lf
        || (byte == Self.cr && (index + 1 == end || piece[index + 1] != Self.lf))
      { line += 1 }
      cell += piece
      rest = rest[(end + 1)...]
      guard rest.first == Self.quote else {
        guard rest.isEmpty || [separator, Self.cr, Self.lf].contains(rest.first ?? 0) else {
          throw fault("There is text behind a closing quote.")
        }
        if rest.isEmpty { return (cell, true) }
        return (cell, endCell())
      }
      cell.append(Self.quote)
      rest = rest.dropFirst()
      guard cell.count <= CSVTable.cellBytesMax else { throw CSVTable.tooLarge(begin) }
    }
    line = begin
    throw fault("A quote that begins here is never closed.")
  }

  /// Takes what ends a cell; whether it ends the record, too.
  private mutating func endCell() -> Bool {
    let byte = rest.removeFirst()
    guard byte != separator else { return false }
    if byte == Self.cr, rest.first == Self.lf { rest = rest.dropFirst() }
    line += 1
    return true
  }

  private func fault(_ message: String) -> CSVFault {
    CSVFault(line: line, column: nil, code: "csv.quote", message: message)
  }
}
