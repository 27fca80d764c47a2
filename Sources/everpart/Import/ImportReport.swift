import Domain

/// What came of one row.
struct ImportOutcome: Sendable {
  enum Result: Sendable {
    case created
    case unchanged
    case updated
    /// The part is not there before somebody else has released what it is made from.
    case waiting
    case refused(Problem)

    var word: String {
      switch self {
      case .created: "created"
      case .unchanged: "unchanged"
      case .updated: "updated"
      case .waiting: "waiting"
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
      let counts = ["created", "updated", "unchanged", "waiting", "refused"].compactMap { word in
        let count = outcomes.count { $0.result.word == word }
        return count == 0 ? nil : "\(count) \(word)"
      }
      Terminal.write(counts.joined(separator: ", "))
      if let waiting = Self.waiting(outcomes) { Terminal.write("", columns: 0, waiting, indent: 0) }
    }
    try write(outcomes.map(\.cells))
  }

  /// What has to happen until everything is sold; nil where nothing waits for anybody.
  static func waiting(_ outcomes: [ImportOutcome]) -> String? {
    let count = outcomes.count { $0.result.word == "waiting" }
    guard count > 0 else { return nil }
    let sold = outcomes.count { $0.part != nil }
    return "\(sold) of \(outcomes.count) are for sale, \(count) \(count == 1 ? "waits" : "wait") "
      + "for a release, as the notes say. Where a release takes two keys, another owner runs this import, too."
  }

  /// - Parameter skus: those of the faults' lines, where they have any.
  func show(_ faults: [CSVFault], skus: [Int: String]) throws {
    for fault in faults {
      if isJSON {
        var members: [String: JSONValue] = [
          "line": .integer(Int64(fault.line)), "result": "refused", "code": .string(fault.code),
          "note": .string(fault.message),
        ]
        members["sku"] = skus[fault.line].map(JSONValue.string)
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
          String($0.line), skus[$0.line] ?? "", "refused", $0.code,
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
