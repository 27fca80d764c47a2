import Domain

/// The orders on the screen: redrawn in place on a terminal, a line an event elsewhere.
struct DemoBoard {
  struct Row {
    let part: String
    let city: String
    var state = "placed"
    var bureau = ""
    /// What this order shows, and what has come of it.
    var why = ""
    var outcome = ""

    /// What came of it first: that is what a narrow terminal has room for.
    var note: String { outcome.isEmpty ? why : "\(outcome) · \(why)" }
  }

  private(set) var rows: [Row] = []
  private var drawn = 0
  private var spinner = 0

  private static let steps = [
    "offered", "accepted", "printing", "printed", "inspected", "shipped", "delivered",
  ]

  mutating func add(_ row: Row) -> Int {
    rows.append(row)
    return rows.count - 1
  }

  /// Changes a row; where the board is not redrawn, says what happened.
  mutating func update(_ index: Int, event: String, _ change: (inout Row) -> Void) {
    change(&rows[index])
    guard !Terminal.hasColour(.standardOutput) else { return }
    let row = rows[index]
    Terminal.write(
      "  \(index + 1)  \(row.part) → \(row.city): \(event)"
        + (row.bureau.isEmpty ? "" : " (\(row.bureau))"))
  }

  /// Draws the board over its last drawing.
  mutating func draw() {
    guard Terminal.hasColour(.standardOutput) else { return }
    spinner += 1
    let width = Terminal.width
    var lines: [String] = []
    for (index, row) in rows.enumerated() {
      let head = line(index, row)
      let note = row.bureau.isEmpty ? row.note : "\(row.bureau): \(row.note)"
      // Never as wide as the terminal: a line that wraps would be drawn over wrongly.
      if width >= 130 {
        lines.append(head + Terminal.paint(Self.cut(note, width - 79), .dim))
      } else {
        lines += [head, "     " + Terminal.paint(Self.cut(note, width - 6), .dim)]
      }
    }
    let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
    drawn = lines.count
    Terminal.write(up + lines.map { "\r\u{1B}[K\($0)\n" }.joined(), end: "")
  }

  /// Number, part, city, track and state: 77 columns.
  private func line(_ index: Int, _ row: Row) -> String {
    let reached = Self.steps.firstIndex(of: row.state) ?? -1
    let over = ["unmakeable", "cancelled", "held"].contains(row.state)
    var track = ""
    for step in Self.steps.indices {
      if over {
        track += Terminal.paint("·", .dim)
      } else if step <= reached {
        track += Terminal.paint("●", row.state == "delivered" ? .green : .cyan)
      } else if step == reached + 1 {
        let frames = ["◐", "◓", "◑", "◒"]
        track += Terminal.paint(frames[spinner % frames.count], .yellow)
      } else {
        track += Terminal.paint("○", .dim)
      }
      if step < Self.steps.count - 1 { track += Terminal.paint("─", .dim) }
    }
    return "  \(index + 1)  \(fitted(row.part, 35))\(fitted(row.city, 10))\(track)  "
      + painted(state: row.state) + String(repeating: " ", count: max(1, 12 - row.state.count))
  }

  /// A text in at most so many columns, with “…” for what is left out.
  static func cut(_ text: String, _ columns: Int) -> String {
    text.count <= columns ? text : String(text.prefix(max(0, columns - 1))) + "…"
  }

  private func fitted(_ text: String, _ width: Int) -> String {
    let cut = Self.cut(text, width - 1)
    return cut + String(repeating: " ", count: width - cut.count)
  }
}
