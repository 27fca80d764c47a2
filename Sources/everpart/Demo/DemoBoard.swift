import Domain

/// The orders on the screen: redrawn in place on a terminal, a line an event elsewhere.
struct DemoBoard {
  struct Row {
    let part: String
    let city: String
    var state = "placed"
    var bureau = ""
    var note = ""
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
    let before = rows[index]
    change(&rows[index])
    if !Terminal.hasColour, before.state != rows[index].state || before.note != rows[index].note {
      let row = rows[index]
      Terminal.write(
        "  \(index + 1)  \(row.part) → \(row.city): \(event)"
          + (row.bureau.isEmpty ? "" : " (\(row.bureau))")
          + (row.note.isEmpty ? "" : " – \(row.note)"))
    }
  }

  /// Draws the board over its last drawing.
  mutating func draw() {
    guard Terminal.hasColour else { return }
    spinner += 1
    var text = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
    for (index, row) in rows.enumerated() {
      text += "\r\u{1B}[K" + line(index, row) + "\n"
    }
    drawn = rows.count
    Terminal.write(text, end: "")
  }

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
    let state = painted(state: row.state) + pad(row.state, 11)
    return "  \(index + 1)  \(row.part)\(pad(row.part, 33))\(row.city)\(pad(row.city, 10))"
      + "\(track)  \(state)\(row.bureau)\(pad(row.bureau, 18))" + Terminal.paint(row.note, .dim)
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count))
  }
}
