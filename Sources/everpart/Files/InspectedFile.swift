import Geometry
import MeshFiles

/// What `everpart inspect` has found of one file; as JSON one line of `--json`.
struct InspectedFile {
  let file: String
  let input: MeshInput
  /// Nil where it was not asked for.
  let survey: Measured<PartSurvey>?
  /// What the part is held against; nil where nobody asked.
  let judge: Judge?
  /// What came of it; nil also of what was not measured.
  let report: PrintabilityReport?

  init(_ file: String, _ input: MeshInput, _ survey: Measured<PartSurvey>?, _ judge: Judge?) {
    (self.file, self.input, self.survey, self.judge) = (file, input, survey, judge)
    report = survey?.value.flatMap { survey in judge.map { $0.report(on: survey) } }
  }

  private var printability: JSONValue? {
    if let report { return printabilityJSON(report) }
    guard let judge, case .notMeasured(let reason) = survey else { return nil }
    return printabilityJSON(process: judge.process, notMeasured: reason)
  }
}

extension InspectedFile: Encodable {
  func encode(to encoder: any Encoder) throws {
    try input.inspection.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file, forKey: .file)
    try container.encodeIfPresent(input.document?.bodies.count, forKey: .bodies)
    let names = input.document.map { $0.bodies.prefix(bodyNamesMax).map(\.name) }
    if let names, names.contains(where: { $0 != nil }) {
      try container.encode(names, forKey: .bodyNames)
    }
    if !input.readPast.isEmpty { try container.encode(input.readPast, forKey: .readPast) }
    try container.encodeIfPresent(printability, forKey: .printability)
    if let survey { try JSONValue.object(surveyJSON(survey)).encode(to: encoder) }
  }

  private enum CodingKeys: String, CodingKey {
    case file, bodies, printability
    case bodyNames = "body_names"
    case readPast = "read_past"
  }
}

/// How many bodies are named of a file: it may hold a million.
private let bodyNamesMax = 100
