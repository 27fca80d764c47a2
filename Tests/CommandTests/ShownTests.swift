import Domain
import Foundation
import Geometry
import Testing

@testable import everpart

private func json(_ text: String) throws -> JSONValue {
  try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
}

@Suite("What a person is shown")
struct ShownTests {
  @Test("lines wrap at word ends behind a hanging indent, and a long word stays whole")
  func wraps() {
    let text = "one two three four"
    #expect(
      Terminal.wrapped(text, first: 4, indent: 4, width: 12) == "one two\n    three\n    four")
    #expect(Terminal.wrapped(text, first: 0, indent: 2, width: 80) == text)
    #expect(
      Terminal.wrapped("a /very/long/path/indeed b", first: 2, indent: 2, width: 8)
        == "a\n  /very/long/path/indeed\n  b")
    #expect(
      Terminal.wrapped("a \u{1B}[1mmm\u{1B}[0m", first: 0, indent: 1, width: 4)
        == "a \u{1B}[1mmm\u{1B}[0m")
    #expect(Terminal.wrapped("", first: 3, indent: 3, width: 1) == "")
  }

  @Test("a survey says what of it is under way, and how far it is")
  func survey() {
    #expect(
      SurveyProgress.line([.orientations, .walls], seconds: 12)
        == "measuring walls, orientations … 4 of 6 done, 12 s")
  }

  @Test("the demonstration's board cuts with “…” and says first what came of an order")
  func board() {
    var row = DemoBoard.Row(part: "1 × cap", city: "Bern")
    row.why = "the nearest bureau prints it"
    #expect(row.note == row.why)
    row.outcome = "DHL 123"
    #expect(row.note == "DHL 123 · the nearest bureau prints it")
    #expect(DemoBoard.cut(row.note, 9) == "DHL 123 …")
    #expect(DemoBoard.cut("DHL 123", 7) == "DHL 123")
  }

  @Test("a report says what a brand has to know to decide")
  func reports() throws {
    let head = #"{"at": "T", "attempt": 2, "bureau": "Spreewerk", "report": "#
    #expect(
      reportLine(try json(head + #"{"kind": "held", "reason": "power cut"}}"#))
        == "T  held  attempt 2  Spreewerk  power cut")
    #expect(
      reportLine(
        try json(
          head + #"{"kind": "inspected", "inspection": {"passed": false, "measurements": "#
            + #"[{"feature": "height", "mm": 29.125}]}}}"#))
        == "T  inspected  attempt 2  Spreewerk  failed, height 29.125 mm")
    #expect(
      reportLine(try json(head + #"{"kind": "started"}}"#)) == "T  started  attempt 2  Spreewerk")
  }

  @Test("an order whose job is held is shown as held")
  func held() throws {
    #expect(
      shownState(try json(#"{"state": "in_production", "job": {"state": "held"}}"#)) == "held")
    #expect(shownState(try json(#"{"state": "placed", "job": {"state": "offered"}}"#)) == "placed")
    #expect(shownState(try json(#"{"state": "placed"}"#)) == "placed")
  }

  @Test("each kind of secret that a version of the wrapping key is used for has a column")
  func keyVersions() throws {
    let table = keyVersionTable(
      try json(
        #"{"newest": 2, "versions": [{"number": 1, "created_at": "T", "uses": {"design_file": 0, "#
          + #""upload_segment": 3, "ship_to": 0, "later_kind": 1}}, {"number": 2, "#
          + #""created_at": "U", "uses": {"design_file": 7, "key_ring_check": 1}}]}"#))
    #expect(
      table.rows.map { $0.enumerated().filter { ![2, 3].contains($0.offset) }.map(\.element) } == [
        ["version", "made", "file keys", "upload keys", "ship-to keys", "checks", "later kind"],
        ["1", "T", "0", "3", "0", "–", "1"], ["2 newest", "U", "7", "–", "–", "1", "–"],
      ])
  }

  @Test("a table that is wider than the terminal is a block for each row, and no id is cut")
  func narrow() {
    var table = Table("id", "label", "what happened")
    table.add("key_0123456789", "Ada", "made by an owner")
    table.add("key_9876543210", "", "revoked")
    #expect(
      table.lines(within: 40) == [
        "id              label  what happened", "key_0123456789  Ada    made by an owner",
        "key_9876543210         revoked",
      ])
    #expect(table.lines(within: 39) == table.lines(within: .max))
    #expect(
      table.lines(within: 30) == [
        "id             key_0123456789", "label          Ada",
        "what happened  made by an\n               owner", "",
        "id             key_9876543210", "what happened  revoked",
      ])
    #expect(Table("id").lines(within: 1) == ["nothing"])
  }

  @Test("a part that cannot be ordered now says so")
  func parts() throws {
    let table = partTable(
      [
        try json(#"{"id": "prt_1", "orderable": true}"#),
        try json(#"{"id": "prt_2", "orderable": false}"#),
      ])
    #expect(table.rows.map { $0[5] } == ["orderable", "yes", "not now"])
  }

  @Test("no volume is shown of a surface with a boundary")
  func designs() throws {
    func lines(_ problems: String) throws -> [String] {
      designLines(
        try json(
          #"{"files": [{"name": "plan.csv", "purpose": "inspection_plan", "bytes": 2048}, "#
            + #"{"name": "cap.stl", "purpose": "geometry", "measurement": {"triangles": 11, "size_mm": [1, 2, 3], "#
            + #""volume_mm3": 6.5, "problems": [\#(problems)]}}]}"#))
    }
    #expect(try lines("").last == "File      cap.stl  11 triangles, 1 × 2 × 3 mm, 6.5 mm³")
    #expect(try lines("").dropLast().last == "File      plan.csv  inspection_plan, 2.0 KiB")
    let open = try lines(#"{"code": "mesh.not_closed", "message": "Open."}"#)
    #expect(open.contains("File      cap.stl  11 triangles, 1 × 2 × 3 mm"))
    #expect(open.last?.contains("mesh.not_closed: Open.") == true)
  }

  @Test("a STEP file without sizes is kept and not refused, and what is missing is said")
  func step() throws {
    func lines(_ measurement: String) throws -> [String] {
      designLines(
        try json(
          #"{"revision": {"measurement": \#(measurement)}, "files": [{"name": "plate.step", "#
            + #""purpose": "geometry"}]}"#))
    }
    let kept = try lines(
      #"{"state": "refused", "code": "geometry.not_measured", "detail": "Say its sizes."}"#)
    #expect(kept.contains("File      plate.step  kept, without sizes yet"))
    #expect(kept.last?.contains("Say its sizes.") == true)
    #expect(
      try lines(#"{"state": "pending"}"#).last == "File      plate.step  waits to be measured")
    let refused = try lines(
      #"{"state": "refused", "code": "mesh.not_finite", "detail": "It is too large."}"#)
    #expect(refused.contains("File      plate.step  refused"))
  }

  @Test("an offer says how large the part is, in which unit its file was read, and who says it")
  func offers() throws {
    func size(_ file: String) throws -> String {
      offeredSize(
        try json(
          #"{"files": [{"purpose": "drawing"}, {"purpose": "geometry"\#(file)}]}"#))
    }
    #expect(try size(#", "size_mm": [31, 31, 29.5], "unit": "millimeter""#) == "31 × 31 × 29.5 mm")
    #expect(
      try size(#", "size_mm": [31, 31, 29], "unit": "inch""#) == "31 × 31 × 29 mm, read in inch")
    #expect(
      try size(#", "size_mm": [40, 30, 10], "measured_by": "brand""#)
        == "40 × 30 × 10 mm, as its brand says")
    #expect(
      try size(#", "size_mm": [40, 30, 10], "measured_by": "converter""#)
        == "40 × 30 × 10 mm, converted")
    #expect(try size("") == "–")
  }

  @Test("a draft that was held back says every reason, and what to do next")
  func doubts() throws {
    let design = try json(#"{"id": "dsn_1", "revision": {"id": "rev_1"}}"#)
    let mesh = try json(
      #"{"measurement": {"problems": [{"code": "mesh.not_closed"}, {"code": "mesh.unit_suspected"}]}}"#
    )
    let both = ReleaseDoubt.found(in: mesh, allowOpen: false)
    #expect(both == [.unitSuspected, .notClosed])
    #expect(ReleaseDoubt.found(in: mesh, allowOpen: true) == [.unitSuspected])
    let problem = try #require(ReleaseDoubt.problem(both, of: design))
    #expect(problem.code == "mesh.unit_suspected")
    for words in [
      "The part seems to be in another unit", "and the surface has a boundary",
      "everpart brand release dsn_1", "--allow-open", "--unit",
      "everpart brand withdraw dsn_1 rev_1",
    ] { #expect(problem.detail.contains(words), "\(words)") }
    let open = try #require(ReleaseDoubt.problem([.notClosed], of: design))
    #expect(open.code == "mesh.not_closed" && !open.detail.contains("--unit"))
    #expect(ReleaseDoubt.problem([], of: design) == nil)
  }
}
