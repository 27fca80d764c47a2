import Geometry
import Testing

@Suite("Printability rules as data")
struct PrintabilityRulesTests {
  static let codes = [
    "BJT", "DED", "MEX", "MJT", "PBF-EB", "PBF-LB/M", "PBF-LB/P", "SHL", "VPP",
  ]

  @Test("the rules that come with Everpart hold every process of ISO/ASTM 52900")
  func standardIsComplete() {
    #expect(PrintabilityRules.standard.processes.map(\.process) == Self.codes)
    #expect(PrintabilityRules.standard.edition == "2026-11")
  }

  @Test("every process limits walls, gaps, hollows, size and layers", arguments: codes)
  func processIsComplete(code: String) throws {
    let rules = try #require(PrintabilityRules.standard.rules(for: code))
    let measures: [RuleLimit.Measure] = [
      .wall, .gap, .partSize, .enclosedVoid, .slenderness, .layerHeightMin, .layerHeightMax,
    ]
    for measure in measures { #expect(!rules.limits(on: measure).isEmpty, "\(measure)") }
    #expect(rules.needsSupports == !rules.limits(on: .overhang).isEmpty)
    #expect(rules.needsSupports == (rules.overhangAngle != nil))
    // What is worse lies further out.
    let walls = rules.limits(on: .wall)
    for (worse, better) in zip(walls, walls.dropFirst()) { #expect(worse.limit <= better.limit) }
  }

  /// A small valid file, with one part of it replaced.
  private func file(_ part: String = "", with replacement: String = "") -> [UInt8] {
    let text = """
      {"format": "everpart-printability-rules/1", "edition": "mine",
       "sources": {"us": {"title": "Our bureau", "quality": "vendor_guide"}},
       "processes": [{"process": "MEX", "name": "our extruders", "supports": true,
         "overhang_angle": {"degrees": 50, "source": "us"},
         "build_volume": {"size_mm": [200, 210, 220], "machine": "ours", "source": "us"},
         "limits": [
           {"measure": "wall", "limit": 1.2, "severity": "error", "source": "us"}]}]}
      """
    guard !part.isEmpty, let range = text.firstRange(of: part) else { return Array(text.utf8) }
    return Array(text.replacingCharacters(range, with: replacement).utf8)
  }

  @Test("a rule file takes the place of the rules for the processes that it holds")
  func replacing() throws {
    let rules = PrintabilityRules.standard.replacing(with: try PrintabilityRules(json: file()))
    #expect(rules.processes.map(\.process) == Self.codes)
    #expect(rules.rules(for: "MEX")?.limits(on: .wall).map(\.limit) == [1.2])
    #expect(rules.rules(for: "MEX")?.orientationRules.overhangAngle == 50)
    #expect(rules.rules(for: "VPP") == PrintabilityRules.standard.rules(for: "VPP"))
    #expect(rules.edition == "2026-11, mine")
  }

  @Test("a rule file may hold a process that is none of ISO/ASTM 52900")
  func ownProcess() throws {
    let own = try PrintabilityRules(json: file("\"MEX\"", with: "\"CNC\""))
    let rules = PrintabilityRules.standard.replacing(with: own)
    #expect(rules.rules(for: "CNC")?.name == "our extruders")
    #expect(rules.processes.count == 10)
  }

  struct Lie: CustomTestStringConvertible, Sendable {
    var part: String
    var replacement: String
    var code: RuleRefusal.Code
    var member: String
    var testDescription: String { "\(member): \(code)" }

    init(_ part: String, _ replacement: String, _ code: RuleRefusal.Code, _ member: String) {
      self.part = part
      self.replacement = replacement
      self.code = code
      self.member = member
    }
  }

  static let lies: [Lie] = [
    Lie("rules/1", "rules/2", .format, "format"),
    Lie("\"mine\"", "\"\"", .value, "edition"),
    Lie("\"mine\"", "7", .wrongKind, "edition"),
    Lie("\"mine\"", "\"a\\u001b[2J\"", .value, "edition"),
    Lie("\"edition\"", "\"editor\"", .unknownMember, "editor"),
    Lie("\"edition\": \"mine\",", "", .missing, "edition"),
    Lie("vendor_guide", "gospel", .value, "sources.us.quality"),
    Lie("\"title\"", "\"name\"", .unknownMember, "sources.us.name"),
    Lie("\"MEX\"", "null", .missing, "processes[0].process"),
    Lie("true", "\"yes\"", .wrongKind, "processes[0].supports"),
    Lie("50", "90", .value, "processes[0].overhang_angle.degrees"),
    Lie("50", "-5", .value, "processes[0].overhang_angle.degrees"),
    Lie(
      "\"overhang_angle\": {\"degrees\": 50, \"source\": \"us\"},", "", .missing,
      "processes[0].overhang_angle"),
    Lie("[200, 210, 220]", "[200, 210]", .value, "processes[0].build_volume.size_mm"),
    Lie("[200, 210, 220]", "[200, 0, 220]", .value, "processes[0].build_volume.size_mm"),
    Lie("[200, 210, 220]", "[200, \"x\", 220]", .wrongKind, "processes[0].build_volume.size_mm[1]"),
    Lie("\"wall\"", "\"wal\"", .value, "processes[0].limits[0].measure"),
    Lie("1.2", "0", .value, "processes[0].limits[0].limit"),
    Lie("1.2", "-1.2", .value, "processes[0].limits[0].limit"),
    Lie("1.2", "1e12", .value, "processes[0].limits[0].limit"),
    Lie("1.2", "true", .wrongKind, "processes[0].limits[0].limit"),
    Lie("\"error\"", "\"fatal\"", .value, "processes[0].limits[0].severity"),
    Lie("\"severity\"", "\"severty\"", .unknownMember, "processes[0].limits[0].severty"),
    Lie(
      "\"error\", \"source\": \"us\"", "\"error\", \"source\": \"they\"", .unknownSource,
      "processes[0].limits[0].source"),
    Lie("\"processes\": [", "\"processes\": [], \"more\": [", .unknownMember, "more"),
    Lie("{\"format\"", "[\"format\"", .notJSON, ""),
  ]

  @Test("a rule file that lies is refused, and the refusal names the member", arguments: lies)
  func liesAreRefused(lie: Lie) {
    #expect {
      try PrintabilityRules(json: file(lie.part, with: lie.replacement))
    } throws: {
      let refusal = $0 as? RuleRefusal
      return refusal?.code == lie.code && refusal?.member == lie.member
    }
  }

  @Test("a process that comes twice, and no process at all, are refused")
  func counts() throws {
    let text = String(decoding: file(), as: UTF8.self)
    let start = try #require(text.firstRange(of: "[{\"process\"")).lowerBound
    let process = text[text.index(after: start)...].dropLast(2)
    let twice = text.dropLast(2) + "," + process + "]}"
    #expect {
      try PrintabilityRules(json: Array(twice.utf8))
    } throws: {
      ($0 as? RuleRefusal)?.code == .count
        && ($0 as? RuleRefusal)?.member == "processes[1].process"
    }
    let none = text[..<start] + "[]}"
    #expect {
      try PrintabilityRules(json: Array(none.utf8))
    } throws: {
      ($0 as? RuleRefusal)?.code == .count && ($0 as? RuleRefusal)?.member == "processes"
    }
  }

  @Test("a file beyond the limit is refused unread, and one of nothing but brackets at once")
  func hostile() {
    let large = [UInt8](repeating: UInt8(ascii: " "), count: PrintabilityRules.bytesMax + 1)
    #expect {
      try PrintabilityRules(json: large)
    } throws: {
      ($0 as? RuleRefusal)?.code == .tooLarge
    }
    for nested in ["[", "{\"format\":"] {
      let deep = Array(String(repeating: nested, count: 20_000).utf8)
      #expect {
        try PrintabilityRules(json: deep)
      } throws: {
        ($0 as? RuleRefusal)?.code == .notJSON
      }
    }
  }
}

extension String {
  fileprivate func firstRange(of part: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
      start = index(after: start)
    }
    return nil
  }

  fileprivate func replacingCharacters(_ range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
