import Foundation
import Geometry
import MeshFiles
import TestSupport
import Testing

@testable import everpart

@Suite("everpart inspect")
struct InspectTests {
  private let bench: FileCommands

  init() throws {
    bench = try FileCommands()
    try bench.files.write(SampleMesh.box(), to: "box.stl")
    try bench.files.write(SampleMesh.box3MF(unit: "inch"), to: "box.3mf")
    try bench.files.write(SampleMesh.step, to: "plate.step")
  }

  @Test("a person is shown the sizes with their units, and what was assumed")
  func table() async throws {
    let outcome = try await bench.run("inspect", "box.stl")
    #expect(outcome.code == 0 && outcome.errors == "")
    #expect(outcome.lines.first == "box.stl")
    for line in [
      "  format        stl-binary, millimeter assumed", "  triangles     12, 8 distinct vertices",
      "  size          20 × 30 × 5 mm", "  volume        3 cm³, convex hull 3 cm³",
      "  area          17 cm²", "  watertight    yes", "  shells        1",
      "  thinnest wall 5 mm at ", "  self-crossing none", "  cavities      none",
    ] { #expect(outcome.lines.contains { $0.hasPrefix(line) }, "\(line)") }
  }

  @Test("a program gets one object a line, whose numbers say their unit")
  func json() async throws {
    let outcome = try await bench.run("inspect", "--json", "box.stl", "box.3mf")
    #expect(outcome.code == 0)
    let found = try outcome.json()
    #expect(found.map { $0["file"] } == ["box.stl", "box.3mf"])
    #expect(found[0]["size_mm"] == [20, 30, 5] && found[0]["volume_mm3"] == 3000)
    #expect(found[0]["watertight"] == true && found[0]["unit_source"] == "assumed")
    #expect(found[1]["unit"] == "inch" && found[1]["units"] == "mm")
    #expect((found[1]["size_mm"][2].number - 127).magnitude < 1e-9)
    #expect((found[0]["wall_thickness"]["minimum_mm"].number - 5).magnitude < 1e-9)
    #expect(found[0]["convex_hull"]["volume_mm3"] == 3000)
    #expect(found[0]["orientations"].items.count == 6)
  }

  @Test("what a file has beside its geometry is said")
  func readPast() async throws {
    let file = FileCommands.fixture("meshes/cube_prusaslicer.3mf")
    let table = try await bench.run("inspect", file)
    #expect(table.lines.contains("  read past     slicer marks, thumbnails"))
    let found = try await bench.run("inspect", "--json", file).json()
    #expect(found[0]["read_past"] == ["slicer_marks", "thumbnails"])
  }

  @Test("every member that a program may get is in the document that says what it is")
  func documented() async throws {
    let document = String(
      decoding: try Repository.bytes("Sources/everpart/Files.md"), as: UTF8.self)
    let profile = FileCommands.fixture("parts/leg-cap.profile.json")
    try bench.files.write(
      Repository.bytes("Fixtures/meshes/two_objects_touching.obj"), to: "two.obj")
    try bench.files.write(
      Repository.bytes("Fixtures/meshes/cube_prusaslicer.3mf"), to: "sliced.3mf")
    let outcome = try await bench.run(
      "inspect", "--json", "box.stl", "two.obj", "plate.step", "sliced.3mf", "--profile", profile)
    func names(_ value: JSON) -> Set<String> {
      value.members.reduce(into: Set(value.items.flatMap(names))) { all, member in
        all.formUnion(names(member.value).union([member.key]))
      }
    }
    let all = try outcome.json().reduce(into: Set<String>()) { $0.formUnion(names($1)) }
    #expect(all.count > 50)
    for name in all.sorted() { #expect(document.contains("`\(name)`"), "\(name)") }
  }

  @Test("of several files a bad one is refused, and the others are measured")
  func several() async throws {
    try bench.files.write("no mesh".utf8, to: "bad.stl")
    let table = try await bench.run("inspect", "box.stl", "bad.stl", "nothing.stl", "box.3mf")
    #expect(table.code == 1)
    #expect(table.lines.contains("box.stl") && table.lines.contains("box.3mf"))
    let said = table.errors.split(separator: "\n")
    #expect(said.count == 2)
    #expect(said.first?.hasPrefix("everpart: bad.stl: mesh.unrecognised: ") == true)
    #expect(
      said.last == "everpart: nothing.stl: file.unreadable: No such file or directory")

    let json = try await bench.run("inspect", "--json", "--quick", "bad.stl", "box.stl")
    #expect(json.code == 1 && json.errors == "")
    let found = try json.json()
    #expect(found[0]["file"] == "bad.stl")
    #expect(found[0]["refused"]["code"] == "mesh.unrecognised")
    #expect(found[0]["refused"]["message"].text.isEmpty == false)
    #expect(found[1]["volume_mm3"] == 3000)
  }

  @Test("a unit that is said scales the part, and is refused where the file says its own")
  func unit() async throws {
    let outcome = try await bench.run("inspect", "--quick", "--json", "--unit", "inch", "box.stl")
    let found = try #require(try outcome.json().first)
    #expect((found["size_mm"][0].number - 508).magnitude < 1e-9)
    #expect(found["unit"] == "inch" && found["unit_source"] != "assumed")
    try await bench.run("inspect", "--unit", "inch", "box.3mf").isRefused(
      "box.3mf: mesh.unit_stated: ")
    #expect(try await bench.run("inspect", "--unit", "parsec", "box.stl").code == 2)
  }

  @Test("a part comes through a pipe, too")
  func standardInput() async throws {
    let outcome = try await bench.run("inspect", "-", "--json", "--quick", input: SampleMesh.box())
    #expect(try outcome.json().first?["volume_mm3"] == 3000)
    #expect(outcome.code == 0)
    try await bench.run("inspect", "-", input: Array("no mesh".utf8)).isRefused(
      "standard input: mesh.unrecognised: ")
  }

  @Test("a STEP file is refused with what would help, unless a converter makes a mesh of it")
  func step() async throws {
    let outcome = try await bench.run("inspect", "plate.step")
    outcome.isRefused("plate.step: mesh.needs_converter: ")
    #expect(outcome.errors.contains("--step-converter prusa-slicer"))
    try await bench.run("inspect", "--step-converter", "freecad", "plate.step").isRefused(
      "cli.step_converter: ")
    // Before anything is measured.
    let mesh = try await bench.run("inspect", "--step-converter", "/nowhere/gmsh", "box.stl")
    mesh.isRefused("cli.step_converter: ")
    #expect(mesh.output == [])
  }

  @Test("a profile has the part judged, and a machine's room counts")
  func profile() async throws {
    let profile = FileCommands.fixture("parts/leg-cap.profile.json")
    let table = try await bench.run("inspect", "box.stl", "--profile", profile)
    #expect(table.code == 0)
    #expect(table.lines.contains { $0.hasPrefix("  MEX           printable") })
    let small = try await bench.run(
      "inspect", "box.stl", "--profile", profile, "--build-volume", "10x10x10", "--json")
    #expect(try small.json().first?["printability"]["verdict"] == "not_printable")
    #expect(try await bench.run("inspect", "box.stl", "--build-volume", "10x10x10").code == 2)
    #expect(try await bench.run("inspect", "box.stl", "--quick", "--profile", profile).code == 2)
  }

  @Test("a picture is drawn into the file that is named, or of several parts into a folder")
  func preview() async throws {
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
    #expect(try await bench.run("inspect", "--preview", "x.png", "box.stl").code == 0)
    #expect(try bench.files.read("x.png").starts(with: png))
    let none = try await bench.run("inspect", "--preview", "y.png", "box.stl", "box.3mf")
    none.isRefused("preview.folder: ")
    #expect(none.output == [])
    #expect(try await bench.run("inspect", "--preview", ".", "box.stl").code == 0)
    #expect(try bench.files.read("box.png").starts(with: png))
    try await bench.run("inspect", "--preview", ".", "box.stl", "box.3mf").isRefused(
      "preview.same_name: ")
    try await bench.run("inspect", "--preview", "box.stl", "box.stl").isRefused("file.same: ")
    #expect(try bench.files.read("box.stl") == SampleMesh.box())
  }

  @Test("an axis may begin with a minus, with and without =")
  func up() async throws {
    let profile = FileCommands.fixture("parts/leg-cap.profile.json")
    let judged = try await bench.run(
      "inspect", "box.stl", "--profile", profile, "--json", "--up", "-z", "--up=-x", "--up", "+y")
    #expect(judged.code == 0, "\(judged.errors)")
    let fits = try judged.json().first?["printability"]["fits"].items.map { $0["up"] }
    #expect(fits == [[0, 0, -1], [-1, 0, 0], [0, 1, 0]])
    let help = try await bench.run("inspect", "--help")
    #expect(!String(decoding: help.output, as: UTF8.self).contains("--up=-z"))
  }

  @Test("a machine's room is said with × or with commas")
  func room() throws {
    for text in ["250x210x200", "250,210,200", "250×210×200"] {
      #expect(BuildVolume(argument: text)?.millimetres == SIMD3(250, 210, 200), "\(text)")
    }
    #expect(BuildVolume(argument: "250,210") == nil)
  }

  @Test("standard input is read once")
  func twice() async throws {
    let outcome = try await bench.run("inspect", "-", "-", input: SampleMesh.box())
    #expect(outcome.code == 2 && outcome.output == [])
    #expect(outcome.errors.contains("Standard input (-) can be read once"))
  }

  @Test("many files are drawn with few descriptors, into pictures that others may read")
  func descriptors() async throws {
    // Bad ones: no time goes into drawing them.
    for number in 0..<30 { try bench.files.write("no mesh".utf8, to: "bad\(number).stl") }
    try FileManager.default.createDirectory(
      atPath: bench.files.path("pictures"), withIntermediateDirectories: true)
    let outcome = try await bench.shell(
      #"umask 027; ulimit -n 40; exec "$0" inspect --quick --preview pictures *.stl"#)
    #expect(outcome.code == 1 && outcome.lines.first == "box.stl")
    let refused = outcome.errors.split(separator: "\n")
    #expect(refused.count == 30 && refused.allSatisfy { $0.contains("mesh.unrecognised") })
    #expect(try bench.mode("pictures/box.png") == 0o640)
  }

  @Test("a STEP file of a few bytes is given to the converter, too")
  func shortSTEP() async throws {
    try bench.files.write("ISO-10303-21;\nHEADER;\n".utf8, to: "tiny.step")
    let program = try bench.files.write("#!/bin/sh\nexit 1\n".utf8, to: "prusa-slicer")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
    try await bench.run("inspect", "tiny.step", "--step-converter", program).isRefused(
      "tiny.step: geometry.not_converted: ")
    try await bench.run("inspect", "tiny.step").isRefused("tiny.step: mesh.needs_converter: ")
  }

  @Test("of an STL too large to be held it is said what was not measured, nor judged")
  func tooLarge() async throws {
    var reading = MeshInput.Reading()
    reading.limits.weldTrianglesMax = 11
    let input = try await MeshInput(bench.files.path("box.stl"), reading)
    let judge = try Judge(
      profile: FileCommands.fixture("parts/leg-cap.profile.json"), buildVolume: nil,
      orientations: [], rules: nil)
    let survey = await Inspect.survey(input, full: true, judge)
    let inspected = InspectedFile("box.stl", input, survey, judge)
    let why = "of STL at most 4000000 triangles are held in memory"
    let found = try JSON(try jsonText(inspected).utf8)
    #expect(found["problems"].items.first?["code"] == "mesh.not_welded")
    for name in [
      "convex_hull", "oriented_box", "wall_thickness", "gap", "self_intersections",
      "enclosed_voids", "orientations",
    ] { #expect(found[name] == ["not_measured": .text(why)], "\(name)") }
    #expect(
      found["printability"] == [
        "process": "MEX", "verdict": "not_known", "not_measured": .text(why),
      ])
    let lines = InspectionTable(inspected).lines
    #expect(lines.contains { $0.text == "not measured: \(why)" })
    #expect(lines.contains { $0.name == "MEX" && $0.text == "not known: \(why)" })
    // What was not asked for is not said to be missing.
    #expect(InspectionTable(InspectedFile("box.stl", input, nil, nil)).lines.count < lines.count)
  }

  @Test("what is rounding of a part's size is nought to a person, and whole to a program")
  func rounding() async throws {
    #expect(
      shown(place: SIMD3(-10.497, -4.410871667914762e-11, 17.101), ofSize: SIMD3(73, 34, 42))
        == "(-10.497, 0, 17.101)")
    #expect(shown(place: SIMD3(0.00012, 0, 1), ofSize: SIMD3(0.01, 1, 2)) == "(0.00012, 0, 1)")
    let file = FileCommands.fixture("parts/leg-cap.stl")
    let table = try await bench.run("inspect", "--quick", file)
    #expect(table.lines.contains("  centre        (0, 0, 11.729) mm"))
    let centre = try await bench.run("inspect", "--quick", "--json", file).json()
    let x = try #require(centre.first?["centre_of_mass_mm"][0].number)
    #expect(x != 0 && x.magnitude < 1e-9)
  }
}
