import Foundation
import Geometry
import MeshFiles
import TestSupport
import Testing

@Suite("Inspection")
struct MeshInspectionTests {
  @Test("JSON has the promised keys and no other")
  func keys() throws {
    let inspection = try inspect(try Repository.bytes("Fixtures/meshes/cube_inverted_normals.stl"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = String(decoding: try encoder.encode(inspection), as: UTF8.self)
    #expect(
      text
        == #"{"area_mm2":2400,"bounds_mm":{"max":[20,20,20],"min":[0,0,0]},"#
        + #""centre_of_mass_mm":[10,10,10],"closed":true,"format":"stl-binary","#
        + #""problems":[{"code":"mesh.inverted","count":12,"#
        + #""message":"The facets face inwards."}],"shells":1,"size_mm":[20,20,20],"#
        + #""triangles":12,"unit":"millimeter","unit_source":"assumed","units":"mm","vertices":8,"volume_mm3":8000,"watertight":true}"#
    )
  }

  @Test("beyond the weld limit, what welding would say is null and a problem says so")
  func unwelded() throws {
    let bytes = try Repository.bytes("Fixtures/meshes/cube_open.stl")
    let inspection = try inspect(bytes, limits: MeshLimits(weldTrianglesMax: 5))
    #expect(inspection.vertices == nil)
    #expect(inspection.shells == nil)
    #expect(inspection.isWatertight == nil)
    #expect(inspection.problems.map(\.code) == [.notWelded, .notClosed])
    #expect(inspection.summary.triangles == 11)
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(inspection))
    let object = try #require(json as? [String: Any])
    #expect(object["watertight"] is NSNull)
    #expect(object["vertices"] is NSNull)
  }

  @Test(
    "a file whose length is known is inspected like one that streams in", arguments: Cut.allCases)
  func declared(cut: Cut) throws {
    for name in ["meshes/cube_open", "meshes/cube_ascii", "parts/leg-cap"] {
      let bytes = try Repository.bytes("Fixtures/\(name).stl")
      for weldMax in [5, 1_000_000] {
        let limits = MeshLimits(weldTrianglesMax: weldMax)
        #expect(
          try inspect(bytes, cut: cut, limits: limits, declared: true)
            == inspect(bytes, limits: limits))
      }
    }
  }

  @Test("a summary survives its JSON")
  func summary() throws {
    for name in ["cube_ten_metres_away", "cube_open", "two_facets_back_to_back"] {
      let summary = try summarise(try Repository.bytes("Fixtures/meshes/\(name).stl"))
      let json = try JSONEncoder().encode(summary)
      #expect(try JSONDecoder().decode(MeshSummary.self, from: json) == summary)
    }
  }

  @Test("an open mesh has no centre of mass")
  func openCentre() throws {
    let summary = try summarise(try Repository.bytes("Fixtures/meshes/cube_open.stl"))
    #expect(summary.centreOfMass == nil)
    #expect(!summary.isClosed)
    #expect(summary.problems.map(\.code) == [.notClosed])
  }

  @Test(
    "our own parts are watertight solids of one shell",
    arguments: [
      ("leg-cap", [31.0, 31, 29], 8_873.194, 9_708),
      ("door-stop", [73.0, 34, 42], 48_082.279, 6_820),
      ("nozzle-adapter", [43.799988, 42.4, 86], 27_339.319, 8_874),
    ]
  )
  func parts(name: String, size: [Double], volume: Double, triangles: Int) throws {
    // Volumes as trimesh 5.2.0 measures them.
    let inspection = try inspect(try Repository.bytes("Fixtures/parts/\(name).stl"))
    #expect(inspection.problems == [])
    #expect(inspection.isWatertight == true)
    #expect(inspection.summary.isClosed)
    #expect(inspection.shells == 1)
    #expect(inspection.summary.triangles == triangles)
    #expect(abs(inspection.summary.volumeCubicMillimetres - volume) < 0.01)
    for axis in 0..<3 { #expect(abs(inspection.summary.size[axis] - size[axis]) < 1e-4) }
  }
}
