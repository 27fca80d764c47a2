import Domain
import FoundationEssentials
import HTTPTypes
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("The audit trail")
struct AuditTests {
  /// What Acme's people and its bureaus did, and what it has to be recorded as.
  private struct Story {
    let world: World
    let engineer: JSON
    let sales: JSON
    let design: JSON
    let job: String

    /// Ada designs, Berlin prints and holds, Sam sells, takes the job back and gives it up.
    init(_ server: RunningServer) async throws {
      world = try await World(server)
      engineer = try await world.key(world.acme, "engineer", "Ada")
      sales = try await world.key(world.acme, "sales", "Sam")
      design = try await world.design(world.acting(world.acme, with: engineer))
      let path = "/v1/brand/designs/\(design["id"].text)"
      let (ada, owner) = (engineer["key"].text, world.acme.key)
      let content = try await server.call(
        .get, "\(path)/files/\(design["files"][0]["id"].text)/content", key: ada)
      #expect(content.body == Samples.cube)
      server.clock.advance(by: .seconds(60))
      let part = try await world.part(world.acting(world.acme, with: sales), design)
      let order = try await world.order(world.acme, part)
      job = try await Self.hold(world.berlin, server)
      for action in ["reassign", "abandon"] {
        try await server.must(
          .post, "/v1/brand/orders/\(order["id"].text)/\(action)", key: sales["key"].text,
          ["reason": "Mrs Mustermann waits"])
        if action == "reassign" { _ = try await Self.hold(world.lyon, server) }
      }
      try await server.must(
        .post, "\(path)/revisions/\(design["revision"]["id"].text)/withdraw", key: ada,
        ["reason": "Mrs Mustermann's broke"])
      try await server.must(
        .patch, "/v1/brand", key: owner, ["release_approvals": 2], headers: [.ifMatch: "*"])
      try await server.must(.delete, "/v1/brand/keys/\(engineer["id"].text)", key: owner)
    }

    private static func hold(
      _ bureau: BureauByHand, _ server: RunningServer
    ) async throws -> String {
      let offer = try #require(try await bureau.offers().first)
      try await server.must(
        .post, "/v1/bureau/offers/\(offer["id"].text)/accept", key: bureau.key)
      let lease = try await bureau.lease(offer["job"].text)
      _ = try await bureau.open(offer["job"].text)
      _ = try await bureau.report(lease, ["kind": "held", "reason": "power cut"])
      return lease["job"].text
    }

    /// Action and actor of every entry, oldest first.
    func expected() async throws -> [String] {
      let keys = try await world.server.must(.get, "/v1/brand/keys", key: world.acme.key)
      let owner = keys["data"].items.first { $0["role"] == "owner" }?["id"].text ?? ""
      let (ada, sam) = (engineer["id"].text, sales["id"].text)
      let (berlin, lyon) = (world.berlin.id.text, world.lyon.id.text)
      return [
        "api_key.made operator", "api_key.made operator", "api_key.made owner \(owner)",
        "api_key.made owner \(owner)", "design.created engineer \(ada)",
        "licence.granted engineer \(ada)", "file.uploaded engineer \(ada)",
        "revision.approved engineer \(ada)", "revision.released engineer \(ada)",
        "original.read engineer \(ada)", "key.released bureau \(berlin)",
        "package.made bureau \(berlin)", "package.fetched bureau \(berlin)",
        "job.reassigned sales \(sam)", "key.released bureau \(lyon)",
        "package.made bureau \(lyon)", "package.fetched bureau \(lyon)",
        "job.abandoned sales \(sam)", "revision.withdrawn engineer \(ada)",
        "settings.changed owner \(owner)", "api_key.revoked owner \(owner)",
      ]
    }
  }

  private static func line(_ entry: JSON) -> String {
    let actor = entry["actor"]
    let name = actor["kind"] == "key" ? actor["role"].text : actor["kind"].text
    let id = actor["key"].text + actor["bureau"].text
    return "\(entry["action"].text) \(name)" + (id.isEmpty ? "" : " \(id)")
  }

  @Test("every action is recorded once, by who did it, and read newest first, page by page")
  func story() async throws {
    try await RunningServer.with { server in
      let story = try await Story(server)
      let (path, key) = ("/v1/brand/audit", story.world.acme.key)
      let expected = try await story.expected()
      var entries: [JSON] = []
      var more = true
      while more {
        let after = entries.last.map { "&starting_after=\($0["id"].text)" } ?? ""
        let page = try await server.must(.get, "\(path)?limit=4\(after)", key: key)
        entries += page["data"].items
        more = page["has_more"] == .bool(true)
      }
      #expect(entries.reversed().map(Self.line) == expected)
      #expect(entries.map(\.["number"].number) == (1...expected.count).reversed().map(Double.init))

      let about = { (action: String) in entries.last { $0["action"] == .text(action) } ?? .null }
      #expect(about("file.uploaded")["file"] == story.design["files"][0]["id"])
      #expect(about("file.uploaded")["design"] == story.design["id"])
      #expect(about("revision.released")["revision"] == story.design["revision"]["id"])
      #expect(about("licence.granted")["licence"] == story.design["licence"]["id"])
      #expect(about("original.read")["file"] == story.design["files"][0]["id"])
      #expect(about("package.fetched")["job"] == .text(story.job))
      #expect(about("job.reassigned")["bureau"] == .text(story.world.berlin.id.text))
      #expect(about("api_key.revoked")["key"] == story.engineer["id"])
    }
  }

  @Test("filters take what concerns a design, a job, a key or a time")
  func filters() async throws {
    try await RunningServer.with { server in
      let story = try await Story(server)
      func actions(_ query: String) async throws -> [String] {
        try await server.must(.get, "/v1/brand/audit?\(query)", key: story.world.acme.key)["data"]
          .items.reversed().map { $0["action"].text }
      }
      let released = ["key.released", "package.made", "package.fetched"]
      let made = [
        "design.created", "licence.granted", "file.uploaded", "revision.approved",
        "revision.released", "original.read",
      ]
      let withdrawn = ["revision.withdrawn"]
      let job = released + ["job.reassigned"] + released + ["job.abandoned"]
      #expect(try await actions("job=\(story.job)") == job)
      #expect(try await actions("design=\(story.design["id"].text)") == made + job + withdrawn)
      #expect(
        try await actions("key=\(story.engineer["id"].text)") == ["api_key.made"] + made
          + withdrawn + ["api_key.revoked"])
      #expect(try await actions("action=package.fetched").count == 2)
      let now = server.clock.now
      #expect(
        try await actions("since=\(now)") == job + withdrawn + [
          "settings.changed", "api_key.revoked",
        ])
      #expect(try await actions("until=\(now)&action=design.created").count == 1)
      #expect(try await actions("since=\(now.day + 1)").isEmpty)
      #expect(try await actions("since=\(now.day)&limit=100").count == 21)
      for query in [
        "action=x", "since=yesterday", "until=2026-02-30", "design=x", "job=", "who=me",
      ] {
        let answer = try await server.call(
          .get, "/v1/brand/audit?\(query)", key: story.world.acme.key)
        #expect(answer.status == 400 && answer.code == "request.query", "\(query)")
      }
    }
  }

  @Test("another brand sees nothing of it, by no filter and no cursor")
  func tenancy() async throws {
    try await RunningServer.with { server in
      let story = try await Story(server)
      let (path, other) = ("/v1/brand/audit", story.world.other.key)
      let own = try await server.must(.get, path, key: other)["data"].items
      #expect(own.map(Self.line) == ["api_key.made operator", "api_key.made operator"])
      for filter in ["job=\(story.job)", "design=\(story.design["id"].text)"] {
        #expect(try await server.must(.get, "\(path)?\(filter)", key: other)["data"].items.isEmpty)
      }
      let entry = try await server.must(.get, path, key: story.world.acme.key)["data"][0]["id"].text
      let cursor = try await server.call(.get, "\(path)?starting_after=\(entry)", key: other)
      #expect(cursor.status == 404 && cursor.code == "not_found")
      let export = try await server.call(.get, "\(path)/export", key: other)
      #expect(export.body.split(separator: UInt8(ascii: "\n")).count == 2)
    }
  }

  @Test("an export has every entry, oldest first, and nothing secret")
  func export() async throws {
    try await RunningServer.with { server in
      let story = try await Story(server)
      let (path, key) = ("/v1/brand/audit", story.world.acme.key)
      let entries = try await server.must(.get, "\(path)?limit=100", key: key)["data"].items
      let lines = try await server.call(.get, "\(path)/export", key: key)
      #expect(lines.headers[.contentType] == "application/jsonl")
      let read = try lines.body.split(separator: UInt8(ascii: "\n")).map { try JSON($0) }
      #expect(read == entries.reversed())

      let table = try await server.call(.get, "\(path)/export?format=csv", key: key)
      #expect(table.headers[.contentType] == "text/csv; charset=utf-8; header=present")
      // What spreadsheets take UTF-8 by.
      #expect(table.body.starts(with: [0xEF, 0xBB, 0xBF]))
      let rows = Spreadsheet.rows(Array(table.body.dropFirst(3)))
      #expect(rows.count == entries.count + 1)
      for (row, entry) in zip(rows.dropFirst(), entries.reversed()) {
        let cells = Dictionary(uniqueKeysWithValues: zip(rows[0], row))
        for name in ["id", "action", "at", "design", "job", "key", "detail"] {
          #expect(cells[name] == entry[name].text, "\(name)")
        }
        #expect(cells["actor"] == entry["actor"]["kind"].text)
      }
      let text = String(decoding: lines.body + table.body, as: UTF8.self)
      for secret in ["Mustermann", "Torstra", "evp_", "power cut"] {
        #expect(!text.contains(secret), "\(secret)")
      }
      let filtered = try await server.call(
        .get, "\(path)/export?format=csv&action=file.uploaded", key: key)
      #expect(Spreadsheet.rows(filtered.body).count == 2)
      let unknown = try await server.call(.get, "\(path)/export?format=xls", key: key)
      #expect(unknown.status == 400 && unknown.code == "request.query")
    }
  }

  @Test("what is refused is not recorded")
  func refused() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await world.design(world.acme)
      let (path, key) = ("/v1/brand/audit", world.acme.key)
      let before = try await server.must(.get, path, key: key)
      let files = "/v1/brand/designs/\(design["id"].text)/files?name=b.stl"
      _ = try await server.call(
        .post, files, key: key, bytes: Samples.cube, headers: [.contentType: "model/stl"])
      _ = try await server.call(.post, "/v1/brand/keys", key: key, ["role": "sales", "label": ""])
      _ = try await server.call(
        .post, "/v1/brand/designs", key: key,
        ["name": "", "profile": Samples.profile, "licence": ["authorised_units": 1]])
      _ = try await server.call(.get, "/v1/brand/designs", key: "evp_live_wrong")
      try await server.must(.post, "/v1/brand/designs/\(design["id"].text)/release", key: key)
      #expect(try await server.must(.get, path, key: key) == before)
    }
  }

  @Test(
    "a cell that a spreadsheet would run is text there, and comes back as it was",
    arguments: [
      "=HYPERLINK(\"http://evil\",\"x\").stl", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "'",
      "a,b", "\"", "", "=", "plain – text", "1=1", "\u{0301}=1", "\0=1", "＝1+1", "＋1", "－1",
      "＠SUM(A1)",
    ])
  func hostileCells(text: String) {
    let cell = CSV.cell(text)
    let unquoted = cell.hasPrefix("\"") ? String(cell.dropFirst()) : cell
    #expect(!"=+-@\t\r\0＝＋－＠".unicodeScalars.contains(unquoted.unicodeScalars.first ?? "x"))
    #expect(Spreadsheet.rows(Array(CSV.line([text, "next"]).utf8)) == [[text, "next"]])
  }

  @Test("a hostile file name reaches a spreadsheet as text")
  func hostileName() async throws {
    try await RunningServer.with { server in
      let world = try await World(server)
      let design = try await server.must(
        .post, "/v1/brand/designs", key: world.acme.key,
        ["name": "=1+1", "profile": Samples.profile, "licence": ["authorised_units": 1]])
      #expect(design["name"] == "=1+1")
      let export = try await server.call(
        .get, "/v1/brand/audit/export?format=csv", key: world.acme.key)
      let text = String(decoding: export.body, as: UTF8.self)
      #expect(text.contains(",'=1+1\r\n") && !text.contains(",=1+1"))
    }
  }
}

/// Reads comma-separated values as RFC 4180 has them, and takes our apostrophe away.
private enum Spreadsheet {
  static func rows(_ bytes: [UInt8]) -> [[String]] {
    var (rows, row, cell, quoted): ([[String]], [String], [UInt8], Bool) = ([], [], [], false)
    func text() -> String {
      String(decoding: cell.first == UInt8(ascii: "'") ? cell[1...] : cell[...], as: UTF8.self)
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\"") where quoted && index < bytes.count && bytes[index] == byte:
        cell.append(byte)
        index += 1
      case UInt8(ascii: "\""): quoted.toggle()
      case UInt8(ascii: ",") where !quoted:
        row.append(text())
        cell = []
      case UInt8(ascii: "\r") where !quoted:
        index += 1
        rows.append(row + [text()])
        (row, cell) = ([], [])
      default: cell.append(byte)
      }
    }
    return rows
  }
}
