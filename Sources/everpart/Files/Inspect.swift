import ArgumentParser
import Domain
import Geometry
import MeshFiles

/// How many bodies are named of a file: it may hold a million.
let bodyNamesMax = 100

struct Inspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Measure mesh files (STL, OBJ, PLY, 3MF) and say what is wrong with them.",
    discussion: """
      STL, OBJ and PLY state no unit: millimetres are assumed unless --unit says otherwise, and a part \
      that seems 25.4 or 1000 times too large or small is suspected aloud. Walls, gaps, crossings, \
      cavities and orientations are measured of parts of up to 250,000 facets, with --full of up to 4 million. \
      With --profile each part is held against the design rules of the profile's process, standing on each \
      side of its box and of its smallest box, unless --up says which are allowed: the profile's own words \
      on that are for people. \
      Exit code 1 if a file was refused; the others are still measured.
      """)

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @OptionGroup var source: MeshInput.Options

  @Flag(help: "Measure everything, also of parts of more than 250,000 facets.")
  var full = false

  @Flag(help: "Measure only sizes, volume and whether the mesh is whole.")
  var quick = false

  @Option(
    help: ArgumentHelp(
      "A print profile, as `brand upload` takes it (JSON): say whether the part can be printed so.",
      valueName: "file"))
  var profile: String?

  @Option(
    help: ArgumentHelp("The machine's room in millimetres, 220x220x250.", valueName: "x×y×z"))
  var buildVolume: BuildVolume?

  @Option(
    help: ArgumentHelp(
      "A direction of the part that may point up: +z, +x, +y, and with = before a minus, --up=-z; may "
        + "be given several times.",
      valueName: "axis"))
  var up: [BuildOrientation] = []

  @Option(
    help: ArgumentHelp(
      "Design rules of your own in place of ours (JSON, laid out as printability_rules.json).",
      valueName: "file"))
  var rules: String?

  @Option(
    help: ArgumentHelp(
      "Draw the part, findings marked, into a PNG; of several, into this folder, which has to exist.",
      valueName: "png"))
  var preview: String?

  @Argument(help: "The files to measure; - for standard input.")
  var files: [String]

  func validate() throws {
    guard !(full && quick) else { throw ValidationError("Give either --full or --quick.") }
    guard !quick || (profile == nil && rules == nil) else {
      throw ValidationError("--profile needs more than --quick measures.")
    }
    guard profile != nil || (buildVolume == nil && rules == nil && up.isEmpty) else {
      throw ValidationError("--build-volume, --up and --rules go with --profile.")
    }
  }

  func run() async throws {
    let reading = try source.reading()
    let judge = try profile.map {
      try Judge(profile: $0, buildVolume: buildVolume, orientations: up, rules: rules)
    }
    let pictures = try preview.map { try InspectionPictures($0, of: files) }
    var refused = false
    for (index, file) in files.enumerated() {
      do {
        let input = try await MeshInput(file, reading)
        let survey = quick ? nil : await survey(input, judge)
        let report = survey.flatMap { survey in judge.map { $0.report(on: survey) } }
        if json {
          Terminal.write(try jsonText(Line(file, input, survey, report)))
        } else {
          if index > 0 { Terminal.write("") }
          InspectionTable(file, input, survey, report).print()
        }
        try pictures?.draw(input, report, at: index)
      } catch {
        refused = true
        if json {
          Terminal.write(
            try jsonText(["file": .string(file), "refused": FileRefusal(error, of: file).json]))
        } else {
          _ = FileRefusal(error, of: file).report()
        }
      }
    }
    if refused { throw Interrupted() }
  }

  private func survey(_ input: MeshInput, _ judge: Judge?) async -> PartSurvey? {
    guard let document = input.document else { return nil }
    var effort = judge?.effort ?? PartSurvey.Effort()
    if full { effort.trianglesMax = .max }
    let progress = SurveyProgress()
    defer { progress.finish() }
    return await PartSurvey(
      of: document.mesh, topology: input.inspection.topology, effort: effort, done: progress.done)
  }

  /// One line of `--json`.
  private struct Line: Encodable {
    let file: String
    let input: MeshInput
    let survey: PartSurvey?
    let report: PrintabilityReport?

    init(_ file: String, _ input: MeshInput, _ survey: PartSurvey?, _ report: PrintabilityReport?) {
      (self.file, self.input, self.survey, self.report) = (file, input, survey, report)
    }

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
      try container.encodeIfPresent(report.map(printabilityJSON), forKey: .printability)
      if let survey { try JSONValue.object(surveyJSON(survey)).encode(to: encoder) }
    }

    private enum CodingKeys: String, CodingKey {
      case file, bodies, printability
      case bodyNames = "body_names"
      case readPast = "read_past"
    }
  }
}
