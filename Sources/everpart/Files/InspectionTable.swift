import Domain
import Geometry
import MeshFiles

/// What `everpart inspect` shows a person of one file.
struct InspectionTable {
  private let inspected: InspectedFile
  private let input: MeshInput

  /// What it says, in order.
  private(set) var lines: [Line] = []

  /// A name and what is said under it.
  struct Line: Hashable {
    let name: String
    let text: String
  }

  init(_ inspected: InspectedFile) {
    (self.inspected, input) = (inspected, inspected.input)
    addSizes()
    addMesh()
    switch inspected.survey {
    case .measured(let survey): addBody(survey)
    case .notMeasured(let reason):
      add("walls, gaps …", Self.missing(reason))
    case nil: break
    }
    for problem in input.inspection.problems {
      let count = problem.count > 0 ? " (\(problem.count))" : ""
      add(
        "problem", Terminal.paint("\(problem.code.rawValue)\(count): \(problem.message)", .yellow))
    }
    if let report = inspected.report {
      addReport(report)
    } else if let judge = inspected.judge, case .notMeasured(let reason) = inspected.survey {
      add(judge.process, Terminal.paint("not known", .yellow) + ": \(reason)")
    }
  }

  func print() {
    let file = inspected.file
    Terminal.write(
      Terminal.paint(Terminal.plain(file == "-" ? InputFile.standardName : file), .bold))
    for line in lines {
      let gap = String(repeating: " ", count: max(1, 14 - line.name.count))
      Terminal.write("  \(line.name)\(gap)", columns: 16, line.text)
    }
  }

  private mutating func add(_ name: String, _ text: String) {
    lines.append(Line(name: name, text: text))
  }

  private mutating func addSizes() {
    let summary = input.inspection.summary
    add(
      "format",
      "\(summary.format.rawValue), \(summary.unit.rawValue)"
        + (summary.unitSource == .assumed ? " assumed" : ""))
    add(
      "triangles",
      "\(summary.triangles)"
        + (input.inspection.vertices.map { ", \($0) distinct vertices" } ?? ""))
    add("size", shown(summary.size) + " mm")
    add(
      "from … to",
      "\(place(summary.bounds.min)) … \(place(summary.bounds.max)) mm")
    if let box = inspected.survey?.value?.orientedBox.value, Self.isSmaller(box, than: summary.size)
    {
      add("smallest box", shown(box.size) + " mm, turned")
    }
    // Of a surface with a boundary the sum means nothing.
    let volume = summary.isClosed ? "\(shown(summary.volumeCubicMillimetres / 1000)) cm³" : "–"
    let hull =
      inspected.survey?.value?.hull.value.map { ", convex hull \(shown($0.volume / 1000)) cm³" }
      ?? ""
    add("volume", volume + hull)
    add("area", shown(summary.areaSquareMillimetres / 100) + " cm²")
    if let centre = summary.centreOfMass {
      add("centre", "\(place(centre)) mm")
    }
  }

  /// Whether turning the part makes its box smaller by more than rounding.
  private static func isSmaller(_ box: OrientedBox, than size: SIMD3<Double>) -> Bool {
    box.size.x * box.size.y * box.size.z < (1 - 1e-6) * size.x * size.y * size.z
  }

  private mutating func addMesh() {
    let inspection = input.inspection
    if let watertight = inspection.isWatertight {
      add(
        "watertight", watertight ? Terminal.paint("yes", .green) : Terminal.paint("no", .red))
    }
    if let shells = inspection.shells {
      let bodies = input.document?.bodies ?? []
      let holes = inspection.topology?.holes ?? 0
      add(
        "shells",
        "\(shells)" + (bodies.count > 1 ? " in \(bodies.count) bodies" : "")
          + (holes > 0 ? ", with \(counted(holes, "hole", "holes"))" : ""))
      let names = bodies.prefix(bodyNamesShown).compactMap(\.name).map { shownName($0) }
      if !names.isEmpty {
        add("named", names.joined(separator: ", ") + (bodies.count > bodyNamesShown ? ", …" : ""))
      }
    }
    let readPast = input.readPast
    if !readPast.isEmpty {
      add("read past", readPast.map { $0.replacing("_", with: " ") }.joined(separator: ", "))
    }
  }

  private mutating func addBody(_ survey: PartSurvey) {
    let facts = survey.facts
    add(
      "thinnest wall",
      said(facts.walls) {
        distance($0, none: "none: no two surfaces face each other through material")
      })
    add(
      "smallest gap",
      said(facts.gaps) { distance($0, none: "none: no two surfaces face each other across air") })
    add(
      "self-crossing",
      said(facts.selfIntersections) { crossings in
        guard crossings.count > 0 else { return crossings.isComplete ? "none" : "none seen" }
        let least = crossings.isComplete ? "" : "at least "
        return Terminal.paint(
          "\(least)\(counted(crossings.count, "pair", "pairs")) of facets", .yellow)
          + (crossings.place.map { " at \(place($0))" } ?? "")
      })
    add(
      "cavities",
      said(facts.voids) { $0.count == 0 ? "none" : "\($0.count), \(shown($0.volume / 1000)) cm³" })
    add("on the bed", said(facts.orientations) { Self.best($0).map(Self.standing) ?? "–" })
  }

  private func said<Value>(_ measured: Measured<Value>, _ words: (Value) -> String) -> String {
    switch measured {
    case .measured(let value): words(value)
    case .notMeasured(let reason): Self.missing(reason)
    }
  }

  private static func missing(_ reason: String) -> String {
    Terminal.paint("not measured: \(reason)", .dim)
  }

  private func distance(_ distances: WallDistances, none: String) -> String {
    let isComplete = distances.coverage.isComplete
    guard let found = distances.minimum else {
      return isComplete ? none : "none found, not all seen"
    }
    return "\(shown(found.distance)) mm at \(place(found.point))"
      + (found.runsOut ? ", where it runs out" : "") + (isComplete ? "" : ", there may be less")
  }

  private func place(_ place: SIMD3<Double>) -> String {
    shown(place: place, ofSize: input.inspection.summary.size)
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

  private mutating func addReport(_ report: PrintabilityReport) {
    let verdict =
      switch report.verdict {
      case .printable: Terminal.paint("printable", .green)
      case .withCare: Terminal.paint("printable with care", .yellow)
      case .notPrintable: Terminal.paint("not printable", .red)
      case .notKnown: Terminal.paint("not known", .yellow)
      }
    add(report.process, verdict + (report.processName.map { ", \($0)" } ?? ""))
    if let choice = report.orientation {
      add("print it", "\(Self.axis(choice.measurement.orientation)) up: \(choice.reason)")
    }
    for finding in report.findings {
      let colour: Terminal.Colour =
        finding.severity == .error ? .red : finding.severity == .warning ? .yellow : .dim
      let location = finding.place.map { " At \(place($0))." } ?? ""
      add(
        finding.severity.rawValue,
        Terminal.paint(finding.code.rawValue, colour) + ": \(finding.message)\(location) "
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

/// A name of outside, on one line and no longer than that.
func shownName(_ text: String) -> String {
  let name = Terminal.plain(String(text.prefix(40)))
  return "“\(name)\(text.count > 40 ? "…" : "")”"
}

/// Three numbers as a person reads them.
func shown(_ vector: SIMD3<Double>, _ separator: String = " × ") -> String {
  [vector.x, vector.y, vector.z].map(shown).joined(separator: separator)
}

/// A place on a part as a person reads it: `(-10.497, 0, 17.101)`. What is less than a millionth of the part is
/// nought: single precision, which most files have, knows no better.
///
/// - Parameter size: the part's, as the place in millimetres.
func shown(place: SIMD3<Double>, ofSize size: SIMD3<Double>) -> String {
  let least = 1e-6 * size.max()
  let (x, y, z) = (place.x, place.y, place.z)
  let rounded = [x, y, z].map { $0.magnitude < least ? "0" : shown($0) }
  return "(\(rounded.joined(separator: ", ")))"
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
