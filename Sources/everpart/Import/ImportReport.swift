import Domain

/// What came of one row.
struct ImportOutcome: Sendable {
  enum Result: Sendable {
    case created
    case unchanged
    case updated
    case refused(Problem)

    var word: String {
      switch self {
      case .created: "created"
      case .unchanged: "unchanged"
      case .updated: "updated"
      case .refused: "refused"
      }
    }
  }

  let line: Int
  let sku: String
  let result: Result
  let notes: [String]
  let design: String?
  let part: String?

  init(
    row: CatalogueRow, _ result: Result, notes: [String] = [], design: String? = nil,
    part: String? = nil
  ) {
    (line, sku) = (row.line, row.sku)
    (self.result, self.notes, self.design, self.part) = (result, notes, design, part)
  }

  var problem: Problem? {
    if case .refused(let problem) = result { problem } else { nil }
  }

  /// What a person has to know beside the result.
  var note: String { problem?.detail ?? notes.joined(separator: "; ") }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "line": .integer(Int64(line)), "sku": .string(sku), "result": .string(result.word),
      "note": .string(note),
    ]
    members["code"] = problem.map { .string($0.code) }
    members["design"] = design.map(JSONValue.string)
    members["part"] = part.map(JSONValue.string)
    return .object(members)
  }

  var cells: [String] {
    [String(line), sku, result.word, problem?.code ?? "", note, design ?? "", part ?? ""]
  }
}

/// Shows what came of an import, or what is wrong with a catalogue.
struct ImportReport {
  let isJSON: Bool
  /// Where the report is written, too.
  let file: String?

  private static let columns = ["line", "sku", "result", "code", "note", "design", "part"]

  func show(_ outcomes: [ImportOutcome]) throws {
    if isJSON {
      for outcome in outcomes { Terminal.write(try jsonText(outcome.json)) }
    } else {
      var table = Table("line", "sku", "result", "part", "note")
      for outcome in outcomes {
        let code = outcome.problem.map { "\($0.code): " } ?? ""
        table.add(
          String(outcome.line), Terminal.plain(outcome.sku), outcome.result.word,
          outcome.part ?? "–", code + Terminal.plain(outcome.note))
      }
      table.print()
      let counts = ["created", "updated", "unchanged", "refused"].compactMap { word in
        let count = outcomes.count { $0.result.word == word }
        return count == 0 ? nil : "\(count) \(word)"
      }
      Terminal.write(counts.joined(separator: ", "))
    }
    try write(outcomes.map(\.cells))
  }

  func show(_ faults: [CSVFault]) throws {
    for fault in faults {
      if isJSON {
        var members: [String: JSONValue] = [
          "line": .integer(Int64(fault.line)), "result": "refused", "code": .string(fault.code),
          "note": .string(fault.message),
        ]
        members["column"] = fault.column.map(JSONValue.string)
        Terminal.write(try jsonText(JSONValue.object(members)))
      } else {
        let place = "line \(fault.line)" + (fault.column.map { ", \(Terminal.plain($0))" } ?? "")
        Terminal.write("\(place): \(fault.code): \(Terminal.plain(fault.message))")
      }
    }
    if !isJSON, !faults.isEmpty {
      Terminal.write("Nothing was sent. Lines to mend: \(Set(faults.map(\.line)).count)")
    }
    try write(
      faults.map {
        [
          String($0.line), "", "refused", $0.code,
          ($0.column.map { "\($0): " } ?? "") + $0.message, "", "",
        ]
      })
  }

  private func write(_ rows: [[String]]) throws {
    guard let file else { return }
    let out = try OutputFile(file)
    try out.write(Array((CSV.mark + ([Self.columns] + rows).map(CSV.line).joined()).utf8))
    try out.finish()
  }
}
