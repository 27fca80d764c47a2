import ArgumentParser
import Domain
import Geometry
import MeshFiles

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
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A direction of the part that may point up: +x, -x, +y, -y, +z or -z; may be given several times.",
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
    guard files.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Standard input (-) can be read once: give one - at most.")
    }
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
        let survey = quick ? nil : await Self.survey(input, full: full, judge)
        let inspected = InspectedFile(file, input, survey, judge)
        if json {
          Terminal.write(try jsonText(inspected))
        } else {
          if index > 0 { Terminal.write("") }
          InspectionTable(inspected).print()
        }
        try pictures?.draw(input, inspected.report, at: index)
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

  /// What is measured of a part beyond one pass and welding, or why nothing is.
  static func survey(
    _ input: MeshInput, full: Bool, _ judge: Judge?
  ) async -> Measured<PartSurvey> {
    guard let document = input.document else { return .notMeasured(MeshInput.heldMax) }
    var effort = judge?.effort ?? PartSurvey.Effort()
    if full { effort.trianglesMax = .max }
    let progress = SurveyProgress()
    defer { progress.finish() }
    return .measured(
      await PartSurvey(
        of: document.mesh, topology: input.inspection.topology, effort: effort, done: progress.done)
    )
  }
}
