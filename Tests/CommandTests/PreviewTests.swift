import TestSupport
import Testing

@Suite("everpart preview")
struct PreviewTests {
  private let bench: FileCommands

  init() throws {
    bench = try FileCommands()
    try bench.files.write(SampleMesh.box(), to: "box.stl")
  }

  @Test("a picture has the size that is asked for, and the same part gives the same bytes")
  func picture() async throws {
    for name in ["a.png", "b.PNG"] {
      let outcome = try await bench.run("preview", "box.stl", name, "--size", "300x200")
      #expect(outcome.code == 0 && outcome.output == [] && outcome.errors == "")
    }
    let picture = try bench.files.read("a.png")
    // The header's width and height (PNG 3rd edition, 11.2.1).
    #expect(picture[16..<24].elementsEqual([0, 0, 1, 44, 0, 0, 0, 200]))
    #expect(try bench.files.read("b.PNG") == picture)
    #expect(try await bench.run("preview", "box.stl", "c.png", "--view", "top").code == 0)
    #expect(try bench.files.read("c.png") != picture)
  }

  @Test("a sheet has the name and the material that are said")
  func sheet() async throws {
    let outcome = try await bench.run(
      "preview", "box.stl", "sheet.svg", "--name", "Door <stop>", "--material", "PETG")
    #expect(outcome.code == 0)
    let text = String(decoding: try bench.files.read("sheet.svg"), as: UTF8.self)
    #expect(text.contains("Door &lt;stop&gt;") && text.contains("PETG"))
  }

  @Test("what is no picture and no sheet is not drawn, and nothing is left of a bad part")
  func refused() async throws {
    #expect(try await bench.run("preview", "box.stl", "box.jpg").code == 2)
    #expect(try await bench.run("preview", "box.stl", "box.png", "--name", "x").code == 2)
    try bench.files.write("no mesh".utf8, to: "bad.stl")
    try await bench.run("preview", "bad.stl", "bad.png").isRefused("bad.stl: mesh.unrecognised: ")
    try await bench.run("preview", "box.stl", "x.png", "--size", "1x1").isRefused(
      "box.stl: preview.")
    #expect(try bench.files.files() == ["bad.stl", "box.stl"])
  }

  @Test("what a sheet has not is refused, as is what a picture has not")
  func sheetOptions() async throws {
    for option in [
      ["--view", "top"], ["--size", "300x200"], ["--dimensions"], ["--background", "white"],
    ] {
      let outcome = try await bench.run(["preview", "box.stl", "x.svg"] + option)
      #expect(outcome.code == 2, "\(option)")
      #expect(outcome.errors.contains("are for pictures (.png)"), "\(option)")
    }
    #expect(try bench.files.files() == ["box.stl"])
  }

  @Test("a picture and a sheet may be read by whom the umask lets, also in the place of another")
  func mode() async throws {
    for name in ["x.png", "x.svg"] {
      for _ in 0..<2 {
        let outcome = try await bench.shell(
          #"umask 022; exec "$0" preview box.stl \#(name)"#)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try bench.mode(name) == 0o644)
      }
    }
  }
}
