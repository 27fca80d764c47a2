import Domain
import Geometry
import MeshFiles

/// What `everpart inspect` shows a person of one file.
struct InspectionTable {
  private let file: String
  private let input: MeshInput
  private let survey: PartSurvey?
  private let report: PrintabilityReport?

  init(_ file: String, _ input: MeshInput, _ survey: PartSurvey?, _ report: PrintabilityReport?) {
    (self.file, self.input, self.survey, self.report) = (file, input, survey, report)
  }

  func print() {
    Terminal.write(
      Terminal.paint(Terminal.plain(file == "-" ? InputFile.standardName : file), .bold))
    printSizes()
    printMesh()
    if let survey { printBody(survey) }
    for problem in input.inspection.problems {
      let count = problem.count > 0 ? " (\(problem.count))" : ""
      line(
        "problem", Terminal.paint("\(problem.code.rawValue)\(count): \(problem.message)", .yellow))
    }
    if let report { printReport(report) }
  }

  private func line(_ name: String, _ value: String) {
    let label = "  " + name + String(repeating: " ", count: max(1, 14 - name.count))
    Terminal.write(label, columns: 16, value)
  }

  private func printSizes() {
    let summary = input.inspection.summary
    line(
      "format",
      "\(summary.format.rawValue), \(summary.unit.rawValue)"
        + (summary.unitSource == .assumed ? " assumed" : ""))
    line(
      "triangles",
      "\(summary.triangles)"
        + (input.inspection.vertices.map { ", \($0) distinct vertices" } ?? ""))
    line("size", shown(summary.size) + " mm")
    line(
      "from … to",
      "(\(shown(summary.bounds.min, ", "))) … (\(shown(summary.bounds.max, ", "))) mm")
    if let box = survey?.orientedBox.value, Self.isSmaller(box, than: summary.size) {
      line("smallest box", shown(box.size) + " mm, turned")
    }
    // Of a surface with a boundary the sum means nothing.
    let volume = summary.isClosed ? "\(shown(summary.volumeCubicMillimetres / 1000)) cm³" : "–"
    let hull = survey?.hull.value.map { ", convex hull \(shown($0.volume / 1000)) cm³" } ?? ""
    line("volume", volume + hull)
    line("area", shown(summary.areaSquareMillimetres / 100) + " cm²")
    if let centre = summary.centreOfMass {
      line("centre", "(\(shown(centre, ", "))) mm")
    }
  }

  /// Whether turning the part makes its box smaller by more than rounding.
  private static func isSmaller(_ box: OrientedBox, than size: SIMD3<Double>) -> Bool {
    box.size.x * box.size.y * box.size.z < (1 - 1e-6) * size.x * size.y * size.z
  }

  private func printMesh() {
    let inspection = input.inspection
    if let watertight = inspection.isWatertight {
      line(
        "watertight", watertight ? Terminal.paint("yes", .green) : Terminal.paint("no", .red))
    }
    if let shells = inspection.shells {
      let bodies = input.document?.bodies ?? []
      let holes = inspection.topology?.holes ?? 0
      line(
        "shells",
        "\(shells)" + (bodies.count > 1 ? " in \(bodies.count) bodies" : "")
          + (holes > 0 ? ", with \(counted(holes, "hole", "holes"))" : ""))
      let names = bodies.prefix(bodyNamesShown).compactMap(\.name).map { Self.name($0) }
      if !names.isEmpty {
        line("named", names.joined(separator: ", ") + (bodies.count > bodyNamesShown ? ", …" : ""))
      }
    }
    let readPast = input.readPast
    if !readPast.isEmpty {
      line("read past", readPast.map { $0.replacing("_", with: " ") }.joined(separator: ", "))
    }
  }

  /// A name of outside, on one line and no longer than that.
  private static func name(_ text: String) -> String {
    let name = Terminal.plain(String(text.prefix(40)))
    return "“\(name)\(text.count > 40 ? "…" : "")”"
  }

  private func printBody(_ survey: PartSurvey) {
    let facts = survey.facts
    line(
      "thinnest wall",
      said(facts.walls) {
        Self.place($0, none: "none: no two surfaces face each other through material")
      })
    line(
      "smallest gap",
      said(facts.gaps) { Self.place($0, none: "none: no two surfaces face each other across air") })
    line(
      "self-crossing",
      said(facts.selfIntersections) { crossings in
        guard crossings.count > 0 else { return crossings.isComplete ? "none" : "none seen" }
        let least = crossings.isComplete ? "" : "at least "
        return Terminal.paint(
          "\(least)\(counted(crossings.count, "pair", "pairs")) of facets", .yellow)
          + (crossings.place.map { " at (\(shown($0, ", ")))" } ?? "")
      })
    line(
      "cavities",
      said(facts.voids) { $0.count == 0 ? "none" : "\($0.count), \(shown($0.volume / 1000)) cm³" })
    line("on the bed", said(facts.orientations) { Self.best($0).map(Self.standing) ?? "–" })
  }

  private func said<Value>(_ measured: Measured<Value>, _ words: (Value) -> String) -> String {
    switch measured {
    case .measured(let value): words(value)
    case .notMeasured(let reason): Terminal.paint("not measured: \(reason)", .dim)
    }
  }

  private static func place(_ distances: WallDistances, none: String) -> String {
    let isComplete = distances.coverage.isComplete
    guard let place = distances.minimum else {
      return isComplete ? none : "none found, not all seen"
    }
    return "\(shown(place.distance)) mm at (\(shown(place.point, ", ")))"
      + (place.runsOut ? ", where it runs out" : "") + (isComplete ? "" : ", there may be less")
  }

  /// The one with the least support; of equals the lowest.
  private static func best(_ all: [OrientationMeasurement]) -> OrientationMeasurement? {
    all.min { ($0.supportVolume, $0.height) < ($1.supportVolume, $1.height) }
  }

  private static func standing(_ measured: OrientationMeasurement) -> String {
    "\(axis(measured.orientation)) up: stands on \(shown(measured.bedContactArea / 100)) cm², "
      + "overhangs \(shown(measured.overhangArea / 100)) cm², "
      + "support \(shown(measured.supportVolume / 1000)) cm³"
  }

  private func printReport(_ report: PrintabilityReport) {
    let verdict =
      switch report.verdict {
      case .printable: Terminal.paint("printable", .green)
      case .withCare: Terminal.paint("printable with care", .yellow)
      case .notPrintable: Terminal.paint("not printable", .red)
      case .notKnown: Terminal.paint("not known", .yellow)
      }
    line(report.process, verdict + (report.processName.map { ", \($0)" } ?? ""))
    if let choice = report.orientation {
      line("print it", "\(Self.axis(choice.measurement.orientation)) up: \(choice.reason)")
    }
    for finding in report.findings {
      let colour: Terminal.Colour =
        finding.severity == .error ? .red : finding.severity == .warning ? .yellow : .dim
      let place = finding.place.map { " At (\(shown($0, ", ")))." } ?? ""
      line(
        finding.severity.rawValue,
        Terminal.paint(finding.code.rawValue, colour) + ": \(finding.message)\(place) "
          + finding.advice + (finding.source.map { " [\($0.title)]" } ?? ""))
    }
  }

  /// `+z` for a direction along an axis.
  private static func axis(_ orientation: BuildOrientation) -> String {
    orientation.axisName ?? "(\(shown(orientation.up, ", ")))"
  }
}

/// How many bodies are named to a person.
private let bodyNamesShown = 8

/// Three numbers as a person reads them.
func shown(_ vector: SIMD3<Double>, _ separator: String = " × ") -> String {
  [vector.x, vector.y, vector.z].map(shown).joined(separator: separator)
}

/// A number as a person reads it, to three decimals: `31`, `30.983`; of what is smaller, three digits.
func shown(_ value: Double) -> String {
  guard value.magnitude < 1e12, value.magnitude >= 1e-9 else {
    return value == 0 ? "0" : "\(value)"
  }
  var steps = 1000.0
  while value.magnitude * steps < 100 { steps *= 10 }
  let rounded = (value * steps).rounded() / steps
  return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
}

/// `1 hole`, `2 holes`.
func counted(_ count: Int, _ one: String, _ many: String) -> String {
  "\(count) \(count == 1 ? one : many)"
}
