/// Columns that line up, for people.
struct Table {
  /// The header first.
  private(set) var rows: [[String]]

  init(_ header: String...) { rows = [header] }

  /// A table whose columns are not known before.
  init(header: [String]) { rows = [header] }

  mutating func add(_ cells: String...) { rows.append(cells) }

  /// Adds a row with as many cells as the header.
  mutating func add(row cells: [String]) { rows.append(cells) }

  /// The table's lines; the header dimmed, the last column unpadded.
  func print() {
    guard let header = rows.first else { return }
    if rows.count == 1 {
      Terminal.write(Terminal.paint("nothing", .dim))
      return
    }
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for (index, row) in rows.enumerated() {
      let line = row.enumerated().map { column, cell in
        column == row.count - 1
          ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }.joined(separator: "  ")
      Terminal.write(index == 0 ? Terminal.paint(line, .dim) : line)
    }
  }
}
