import TestSupport
import Testing

@Suite("everpart convert")
struct ConvertTests {
  private let bench: FileCommands

  init() throws {
    bench = try FileCommands()
    try bench.files.write(SampleMesh.box(), to: "box.stl")
  }

  private func inspected(_ file: String) async throws -> JSON {
    let outcome = try await bench.run("inspect", "--json", "--quick", file)
    return try #require(try outcome.json().first, "\(outcome.errors)")
  }

  @Test("a part stays the same through all formats and back")
  func round() async throws {
    let ways: [(name: String, options: [String], format: JSON)] = [
      ("a.obj", [], "obj"), ("b.ply", ["--text"], "ply-ascii"), ("c.3mf", [], "3mf"),
      ("d.ply", [], "ply-binary"), ("e.stl", ["--text"], "stl-ascii"), ("f.stl", [], "stl-binary"),
    ]
    var last = "box.stl"
    for way in ways {
      let outcome = try await bench.run(["convert", last, way.name] + way.options)
      #expect(outcome.code == 0 && outcome.output == [] && outcome.errors == "", "\(way.name)")
      let found = try await inspected(way.name)
      #expect(found["format"] == way.format && found["size_mm"] == [20, 30, 5])
      #expect(found["volume_mm3"] == 3000 && found["vertices"] == 8 && found["watertight"] == true)
      last = way.name
    }
  }

  @Test("a part goes through pipes, in the format that is said")
  func pipes() async throws {
    let outcome = try await bench.run(
      "convert", "-", "-", "--to", "obj", input: SampleMesh.box())
    #expect(outcome.code == 0 && outcome.lines.contains("v 20 30 5"))
    try await bench.run("convert", "box.stl", "-").isRefused("mesh.format: ")
  }

  @Test("an output that says no format is refused, and STEP is none that is written")
  func format() async throws {
    for name in ["part", "part.xyz", "part.step"] {
      try await bench.run("convert", "box.stl", name).isRefused("mesh.format: ")
    }
    #expect(try await bench.run("convert", "box.stl", "part", "--to", "xyz").code == 2)
    #expect(try bench.files.files() == ["box.stl"])
  }

  @Test("the file that is read is not written over, under any of its names")
  func same() async throws {
    try bench.link("alias.stl", to: "box.stl")
    for name in ["box.stl", "./box.stl", "alias.stl"] {
      try await bench.run("convert", "box.stl", name, "--text").isRefused("box.stl: file.same: ")
    }
    #expect(try bench.files.read("box.stl") == SampleMesh.box())
  }

  @Test("a file that is there is replaced by a whole one, or stays as it was")
  func replaced() async throws {
    try bench.files.write("older".utf8, to: "part.obj")
    try bench.files.write(SampleMesh.box().dropLast(), to: "cut.stl")
    try await bench.run("convert", "cut.stl", "part.obj").isRefused("cut.stl: mesh.truncated: ")
    #expect(try bench.files.read("part.obj") == Array("older".utf8))
    #expect(try bench.files.files().sorted() == ["box.stl", "cut.stl", "part.obj"])
    #expect(try await bench.run("convert", "box.stl", "part.obj").code == 0)
    #expect(try bench.files.read("part.obj") != Array("older".utf8))
    try await bench.run("convert", "box.stl", "nowhere/part.obj").isRefused(
      "nowhere/part.obj: file.unwritable: ")
  }

  @Test("text is refused of what has none, and a mesh is for its owner alone")
  func text() async throws {
    try await bench.run("convert", "box.stl", "x.3mf", "--text").isRefused("mesh.format: ")
    #expect(try bench.files.files() == ["box.stl"])
    #expect(try await bench.run("convert", "box.stl", "x.obj", "--text").code == 0)
    #expect(try bench.mode("x.obj") == 0o600)
  }
}
