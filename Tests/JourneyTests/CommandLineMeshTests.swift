import Foundation
import TestSupport
import Testing

extension CommandLineTools {
  private static let members: Set<String> = [
    "file", "bodies", "format", "unit", "unit_source", "units", "triangles", "vertices", "size_mm",
    "bounds_mm", "volume_mm3",
    "area_mm2", "centre_of_mass_mm", "closed", "watertight", "shells", "problems",
  ]

  @Test("inspect --json says one object a line of good and bad files alike")
  func inspect() async throws {
    let folder = try CommandFolder()
    let names = ["cube_binary", "binary_cut_in_facet", "cube_open", "missing", "cube_ascii"]
    let files = names.map { Repository.path("Fixtures/meshes/\($0).stl") }
    let mixed = try await folder.run(["inspect", "--quick", "--json"] + files)
    #expect(mixed.code == 1 && mixed.errors.isEmpty)
    let lines = try mixed.text.split(separator: "\n").map { try JSON($0.utf8) }
    #expect(lines.map { $0["file"].text } == files && mixed.text.hasSuffix("\n"))
    try #require(lines.count == files.count)

    for (index, code) in [(1, "mesh.truncated"), (3, "file.unreadable")] {
      let refused = lines[index]["refused"]
      #expect(lines[index].names == ["file", "refused"] && refused.names == ["code", "message"])
      #expect(refused["code"].text == code && !refused["message"].text.isEmpty)
    }
    for index in [0, 2, 4] { #expect(lines[index].names == Self.members) }
    for (index, format) in [(0, "stl-binary"), (4, "stl-ascii")] {
      let cube = lines[index]
      #expect(cube["format"].text == format && cube["units"] == "mm")
      #expect(cube["triangles"] == 12 && cube["vertices"] == 8 && cube["shells"] == 1)
      #expect(cube["size_mm"] == [20, 20, 20])
      #expect(cube["bounds_mm"] == ["min": [0, 0, 0], "max": [20, 20, 20]])
      #expect(cube["volume_mm3"] == 8000 && cube["area_mm2"] == 2400)
      #expect(cube["centre_of_mass_mm"] == [10, 10, 10])
      #expect(cube["closed"] == true && cube["watertight"] == true && cube["problems"] == [])
    }
    let open = lines[2]
    #expect(open["closed"] == false && open["watertight"] == false && open["triangles"] == 11)
    #expect(open["centre_of_mass_mm"] == .null && open["problems"].items.count == 1)
    let problem = try #require(open["problems"].items.first)
    #expect(problem.names == ["code", "count", "message"])
    #expect(problem["code"] == "mesh.open_edges" && problem["count"] == 3)

    // Problems are no refusal.
    #expect(try await folder.run("inspect", "--json", files[0], files[2]).code == 0)
  }

  @Test("inspect tells people what it found, and why a file is refused on standard error")
  func inspectForPeople() async throws {
    let folder = try CommandFolder()
    let meshes = Repository.path("Fixtures/meshes")
    let outcome = try await folder.run("inspect", "\(meshes)/cube_open.stl", "\(meshes)/empty.stl")
    outcome.isRefused("\(meshes)/empty.stl: mesh.empty")
    #expect(outcome.text.hasPrefix("\(meshes)/cube_open.stl\n"))
    #expect(outcome.text.contains("mesh.open_edges (3)") && !outcome.text.contains("empty.stl"))
    #expect(!outcome.output.contains(0x1B))
  }
}

extension JSON {
  /// The names of an object's members.
  fileprivate var names: Set<String> {
    if case .object(let members) = self { Set(members.keys) } else { [] }
  }
}
