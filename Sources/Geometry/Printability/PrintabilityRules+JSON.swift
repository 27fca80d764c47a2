internal import FoundationEssentials

extension PrintabilityRules {
  /// What `format` must say. Another number is another format.
  public static let format = "everpart-printability-rules/1"
  /// The largest rule file that is read.
  public static let bytesMax = 262_144
  static let processesMax = 64
  static let limitsMax = 64
  static let sourcesMax = 256

  /// Reads a rule file, strictly: every member must be known, present, and make sense. The format is that
  /// of `Sources/Geometry/Printability/Rules/printability_rules.json`.
  ///
  /// - Throws: a refusal that names the member.
  public init(json: some Collection<UInt8>) throws(RuleRefusal) {
    guard json.count <= Self.bytesMax else {
      throw RuleRefusal(
        code: .tooLarge, member: "", message: "A rule file has at most \(Self.bytesMax) bytes.")
    }
    do {
      let file = try JSONDecoder().decode(RuleFile.self, from: Data(json))
      self.init(edition: file.edition, processes: file.processes)
    } catch let refusal as RuleRefusal {
      throw refusal
    } catch let error as DecodingError {
      throw RuleRefusal(error)
    } catch {
      throw RuleRefusal(code: .notJSON, member: "", message: "This is not JSON.")
    }
  }
}

extension RuleRefusal {
  fileprivate init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, let context):
      self.init(
        code: .missing, member: path(context.codingPath + [key]), message: "It is missing.")
    case .valueNotFound(_, let context):
      self.init(code: .missing, member: path(context.codingPath), message: "It is null.")
    case .typeMismatch(_, let context):
      self.init(
        code: .wrongKind, member: path(context.codingPath), message: "It is of another kind.")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      self.init(
        code: .value, member: path(context.codingPath), message: "It is no number in range.")
    default:
      self.init(code: .notJSON, member: "", message: "This is not JSON.")
    }
  }
}

/// `processes[2].limits[0].limit`. Names of members come from the format, or are shown as far as they are
/// plain.
private func path(_ keys: [any CodingKey]) -> String {
  keys.reduce(into: "") { path, key in
    if let index = key.intValue {
      path += "[\(index)]"
    } else {
      let name = key.stringValue.count <= 40 ? key.stringValue : key.stringValue.prefix(40) + "…"
      path += (path.isEmpty ? "" : ".") + (name.isPlain ? name : "?")
    }
  }
}

extension String {
  /// Whether it has no control or formatting characters, which could move a terminal's cursor.
  fileprivate var isPlain: Bool {
    unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
        .unassigned:
        false
      default: true
      }
    }
  }
}

/// A JSON object all of whose members are known.
private struct StrictObject {
  struct Member: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  let members: KeyedDecodingContainer<Member>

  /// The object, which may have the members named; nil for any names at all.
  init(_ decoder: any Decoder, of names: Set<String>?) throws {
    members = try decoder.container(keyedBy: Member.self)
    guard let names else { return }
    let unknown = members.allKeys.filter { !names.contains($0.stringValue) }
    if let member = unknown.min(by: { $0.stringValue < $1.stringValue }) {
      throw RuleRefusal(
        code: .unknownMember, member: path(members.codingPath + [member]),
        message: "The format has no such member.")
    }
  }

  func value<Value: Decodable>(_ name: String) throws -> Value {
    try members.decode(Value.self, forKey: Member(stringValue: name))
  }

  func ifPresent<Value: Decodable>(_ name: String) throws -> Value? {
    members.contains(Member(stringValue: name)) ? try value(name) : nil
  }

  /// Plain text of 1 to 300 bytes.
  func text(_ name: String) throws -> String {
    let text: String = try value(name)
    try check(
      (1...300).contains(text.utf8.count) && text.isPlain, name,
      "It has 1 to 300 bytes and no control characters.")
    return text
  }

  func textIfPresent(_ name: String) throws -> String? {
    members.contains(Member(stringValue: name)) ? try text(name) : nil
  }

  /// One of the words of an enumeration.
  func word<Word: RawRepresentable & CaseIterable>(_ name: String) throws -> Word
  where Word.RawValue == String {
    let text: String = try value(name)
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw refusal(.value, name, "It is one of \(words).")
    }
    return word
  }

  func number(_ name: String, in range: ClosedRange<Double>) throws -> Double {
    let number: Double = try value(name)
    try check(
      range.contains(number), name, "It lies between \(range.lowerBound) and \(range.upperBound).")
    return number
  }

  func check(_ holds: Bool, _ name: String, _ message: String) throws {
    if !holds { throw refusal(.value, name, message) }
  }

  func refusal(_ code: RuleRefusal.Code, _ name: String, _ message: String) -> RuleRefusal {
    RuleRefusal(
      code: code, member: path(members.codingPath + [Member(stringValue: name)]), message: message)
  }
}

/// The whole file.
private struct RuleFile: Decodable {
  let edition: String
  let processes: [ProcessRules]

  init(from decoder: any Decoder) throws {
    let file = try StrictObject(decoder, of: ["format", "edition", "sources", "processes"])
    let format: String = try file.value("format")
    guard format == PrintabilityRules.format else {
      throw file.refusal(.format, "format", "It is \(PrintabilityRules.format).")
    }
    edition = try file.text("edition")
    let sources: SourceTable = try file.value("sources")
    let texts: [ProcessText] = try file.value("processes")
    guard (1...PrintabilityRules.processesMax).contains(texts.count) else {
      throw file.refusal(
        .count, "processes", "There are 1 to \(PrintabilityRules.processesMax) processes.")
    }
    var codes: Set<String> = []
    for (index, text) in texts.enumerated() where !codes.insert(text.process).inserted {
      throw RuleRefusal(
        code: .count, member: "processes[\(index)].process",
        message: "The process has rules already.")
    }
    processes = try texts.enumerated().map { index, text in
      try text.rules(sources, at: "processes[\(index)]")
    }
  }
}

private struct SourceTable: Decodable {
  let sources: [String: RuleSource]

  init(from decoder: any Decoder) throws {
    let table = try StrictObject(decoder, of: nil)
    guard table.members.allKeys.count <= PrintabilityRules.sourcesMax else {
      throw RuleRefusal(
        code: .count, member: "sources",
        message: "There are at most \(PrintabilityRules.sourcesMax) sources.")
    }
    sources = try Dictionary(
      uniqueKeysWithValues: table.members.allKeys.map { key in
        let source: SourceText = try table.value(key.stringValue)
        return (key.stringValue, source.source)
      })
  }

  func source(_ name: String, at member: String) throws -> RuleSource {
    guard let source = sources[name] else {
      throw RuleRefusal(
        code: .unknownSource, member: member, message: "The file's sources hold no such one.")
    }
    return source
  }
}

private struct SourceText: Decodable {
  let source: RuleSource

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, of: ["title", "quality", "where"])
    source = RuleSource(
      title: try object.text("title"), quality: try object.word("quality"),
      location: try object.textIfPresent("where"))
  }
}

/// A number with the name of its source.
private struct NumberText: Decodable {
  let number: Double
  let source: String

  init(from decoder: any Decoder) throws {
    let isAngle = decoder.codingPath.last?.stringValue == "overhang_angle"
    let name = isAngle ? "degrees" : "diameter_mm"
    let object = try StrictObject(decoder, of: [name, "source"])
    number = try object.number(name, in: isAngle ? 0.1...89.9 : 0.001...1000)
    source = try object.text("source")
  }
}

private struct BuildVolumeText: Decodable {
  let size: SIMD3<Double>
  let machine: String
  let source: String

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, of: ["size_mm", "machine", "source"])
    let sides: [Double] = try object.value("size_mm")
    try object.check(
      sides.count == 3 && sides.allSatisfy { (1...100_000).contains($0) }, "size_mm",
      "These are three sides between 1 and 100,000 mm.")
    size = SIMD3(sides)
    machine = try object.text("machine")
    source = try object.text("source")
  }
}

private struct LimitText: Decodable {
  let measure: RuleLimit.Measure
  let limit: Double
  let severity: FindingSeverity
  let appliesTo: String?
  let source: String

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(
      decoder, of: ["measure", "limit", "severity", "applies_to", "source"])
    measure = try object.word("measure")
    // Only a hollow may be forbidden altogether: a wall of nothing is no limit.
    limit = try object.number("limit", in: measure == .enclosedVoid ? 0...1e9 : 1e-6...1e9)
    severity = try object.word("severity")
    appliesTo = try object.textIfPresent("applies_to")
    source = try object.text("source")
  }
}

private struct ProcessText: Decodable {
  let process: String
  let name: String
  let trapped: String?
  let needsSupports: Bool
  let overhangAngle: NumberText?
  let escapeHole: NumberText?
  let buildVolume: BuildVolumeText
  let limits: [LimitText]

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(
      decoder,
      of: [
        "process", "name", "trapped", "supports", "overhang_angle", "escape_hole",
        "build_volume", "limits",
      ])
    process = try object.text("process")
    name = try object.text("name")
    trapped = try object.textIfPresent("trapped")
    needsSupports = try object.value("supports")
    overhangAngle = try object.ifPresent("overhang_angle")
    escapeHole = try object.ifPresent("escape_hole")
    buildVolume = try object.value("build_volume")
    limits = try object.value("limits")
    guard limits.count <= PrintabilityRules.limitsMax else {
      throw object.refusal(
        .count, "limits", "There are at most \(PrintabilityRules.limitsMax) limits.")
    }
    if needsSupports, overhangAngle == nil {
      throw object.refusal(.missing, "overhang_angle", "A process with supports has one.")
    }
  }

  func rules(_ sources: SourceTable, at member: String) throws -> ProcessRules {
    func sourced(_ text: NumberText?, _ name: String) throws -> Sourced<Double>? {
      try text.map {
        Sourced(
          value: $0.number, source: try sources.source($0.source, at: "\(member).\(name).source"))
      }
    }
    return ProcessRules(
      process: process, name: name, trapped: trapped, needsSupports: needsSupports,
      overhangAngle: try sourced(overhangAngle, "overhang_angle"),
      escapeHoleMillimetres: try sourced(escapeHole, "escape_hole"),
      buildVolume: TypicalBuildVolume(
        size: buildVolume.size, machine: buildVolume.machine,
        source: try sources.source(buildVolume.source, at: "\(member).build_volume.source")),
      limits: try limits.enumerated().map { index, text in
        RuleLimit(
          measure: text.measure, limit: text.limit, severity: text.severity,
          appliesTo: text.appliesTo,
          source: try sources.source(text.source, at: "\(member).limits[\(index)].source"))
      })
  }
}
