import Testing

@testable import Geometry

@Suite("Meshes that are welded already")
struct MeshWeldedTests {
  private static let points: [SIMD3<Double>] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]

  @Test("a mesh with distinct vertices that facets use is welded, and its welding is")
  func welded() {
    let mesh = Mesh(
      vertices: Shapes.box([1, 2, 3]).flatMap { [$0.a.position, $0.b.position, $0.c.position] },
      corners: Array(0..<36))
    #expect(!mesh.isWelded())
    #expect(mesh.welded().isWelded())
    #expect(Mesh(vertices: Self.points, corners: [0, 1, 2, 1, 2, 3]).isWelded())
    #expect(Mesh(vertices: [], corners: []).isWelded())
  }

  @Test("a vertex twice, with another zero, or without a facet is told")
  func notWelded() {
    let corners: [UInt32] = [0, 1, 2, 2, 3, 4]
    #expect(!Mesh(vertices: Self.points + [[1, 0, 0]], corners: corners).isWelded())
    #expect(!Mesh(vertices: Self.points + [[-0.0, 0, 1]], corners: corners).isWelded())
    #expect(Mesh(vertices: Self.points + [[1, 1, 1]], corners: corners).isWelded())
    #expect(!Mesh(vertices: Self.points, corners: [0, 1, 2]).isWelded())
  }

  @Test("many vertices, all of one hash's table, are told apart")
  func many() {
    var points = (0..<5000).map { SIMD3(Double($0 % 17), Double($0 / 17), 0.5) }
    let corners = (0..<5000).map(UInt32.init).dropLast(2)
    #expect(!Mesh(vertices: points, corners: Array(corners)).isWelded())
    points.removeLast(2)
    #expect(Mesh(vertices: points, corners: Array(corners)).isWelded())
    points[4321] = points[7]
    #expect(!Mesh(vertices: points, corners: Array(corners)).isWelded())
  }
}
