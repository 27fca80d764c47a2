/// Columns that line up, for people; on a terminal that is too narrow for them, a block for each row.
struct Table {
  /// The header first.
  private(set) var rows: [[String]]

  init(_ header: String...) { rows = [header] }

  /// A table whose columns are not known before.
  init(header: [String]) { rows = [header] }

  mutating func add(_ cells: String...) { rows.append(cells) }

  /// Adds a row with as many cells as the header.
  mutating func add(row cells: [String]) { rows.append(cells) }

  func print() {
    let width = Terminal.isTerminal(.standardOutput) ? Terminal.width : .max
    lines(within: width).forEach { Terminal.write($0) }
  }

  /// The table's lines: the header dimmed, the last column unpadded. Where a line would be wider, each row is
  /// a block of lines with a name and a value, so that nothing is cut in the middle that a person copies.
  func lines(within width: Int) -> [String] {
    guard let header = rows.first else { return [] }
    if rows.count == 1 { return [Terminal.paint("nothing", .dim)] }
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    if widths.reduce(0, +) + 2 * (widths.count - 1) > width { return blocks(within: width) }
    return rows.enumerated().map { index, row in
      let line = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : Self.padded(cell, to: widths[column])
      }.joined(separator: "  ")
      return index == 0 ? Terminal.paint(line, .dim) : line
    }
  }

  private func blocks(within width: Int) -> [String] {
    let names = rows[0]
    let indent = 2 + (names.map(\.count).max() ?? 0)
    return rows.dropFirst().enumerated().flatMap { index, row in
      (index == 0 ? [] : [""])
        + zip(names, row).filter { !$0.1.isEmpty }.map { name, cell in
          Terminal.paint(Self.padded(name, to: indent), .dim)
            + Terminal.wrapped(cell, first: indent, indent: indent, width: width)
        }
    }
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: width - text.count)
  }
}
