import Geometry
import TestSupport
import Testing

@testable import everpart

@Suite("everpart repair")
struct RepairTests {
  private let bench: FileCommands

  init() throws {
    bench = try FileCommands()
    for name in ["cube_open", "cube_flipped_facet", "cube_binary"] {
      try bench.files.write(Repository.bytes("Fixtures/meshes/\(name).stl"), to: "\(name).stl")
    }
  }

  @Test("it says what was changed, and the new file is whole")
  func mended() async throws {
    let hole = try await bench.run("repair", "cube_open.stl", "mended.stl")
    #expect(hole.code == 0 && hole.errors == "")
    #expect(hole.lines.first?.hasPrefix("  1 hole closed, with ") == true)
    #expect(hole.lines.last == "  watertight")
    let turned = try await bench.run("repair", "cube_flipped_facet.stl", "turned.3mf")
    #expect(turned.lines == ["  1 facet turned round", "  watertight"])
    for name in ["mended.stl", "turned.3mf"] {
      let found = try await bench.run("inspect", "--json", "--quick", name).json()
      #expect(found.first?["watertight"] == true, "\(name)")
    }
    let whole = try await bench.run("repair", "cube_binary.stl", "same.stl")
    #expect(whole.lines == ["  nothing needed mending", "  watertight"])
  }

  @Test("a program gets what was changed of each body")
  func json() async throws {
    let outcome = try await bench.run("repair", "--json", "cube_open.stl", "mended.stl")
    let found = try #require(try outcome.json().first)
    #expect(found["file"] == "cube_open.stl" && found["output"] == "mended.stl")
    #expect(found["bodies"].items.count == 1)
  }

  @Test("what it leaves open is said, with exit code 1, and written all the same")
  func leftOpen() async throws {
    let outcome = try await bench.run("repair", "--hole-edges", "2", "cube_open.stl", "open.stl")
    #expect(outcome.code == 1 && outcome.errors == "")
    #expect(outcome.lines.contains { $0.hasPrefix("  left open: a hole of ") })
    #expect(outcome.lines.last == "  not watertight")
    #expect(try bench.files.read("open.stl").isEmpty == false)
  }

  @Test("the file itself stays as it is, and a new one is named")
  func same() async throws {
    let before = try bench.files.read("cube_open.stl")
    try await bench.run("repair", "cube_open.stl", "./cube_open.stl").isRefused(
      "cube_open.stl: file.same: ")
    #expect(try await bench.run("repair", "cube_open.stl", "-").code == 2)
    #expect(try await bench.run("repair", "cube_open.stl").code == 2)
    #expect(try await bench.run("repair", "--tolerance=-1", "cube_open.stl", "x.stl").code == 2)
    #expect(try bench.files.read("cube_open.stl") == before)
  }

  @Test("a move is told in three digits, a body by its name, and nothing contradicts itself")
  func words() async throws {
    var report = RepairReport()
    (report.verticesMoved, report.moveMaxMillimetres) = (3, 0.3464101615137755)
    #expect(
      RepairCommand.lines(report, size: SIMD3(1, 1, 1)) == [
        "  3 vertices moved, by at most 0.346 mm", "  not watertight",
      ])
    let open = try await bench.run("repair", "--hole-edges", "2", "cube_open.stl", "open.stl")
    #expect(open.lines.first == "  nothing was changed")
    try bench.files.write(
      Repository.bytes("Fixtures/meshes/two_objects_touching.obj"), to: "two.obj")
    let two = try await bench.run("repair", "two.obj", "two.3mf")
    let names = try await bench.run("inspect", "--quick", "--json", "two.obj").json()[0][
      "body_names"
    ].items.map(\.text)
    #expect(names.count == 2)
    for (number, name) in names.enumerated() {
      #expect(two.lines.contains("body \(number + 1) “\(name)”"), "\(two.lines)")
    }
  }
}
