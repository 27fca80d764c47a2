import Foundation
import Geometry
import TestSupport
import Testing

@testable import MeshFiles

@Suite("3MF writer")
struct ThreeMFWriterTests {
  private static let points: [SIMD3<Double>] = [
    [0.1, 0, 0], [1e-7, 1e21, -3], [1.0 / 3, 2, 2.5e-308], [12, 13, 14.5],
  ]
  private static let corners: [UInt32] = [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]

  private static func document(_ bodies: [MeshDocument.Body], title: String? = nil) -> MeshDocument
  {
    MeshDocument(format: .obj, unit: nil, readAs: .millimeter, bodies: bodies, title: title)
  }

  private static let solid = Mesh(vertices: points, corners: corners)

  @Test("what is written is read: bodies, names, purposes, and every bit of a coordinate")
  func roundTrip() throws {
    let document = Self.document(
      [
        MeshDocument.Body(name: "a <b> & \"c\" ü\n\u{1}\u{85}", mesh: Self.solid),
        MeshDocument.Body(mesh: Self.solid, purpose: .support),
      ], title: "T&T")
    let bytes = try ThreeMFWriter.package(of: document)
    #expect(try ThreeMFWriter.package(of: document) == bytes)
    let read = try ThreeMFReader.read(bytes)
    #expect(read.title == "T&T")
    #expect(read.unit == .millimeter)
    #expect(read.bodies.map(\.name) == ["a <b> & \"c\" ü ", nil])
    #expect(read.bodies.map(\.purpose) == [.part, .support])
    for body in read.bodies { #expect(body.mesh == Self.solid) }
  }

  @Test("facets that 3MF does not allow are left out, and a few facets are a surface")
  func degenerate() throws {
    let mesh = Mesh(vertices: Self.points, corners: [0, 1, 2, 3, 3, 1])
    let line = Mesh(vertices: Self.points, corners: [0, 0, 1])
    let read = try ThreeMFReader.read(
      try ThreeMFWriter.package(
        of: Self.document([MeshDocument.Body(mesh: line), MeshDocument.Body(mesh: mesh)])))
    #expect(read.bodies.map(\.purpose) == [.surface])
    #expect(read.bodies[0].mesh.triangles == 1)
    let refusal = #expect(throws: MeshRefusal.self) {
      try ThreeMFWriter.package(of: Self.document([MeshDocument.Body(mesh: line)]))
    }
    #expect(refusal?.code == .empty)
  }

  @Test("a package takes more parts, with their types and relationships")
  func parts() throws {
    var writer = PackageWriter()
    writer.add(
      "/3D/3dmodel.model", type: ContentTypes.model, Array(Fixture.model(Fixture.plain.model).utf8))
    writer.add("/Secure/keystore.xml", type: "application/x+xml", Array("<k/>".utf8))
    writer.relate("/", to: "/3D/3dmodel.model", type: RelationshipType.model)
    writer.relate("/", to: "/Secure/keystore.xml", type: "urn:k")
    writer.relate("/3D/3dmodel.model", to: "/Secure/keystore.xml", type: "urn:e")
    let bytes = try writer.finish()
    var package = try Package(bytes, limits: ThreeMFLimits())
    let store = try #require(try package.relationships(of: .root).targets("urn:k").first)
    #expect(package.type(of: store) == "application/x+xml")
    #expect(try package.content(of: store).elementsEqual("<k/>".utf8))
    let model = try #require(PartName("/3D/3dmodel.model"))
    #expect(try package.relationships(of: model).targets("urn:e").map(\.text) == [store.text])
    #expect(try ThreeMFReader.read(bytes).bodies.count == 1)
  }

  private typealias Fixture = ThreeMFFixture

  // MARK: Beside lib3mf

  private static let program = """
    import lib3mf, sys
    w = lib3mf.get_wrapper(); m = w.CreateModel(); r = m.QueryReader("3mf")
    r.SetStrictModeActive(True); r.ReadFromFile(sys.argv[1])
    assert r.GetWarningCount() == 0, r.GetWarning(0)
    i = m.GetMeshObjects(); n = 0
    while i.MoveNext():
      o = i.GetCurrentMeshObject(); n += o.GetTriangleCount(); assert o.IsManifoldAndOriented()
    print(n, m.GetBuildItems().Count(), end="")
    """

  static let isHere = Python.has("lib3mf")

  @Test("lib3mf reads it in strict mode without a warning", .enabled(if: isHere))
  func peer() throws {
    let mesh = Mesh(
      vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.5]], corners: Self.corners)
    let bytes = try ThreeMFWriter.package(
      of: Self.document(
        [MeshDocument.Body(name: "ü & <x>", mesh: mesh), MeshDocument.Body(mesh: mesh)], title: "T")
    )
    let file = FileManager.default.temporaryDirectory.appending(
      path: "everpart-writer-\(ProcessInfo.processInfo.processIdentifier).3mf")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(Python.run("-c", Self.program, file.path) == Data("8 2".utf8))
  }
}
