import TestSupport
import Testing

@Suite("everpart match")
struct MatchTests {
  private let bench: FileCommands

  init() throws {
    bench = try FileCommands()
    for name in ["network.json", "requests.jsonl"] {
      try bench.files.write(Array(Repository.bytes("Fixtures/network/\(name)")), to: name)
    }
  }

  private func match(_ options: String...) async throws -> FileCommands.Outcome {
    try await bench.run(
      ["match", "--network", "network.json", "--requests", "requests.jsonl"] + options)
  }

  /// A network of one bureau, with what a test changes in it.
  private func network(_ change: (String) -> String) -> [UInt8] {
    let text = """
      {"bureaus":[{"id":"b1","name":"One","location":{"latitude":52.5,"longitude":13.4,"country":"DE"},\
      "certifications":[{"scheme":"ISO 9001","valid_from":"2026-01-01","valid_until":"2026-06-30"}],\
      "machines":[{"id":"m1","process":"MEX","materials":["PETG"],"build_volume_mm":[300,200,100],\
      "count":2,"hours_per_day":20}],"capacity":3,"queue_hours":0,"ships_to":null,"rate_card":{"any":1}}]}
      """
    return Array(change(text).utf8)
  }

  private func request(_ change: (String) -> String = { $0 }) -> [UInt8] {
    let text = """
      {"id":"r1","destination":{"latitude":52.5,"longitude":13.4,"country":"DE"},"process":"MEX",\
      "material":"PETG","size_mm":[90,290,190],"volume_mm3":1000,"quantity":1,\
      "certifications":["ISO 9001"],"production_date":"2026-06-30"}
      """
    return Array((change(text) + "\n").utf8)
  }

  /// The one answer for one bureau and one request.
  private func answer(
    network change: (String) -> String = { $0 }, request other: (String) -> String = { $0 }
  ) async throws -> JSON {
    try bench.files.write(network(change), to: "network.json")
    try bench.files.write(request(other), to: "requests.jsonl")
    let outcome = try await match()
    #expect(outcome.code == 0 && outcome.errors == "")
    return try #require(try outcome.json().first, "\(outcome.errors)")
  }

  @Test("the nearest bureau that can make it gets it, and the others are counted by reason")
  func nearest() async throws {
    let outcome = try await match("--policy", "nearest")
    #expect(outcome.code == 0 && outcome.errors == "")
    let answers = try outcome.json()
    let assigned: [JSON] = [
      "randstad-print", "randstad-print", "blautal-lasersinter", "seine-additive", "randstad-print",
      "limmat-parts", "isar-metall", "auckland-additive", "sachsen-fraes", .null,
    ]
    #expect(answers.map { $0["assigned"] } == assigned)
    #expect(answers[9]["excluded"] == ["process": 24] && answers[9]["ranked"] == [])
    #expect(answers[9]["distance_km"] == .null)
    #expect(answers[8]["ranked"][0]["bureau"] == "sachsen-fraes")
  }

  @Test("a day, a side, a country and a job decide, to the last one")
  func edges() async throws {
    let able = try await answer()
    #expect(able["assigned"] == "b1" && able["distance_km"] == 0 && able["excluded"] == [:])
    #expect(able["ranked"] == [["bureau": "b1", "distance_km": 0, "score": 1]])
    let changes: [(code: String, from: String, to: String)] = [
      ("process", "\"process\":\"MEX\",\"material\"", "\"process\":\"VPP\",\"material\""),
      ("material", "\"material\":\"PETG\"", "\"material\":\"PLA\""),
      ("build_volume", "[90,290,190]", "[90,290,200.001]"),
      ("certification", "\"2026-06-30\"", "\"2026-07-01\""),
      ("certification", "\"2026-06-30\"", "\"2025-12-31\""),
      ("certification", "[\"ISO 9001\"]", "[\"ISO 9001\",\"ISO 13485\"]"),
    ]
    for change in changes {
      let answer = try await answer(request: { $0.replacing(change.from, with: change.to) })
      #expect(answer["assigned"] == .null && answer["excluded"] == .object([change.code: 1]))
    }
    let full = try await answer(network: { $0.replacing("\"capacity\":3", with: "\"capacity\":0") })
    #expect(full["excluded"] == ["capacity": 1])
    let home = try await answer(
      network: { $0.replacing("\"ships_to\":null", with: "\"ships_to\":[\"AT\",\"CH\"]") })
    #expect(home["excluded"] == ["territory": 1])
  }

  @Test("--explain says of every bureau what decided")
  func explained() async throws {
    let outcome = try await match("--explain", "--policy", "nearest")
    let answers = try outcome.json()
    let bureaus = answers[3]["bureaus"].items
    #expect(bureaus.count == 24)
    let randstad = try #require(bureaus.first { $0["bureau"] == "randstad-print" })
    #expect(randstad["code"] == "certification")
    #expect(randstad["datum"] == ["scheme": "EN 45545-2", "valid_from": "2026-09-01"])
    let seine = try #require(bureaus.first { $0["bureau"] == "seine-additive" })
    #expect(seine["code"] == .null && seine["score"] == answers[3]["ranked"][0]["score"])
    let counts = Dictionary(grouping: bureaus.map(\.["code"].text), by: \.self)
    for (code, bureaus) in counts where !code.isEmpty {
      #expect(answers[3]["excluded"][code].number == Double(bureaus.count))
    }
  }

  @Test("--text tells it in words")
  func text() async throws {
    let outcome = try await match("--explain", "--text", "--policy", "nearest")
    #expect(outcome.code == 0)
    let words = String(decoding: outcome.output, as: UTF8.self)
    for sentence in [
      "✔ Seine Additive (seine-additive), 442 km away",
      "is certified to EN 45545-2 from 2026-09-01 on, and production is on 2026-06-15",
      "has no room: the part is 590 × 80 × 60 mm, the machine takes 200 × 250 × 330 mm",
      "does not ship to FJ, only to GB, IE", "takes no more jobs", "✘ no bureau can make it",
      "laser powder bed fusion of polymers (PBF-LB/P)",
    ] { #expect(words.contains(sentence), "\(sentence)") }
  }

  @Test("policies that need a quote say so, and the balanced one weighs distance and wait by half")
  func policies() async throws {
    for (policy, what) in [
      ("cheapest", "prices"), ("fastest", "promised dates"), ("greenest", "carbon footprints"),
    ] {
      let outcome = try await match("--policy", policy)
      #expect(outcome.code == 2 && outcome.output == [] && outcome.errors.contains(what))
    }
    let ranked = try await match().json()[0]["ranked"].items
    #expect(ranked[0]["bureau"] == "randstad-print" && ranked[1]["bureau"] == "alster-additiv")
    let kilometres = ranked[0]["distance_km"].number
    let score = 0.5 * (500 / (500 + kilometres)) + 0.5 * (72 / (72.0 + 14))
    #expect(ranked[0]["score"].number == score)
  }

  @Test("what is wrong in a file is said with its place, and answers before it stay")
  func refusals() async throws {
    try bench.files.write(
      Array(Repository.bytes("Fixtures/network/network.json")), to: "fixture.json")
    let faults: [(from: String, to: String, place: String)] = [
      ("\"count\":2", "\"counts\":2", "bureaus[0].machines[0].counts: There is no such member"),
      ("\"queue_hours\":0", "\"queue_hours\":-1", "bureaus[0].queue_hours: It lies between"),
      ("\"DE\"", "\"XX\"", "bureaus[0].location.country: It is not an assigned"),
      ("52.5", "95", "bureaus[0].location.latitude: It lies between -90"),
      ("[300,200,100]", "[300,200]", "bureaus[0].machines[0].build_volume_mm: These are three"),
      (
        "\"2026-06-30\"", "\"2026-06-31\"",
        "bureaus[0].certifications[0].valid_until: It is not a day"
      ),
      (
        "\"2026-01-01\"", "\"2027-01-01\"", "bureaus[0].certifications[0].valid_until: It is before"
      ),
      ("\"capacity\":3", "\"capacity\":-3", "bureaus[0].capacity: It lies between"),
      (
        "{\"id\":\"m1\"", "{\"id\":\"m\\u001b1\"",
        "bureaus[0].machines[0].id: It has 1 to 200 bytes"
      ),
      ("\"machines\":", "\"machinery\":", "bureaus[0].machinery: There is no such member"),
      ("]}", "", "It is not JSON."),
    ]
    for fault in faults {
      try bench.files.write(
        network { $0.replacing(fault.from, with: fault.to) }, to: "network.json")
      try await match().isRefused("match.network: network.json: \(fault.place)")
    }
    try bench.files.write(network { $0 }, to: "network.json")
    try bench.files.write(
      request() + [0x0A] + request { $0.replacing("size_mm", with: "size") }, to: "requests.jsonl")
    let outcome = try await match()
    outcome.isRefused("match.request: requests.jsonl line 3: size: There is no such member")
    #expect(try outcome.json().count == 1)
    let twice = Array("{\"bureaus\":[".utf8) + network { $0 }.dropFirst(12).dropLast(2)
    try bench.files.write(
      twice + [0x2C] + twice.dropFirst(12) + Array("]}".utf8), to: "network.json")
    try await match().isRefused("match.network: network.json: bureaus: Two bureaus have the id b1.")
  }

  @Test("requests come through a pipe, and a line that never ends is refused")
  func pipes() async throws {
    let options = ["match", "--network", "network.json", "--requests", "-"]
    try bench.files.write(network { $0 }, to: "network.json")
    let outcome = try await bench.run(options, input: request().dropLast())
    #expect(outcome.code == 0 && outcome.lines.count == 1)
    try await bench.shell(
      "head -c 3000000 /dev/zero 2>/dev/null | \"$0\" match --network network.json --requests -"
    ).isRefused("match.request: standard input line 1: A line has at most 65536 bytes.")
    #expect(
      try await bench.run("match", "--network", "-", "--requests", "-").code == 2)
  }

  /// Twelve requests for one place, bureaus at 0, 100 and 1000 km that take 5, 5 and 1 or any number.
  private func crowd(capacities: [String]) throws {
    let bureaus = capacities.enumerated().map { place, capacity in
      let longitude = [0, 0.9, 9][place]
      return
        "{\"id\":\"b\(place)\",\"location\":{\"latitude\":0,\"longitude\":\(longitude),\"country\":\"GA\"},"
        + "\"machines\":[{\"id\":\"m\",\"process\":\"MEX\",\"materials\":[\"PETG\"],"
        + "\"build_volume_mm\":[300,300,300]}],\"capacity\":\(capacity)}"
    }
    try bench.files.write(
      Array("{\"bureaus\":[\(bureaus.joined(separator: ","))]}".utf8), to: "network.json")
    let lines = (0..<12).map { number in
      "{\"id\":\"r\(number)\",\"destination\":{\"latitude\":0,\"longitude\":\(number % 2 == 0 ? 0 : 0.1),"
        + "\"country\":\"GA\"},\"process\":\"MEX\",\"material\":\"PETG\",\"size_mm\":[10,10,10],"
        + "\"production_date\":\"2026-06-15\"}\n"
    }
    try bench.files.write(Array(lines.joined().utf8), to: "requests.jsonl")
  }

  private func counts(_ outcome: FileCommands.Outcome) throws -> [String: Int] {
    try outcome.json().reduce(into: [:]) { $0[$1["assigned"].text, default: 0] += 1 }
  }

  @Test("with --batch requests share what bureaus can take, and the gap is stated")
  func batch() async throws {
    try crowd(capacities: ["5", "5", "1"])
    #expect(try counts(try await match("--policy", "nearest")) == ["b0": 12])
    let full = try await match("--policy", "nearest", "--batch")
    #expect(try counts(full) == ["b0": 5, "b1": 5, "b2": 1, "": 1])
    #expect(full.errors.hasPrefix("11 of 12 requests assigned; ") && full.code == 0)
    #expect(full.errors.hasSuffix(" km in all, no assignment of as many is better\n"))
    let text = try await match("--policy", "nearest", "--batch", "--text").lines
    #expect(text.count { $0.hasSuffix("; what is better is needed more for other requests") } == 6)
    // The six that are 11 km nearer to b1 go there first.
    let places = try full.json().map { $0["assigned"].text }
    #expect((0..<12).count { $0 % 2 == 1 && places[$0] == "b1" } >= 5)
  }

  @Test("with --keep no more requests move than have to")
  func keeping() async throws {
    try crowd(capacities: ["5", "5", "null"])
    let before = try await match("--policy", "nearest", "--batch")
    try bench.files.write(before.output, to: "before.jsonl")
    try crowd(capacities: ["5", "0", "null"])
    let after = try await match("--policy", "nearest", "--batch", "--keep", "before.jsonl")
    #expect(try counts(after) == ["b0": 5, "b2": 7])
    #expect(after.errors.hasPrefix("12 of 12 requests assigned, 5 moved; "))
    let same = try await match("--policy", "nearest", "--batch", "--keep", "before.jsonl")
    #expect(same.output == after.output)
    #expect(try await match("--keep", "before.jsonl").code == 2)
  }

  @Test("with --bonus requests for one place come together")
  func bonus() async throws {
    try crowd(capacities: ["5", "6", "null"])
    let apart = try await match("--policy", "nearest", "--batch")
    let together = try await match("--policy", "nearest", "--batch", "--bonus", "20000")
    func bureaus(_ outcome: FileCommands.Outcome, of rest: Int) throws -> Set<String> {
      Set(
        try outcome.json().enumerated().filter { $0.offset % 2 == rest }.map {
          $0.element["assigned"].text
        })
    }
    #expect(try bureaus(apart, of: 0).count > 1)
    #expect(try bureaus(together, of: 0).count == 1 && bureaus(together, of: 1).count == 1)
  }

  @Test("--map draws the decision on one request")
  func map() async throws {
    let outcome = try await match(
      "--only", "hinge-iso-9001", "--map", "hinge.svg", "--policy", "nearest")
    #expect(outcome.code == 0 && outcome.lines.count == 1)
    let svg = String(decoding: try bench.files.read("hinge.svg"), as: UTF8.self)
    for words in [
      "<title>hinge-iso-9001</title>", ">Randstad Print<", ">274 km<", ">Auckland Additive<",
    ] {
      #expect(svg.contains(words), "\(words)")
    }
    // Whoever may read the requests may look at it.
    #expect(try bench.mode("hinge.svg") & 0o044 != 0)
    try await match("--map", "all.svg").isRefused("match.map: A map is of one request")
    try await match("--only", "none", "--map", "none.svg").isRefused(
      "match.map: There is no request")
    #expect(try bench.files.files() == ["hinge.svg", "network.json", "requests.jsonl"])
  }

  @Test("every member of the answer is described")
  func described() async throws {
    let described = String(
      decoding: try Repository.bytes("Sources/Matching/Matching.md"), as: UTF8.self)
    func names(_ json: JSON) -> [String] {
      json.items.flatMap(names) + json.members.flatMap { [$0.key] + names($0.value) }
    }
    for answer in try await match("--explain").json() {
      for name in Set(names(answer).filter { !$0.isEmpty }) {
        #expect(described.contains("`\(name)`"), "\(name)")
      }
    }
  }
}
