import Geometry
import TestSupport
import Testing

@testable import MeshFiles

@Suite("3MF that is accepted")
struct ThreeMFReaderTests {
  private typealias Fixture = ThreeMFFixture

  /// The bodies' volumes; in the order of the bodies.
  private func volumes(_ document: MeshDocument) -> [Double] {
    document.bodies.map { body in
      (0..<body.mesh.triangles).reduce(0) { sum, facet in
        let (a, b, c) = body.mesh.positions(of: facet)
        let cross = SIMD3(b.y * c.z - b.z * c.y, b.z * c.x - b.x * c.z, b.x * c.y - b.y * c.x)
        return sum + (a * cross).sum() / 6
      }
    }
  }

  private func read(_ resources: String, build: String, _ attributes: String = "")
    throws(MeshRefusal) -> MeshDocument
  {
    try Fixture(model: Fixture.content(resources, build: build), attributes: attributes).read()
  }

  @Test("a mesh is a body with its object's name")
  func plain() throws {
    let document = try Fixture(
      model: "<metadata name=\"Title\">A &amp; B</metadata>"
        + Fixture.content(Fixture.object(1, "name=\"Leg &lt;cap&gt;\" partnumber=\"7\""))
    ).read()
    #expect(document.format == .threeMF)
    #expect(document.unit == .millimeter)
    #expect(document.title == "A & B")
    #expect(document.bodies.map(\.name) == ["Leg <cap>"])
    #expect(document.bodies[0].isWelded)
    #expect(document.bodies[0].purpose == .part)
    #expect(document.bodies[0].mesh.vertices.count == 4)
    #expect(document.readPast.isEmpty)
    #expect(abs(volumes(document)[0] - 1.0 / 6) < 1e-15)
  }

  @Test("every unit is converted to millimetres", arguments: LengthUnit.allCases)
  func units(unit: LengthUnit) throws {
    let document = try Fixture(
      model: Fixture.content(Fixture.object(1)), attributes: "unit=\"\(unit.rawValue)\""
    ).read()
    #expect(document.unit == unit)
    #expect(document.mesh.bounds?.size == SIMD3(repeating: unit.millimetres))
  }

  @Test("items and components are placed by both transforms, the item's last")
  func transforms() throws {
    let document = try read(
      Fixture.object(1)
        + Fixture.components(
          2, "<component objectid=\"1\" transform=\"2 0 0 0 2 0 0 0 2 1 0 0\"/>"),
      build: "<item objectid=\"2\" transform=\"0 1 0 -1 0 0 0 0 1 0 0 5\"/><item objectid=\"1\"/>",
      "unit=\"centimeter\"")
    #expect(document.bodies.count == 2)
    // (x, y, z) → (2x + 1, 2y, 2z) → (−y, x, z) turned, then 5 up; in millimetres.
    let bounds = try #require(document.bodies[0].mesh.bounds)
    #expect(bounds.min == SIMD3(-20, 10, 50))
    #expect(bounds.max == SIMD3(0, 30, 70))
    let sizes = volumes(document)
    #expect(abs(sizes[0] - 8000.0 / 6) < 1e-9)
    #expect(abs(sizes[1] - 1000.0 / 6) < 1e-9)
  }

  @Test("a mirrored body keeps a positive volume, and one mirrored twice as well")
  func mirrored() throws {
    let mirror = "transform=\"-1 0 0 0 1 0 0 0 1 0 0 0\""
    let document = try read(
      Fixture.object(1) + Fixture.components(2, "<component objectid=\"1\" \(mirror)/>"),
      build: "<item objectid=\"1\" \(mirror)/><item objectid=\"2\" \(mirror)/>")
    for volume in volumes(document) { #expect(abs(volume - 1.0 / 6) < 1e-15) }
  }

  @Test("a body that is used twice is there twice, and touching bodies stay apart")
  func twice() throws {
    let document = try read(
      Fixture.object(1), build: "<item objectid=\"1\"/><item objectid=\"1\"/>")
    #expect(document.bodies.count == 2)
    #expect(document.mesh.vertices.count == 8)
  }

  @Test("equal vertices within a body become one")
  func welded() throws {
    let vertices = Fixture.vertices.replacing(
      "</vertices>", with: "<vertex x=\"-0\" y=\"0.0\" z=\"0e5\"/></vertices>")
    let triangles = Fixture.triangles.replacing(
      "v1=\"0\" v2=\"3\"", with: "v1=\"4\" v2=\"3\"")
    let document = try read(
      Fixture.object(1, "", "<mesh>\(vertices)\(triangles)</mesh>"), build: "<item objectid=\"1\"/>"
    )
    #expect(document.mesh.vertices.count == 4)
  }

  @Test("object types are kept, and those of supports need not be closed")
  func purposes() throws {
    let triangle =
      "<mesh>\(Fixture.vertices)<triangles><triangle v1=\"0\" v2=\"1\" v3=\"2\"/></triangles></mesh>"
    let document = try read(
      Fixture.object(1, "type=\"solidsupport\"") + Fixture.object(2, "type=\"support\"", triangle)
        + Fixture.object(3, "type=\"surface\"", triangle) + Fixture.object(4, "type=\"other\"")
        + Fixture.object(5, "type=\"model\""),
      build: [1, 2, 3, 5].map { "<item objectid=\"\($0)\"/>" }.joined())
    #expect(document.bodies.map(\.purpose) == [.solidSupport, .support, .surface, .part])
  }

  @Test(
    "every spelling of a number that the schema has is read",
    arguments: [
      ("1", 1), ("+1", 1), ("-1.5", -1.5), (".5", 0.5), ("-.5e1", -5), ("1E+2", 100),
      ("1e-2", 0.01),
      (" 7\n", 7), ("0001", 1), ("&#49;2", 12), ("0.1", 0.1),
      ("123456789.123456789", 123456789.123456789),
      ("3.14159265358979323846", .pi), ("9007199254740993", 9007199254740992),
      ("1.7976931348623157e308", .greatestFiniteMagnitude),
      ("12.34567890", 12.3456789), ("-0.00000000000000000001", -1e-20),
      ("2.2250738585072014e-308", 2.2250738585072014e-308),
    ]
  )
  func numbers(text: String, value: Double) throws {
    let vertices = Fixture.vertices.replacing(
      "x=\"1\" y=\"0\" z=\"0\"", with: "x=\"\(text)\" y=\"0\" z=\"0\"")
    let document = try read(
      Fixture.object(1, "", "<mesh>\(vertices)\(Fixture.triangles)</mesh>"),
      build: "<item objectid=\"1\"/>")
    // What is next to nothing becomes one with the vertex at zero.
    #expect(document.mesh.vertices.contains { $0.x == (0 < value && value < 1e-9 ? 0 : value) })
  }

  @Test("the plain and the general way read the same", arguments: 0..<7)
  func spellings(form: Int) throws {
    let spellings: [(String) -> String] = [
      { $0 }, { $0.replacing("/>", with: " />") }, { $0.replacing("/>", with: "></vertex>") },
      { $0.replacing("\"", with: "'") }, { $0.replacing("<vertex ", with: "<vertex\n\t") },
      { $0.replacing("/>", with: " v:paint=\"4\"/><!-- x --><v:note>text</v:note>") },
      { $0.replacing("=", with: " = ") },
    ]
    var mesh = spellings[form](Fixture.vertices)
    var triangles = spellings[form](Fixture.triangles).replacing("></vertex>", with: "></triangle>")
    if form == 6 { mesh += "<?pi?>" }
    if form == 0 {
      // Elements under a prefix.
      mesh = mesh.replacing("<v", with: "<c:v").replacing("</v", with: "</c:v")
      triangles = triangles.replacing("<t", with: "<c:t").replacing("</t", with: "</c:t")
    }
    let document = try read(
      Fixture.object(1, "", "<mesh>\(mesh)\(triangles)</mesh>"), build: "<item objectid=\"1\"/>",
      "xmlns:v=\"vendor\" xmlns:c=\"\(Fixture.core)\"")
    let plain = try Fixture.plain.read()
    #expect(document.bodies.map(\.mesh) == plain.bodies.map(\.mesh))
  }

  @Test("what is of another namespace is read past and told")
  func foreign() throws {
    let namespaces = [
      ("m", "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"),
      ("b", "http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02"),
      ("t", "http://schemas.microsoft.com/3dmanufacturing/trianglesets/2021/07"), ("v", "vendor"),
    ].map { "xmlns:\($0)=\"\($1)\"" }.joined(separator: " ")
    let mesh = Fixture.mesh.replacing(
      "</mesh>",
      with:
        "<b:beamlattice><b:beams/></b:beamlattice><t:trianglesets><t:triangleset/></t:trianglesets></mesh>"
    )
    let document = try read(
      "<v:thing id=\"8\"><v:deep><v:deeper>text</v:deeper></v:deep></v:thing>"
        + "<m:colorgroup id=\"9\"><m:color color=\"#FF0000\"/></m:colorgroup>"
        + Fixture.object(1, "pid=\"9\" pindex=\"0\" v:x=\"1\"", mesh),
      build: "<item objectid=\"1\"/>", namespaces + " recommendedextensions=\"b t\"")
    #expect(
      document.readPast
        == [.materials, .beamLattice, .triangleSets, .unknownExtension, .recommendedExtension])
    #expect(document.bodies[0].mesh == (try Fixture.plain.read()).bodies[0].mesh)
  }

  @Test("required extensions that leave the shape as it is are accepted")
  func required() throws {
    let namespaces = [
      ("m", "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"),
      ("p", Fixture.production),
      ("s", "http://schemas.microsoft.com/3dmanufacturing/slice/2015/07"),
      ("t", "http://schemas.microsoft.com/3dmanufacturing/trianglesets/2021/07"),
    ].map { "xmlns:\($0)=\"\($1)\"" }.joined(separator: " ")
    let document = try Fixture(
      model: Fixture.content(Fixture.object(1)),
      attributes: namespaces + " requiredextensions=\"m p\ns t\" xml:lang=\"en\""
    ).read()
    #expect(document.bodies.count == 1)
  }

  @Test("triangles may have properties of groups that precede them")
  func properties() throws {
    let triangles = Fixture.triangles.replacing(
      "v3=\"1\"/>", with: "v3=\"1\" pid=\"7\" p1=\"1\" p2=\"0\" p3=\"1\"/>")
    let document = try read(
      "<basematerials id=\"7\"><base name=\"a\" displaycolor=\"#112233\"/>"
        + "<base name=\"b\" displaycolor=\"#11223344\"/></basematerials>"
        + Fixture.object(
          1, "pid=\"7\" pindex=\"1\"", "<mesh>\(Fixture.vertices)\(triangles)</mesh>"),
      build: "<item objectid=\"1\"/>")
    #expect(document.mesh.triangles == 4)
    #expect(document.readPast == [.materials])
  }

  @Test("a limit on welding leaves bodies as they are and says so")
  func unwelded() throws {
    let document = try Fixture.plain.read(limits: MeshLimits(weldTrianglesMax: 3))
    #expect(!document.bodies[0].isWelded)
  }

  // MARK: Production extension

  private static let other = Fixture.model(
    Fixture.content(Fixture.object(1, "name=\"far\""), build: "<item objectid=\"1\"/>"),
    "unit=\"inch\"")

  private func twoModels(_ model: String) -> Fixture {
    Fixture(
      model: model, attributes: "xmlns:p=\"\(Fixture.production)\"",
      parts: [("3D/other.model", Self.other)],
      modelRelationships: Fixture.relationship("/3D/other.model", RelationshipType.model))
  }

  @Test("objects of other models are used in their own unit, and their build is ignored")
  func models() throws {
    let document = try twoModels(
      Fixture.content(
        Fixture.object(1, "name=\"near\"")
          + Fixture.components(
            2, "<component objectid=\"1\"/><component objectid=\"1\" p:path=\"/3D/other.model\"/>"),
        build: "<item objectid=\"2\"/><item objectid=\"1\" p:path=\"/3D/other.model\""
          + " transform=\"1 0 0 0 1 0 0 0 1 3 0 0\"/>")
    ).read()
    #expect(document.bodies.map(\.name) == ["near", "far", "far"])
    #expect(document.bodies[1].mesh.bounds?.max == SIMD3(repeating: 25.4))
    #expect(document.bodies[2].mesh.bounds?.min.x == 3)
  }

  @Test("what PrusaSlicer exports is read: a mark of its own, and a picture that is not there")
  func prusaSlicer() throws {
    let document = try ThreeMFReader.read(
      Array(try Repository.bytes("Fixtures/meshes/cube_prusaslicer.3mf")))
    #expect(document.bodies.map(\.mesh.triangles) == [12])
    #expect(document.title == "cube")
    #expect(document.readPast == [.slicerMarks, .thumbnails])
  }

  @Test("what Bambu Studio and OrcaSlicer paint on triangles is read past")
  func painted() throws {
    let marks = [
      "paint_color", "paint_supports", "paint_seam", "paint_fuzzy_skin", "face_property",
    ]
    let document = try read(
      Fixture.object(1).replacing(
        "v1=\"0\" v2=\"1\"",
        with: marks.map { "\($0)=\"4\" " }.joined() + "v1=\"0\" v2=\"1\""),
      build: "<item objectid=\"1\" printable=\"true\"/>")
    #expect(document.readPast == [.slicerMarks])
    #expect(abs(volumes(document)[0] - 1.0 / 6) < 1e-15)
  }
}
