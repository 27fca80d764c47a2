import Foundation
import Geometry
import MeshFiles
import TestSupport
import Testing

/// trimesh (Python) measures the same files.
@Suite("Beside trimesh")
struct PeerTests {
  private struct Peer: Decodable {
    let triangles: Int
    let vertices: Int
    let volume: Double
    let area: Double
    let centre: [Double]
    let bounds: [[Double]]
    let watertight: Bool
    let shells: Int
  }

  private static let program = """
    import json, sys, trimesh
    m = trimesh.load(sys.argv[1])
    print(json.dumps({
      "triangles": len(m.faces), "vertices": len(m.vertices), "volume": float(m.volume),
      "area": float(m.area), "centre": m.center_mass.tolist(), "bounds": m.bounds.tolist(),
      "watertight": bool(m.is_watertight and m.is_winding_consistent),
      "shells": int(m.body_count)}))
    """

  static let isHere = Python.has("trimesh")

  @Test(
    "measures, vertices, shells and watertightness agree",
    .enabled(if: isHere),
    arguments: [
      "parts/leg-cap", "parts/door-stop", "parts/nozzle-adapter", "meshes/cube_binary",
      "meshes/cube_ascii", "meshes/cube_with_cavity", "meshes/cube_ten_metres_away",
      "meshes/cube_open",
    ]
  )
  func agreement(name: String) throws {
    let file = "Fixtures/\(name).stl"
    let ours = try inspect(try Repository.bytes(file))
    let output = try #require(Python.run("-c", Self.program, Repository.path(file)))
    let peer = try JSONDecoder().decode(Peer.self, from: output)
    #expect(ours.summary.triangles == peer.triangles)
    #expect(ours.vertices == peer.vertices)
    #expect(ours.isWatertight == peer.watertight)
    #expect(ours.shells == peer.shells)
    #expect(abs(ours.summary.areaSquareMillimetres - peer.area) <= 1e-9 * peer.area)
    for axis in 0..<3 {
      #expect(ours.summary.bounds.min[axis] == peer.bounds[0][axis])
      #expect(ours.summary.bounds.max[axis] == peer.bounds[1][axis])
    }
    guard peer.watertight else { return }
    // Ten metres away it is the peer's sum, about the origin, that loses digits.
    let volume = ours.summary.volumeCubicMillimetres
    #expect(abs(volume - abs(peer.volume)) <= 1e-6 * volume)
    let centre = try #require(ours.summary.centreOfMass)
    for axis in 0..<3 { #expect(abs(centre[axis] - peer.centre[axis]) < 1e-2) }
  }
}
