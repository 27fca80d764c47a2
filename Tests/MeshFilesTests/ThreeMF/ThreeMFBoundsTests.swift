import Geometry
import TestSupport
import Testing

@testable import MeshFiles

@Suite("3MF made to hurt")
struct ThreeMFBoundsTests {
  private typealias Fixture = ThreeMFFixture

  /// Each object is `width` times the one before.
  private func doubling(_ levels: Int, width: Int) -> Fixture {
    let objects = (2...levels).map { level in
      Fixture.components(
        level, String(repeating: "<component objectid=\"\(level - 1)\"/>", count: width))
    }
    return Fixture(
      model: Fixture.content(
        Fixture.object(1) + objects.joined(), build: "<item objectid=\"\(levels)\"/>"))
  }

  private func code(_ fixture: Fixture, _ limits: MeshLimits = MeshLimits()) -> MeshRefusal.Code? {
    do throws(MeshRefusal) {
      _ = try fixture.read(limits: limits)
      return nil
    } catch { return error.code }
  }

  @Test("components that double are counted before anything is made of them", arguments: [40, 500])
  func doubling(levels: Int) {
    #expect(code(doubling(levels, width: 2)) == .tooLarge)
  }

  @Test("what a list says of a part is as long as a name may be, and a list has a size")
  func longNames() throws {
    let long = "/" + String(repeating: "a/", count: 505)
    func list(_ target: String) -> Fixture {
      var fixture = doubling(2, width: 1)
      fixture.rootRelationships = Fixture.relationship(target, "urn:x")
      return fixture
    }
    #expect(try list(long + "a").read().bodies.count == 1)
    #expect(code(list(long + String(repeating: "a", count: 20))) == .nameTooLong)
    var types = doubling(2, width: 1)
    types.contentTypes = "<Override PartName=\"\(long)aaaaaaaaaaaaaaaaaaaa\" ContentType=\"a/b\"/>"
    #expect(code(types) == .nameTooLong)
    var blank = doubling(2, width: 1)
    blank.modelRelationships = String(repeating: " ", count: 4 << 20)
    #expect(code(blank) == .tooLarge)
    blank.modelRelationships = String(repeating: " ", count: 4 << 18)
    #expect(try blank.read().bodies.count == 1)
  }

  @Test("what fits is built: 2^10 bodies, and a chain of 20,000 objects")
  func fits() throws {
    #expect(try doubling(11, width: 2).read().bodies.count == 1024)
    #expect(try doubling(20_000, width: 1).read().bodies.count == 1)
  }

  @Test("a long chain that is used often is refused by its visits")
  func visits() {
    var fixture = doubling(2000, width: 1)
    fixture.model = fixture.model.replacing(
      "<build><item objectid=\"2000\"/>",
      with: "<build>" + String(repeating: "<item objectid=\"2000\"/>", count: 100))
    #expect(code(fixture) == .tooLarge)
  }

  @Test("a number has at most 1024 bytes, however its vertex is spelled", arguments: ["\"", "'"])
  func longNumbers(quote: String) throws {
    func file(_ zeros: Int) -> Fixture {
      var fixture = Fixture.plain
      let vertex = "<vertex x=\"0\" y=\"0\" z=\"0\"/>"
      precondition(fixture.model.contains(vertex))
      fixture.model = fixture.model.replacing(
        vertex,
        with: vertex.replacing(
          "x=\"0\"", with: "x=\"" + String(repeating: "0", count: zeros) + "\""
        )
        .replacing("\"", with: quote))
      return fixture
    }
    #expect(code(file(1024)) == nil)
    #expect(code(file(1025)) == .attributeValue)
  }

  @Test("limits on triangles, instances and resources hold, and are said")
  func limits() {
    let ten = doubling(2, width: 10)
    #expect(code(ten, MeshLimits(trianglesMax: 39)) == .tooLarge)
    #expect(code(ten, MeshLimits(trianglesMax: 40)) == nil)
    #expect(code(Fixture.plain, MeshLimits(trianglesMax: 3)) == .tooLarge)
    #expect(code(ten, MeshLimits(threeMF: ThreeMFLimits(instancesMax: 10))) == .tooLarge)
    #expect(code(ten, MeshLimits(threeMF: ThreeMFLimits(instancesMax: 11))) == nil)
    // Ten tetrahedra are nine more than are in the package.
    #expect(code(ten, MeshLimits(threeMF: ThreeMFLimits(repeatedTrianglesMax: 35))) == .tooLarge)
    #expect(code(ten, MeshLimits(threeMF: ThreeMFLimits(repeatedTrianglesMax: 36))) == nil)
    #expect(code(Fixture.plain, MeshLimits(threeMF: ThreeMFLimits(repeatedTrianglesMax: 0))) == nil)
    #expect(code(ten, MeshLimits(threeMF: ThreeMFLimits(resourcesMax: 12))) == .tooLarge)
    #expect(code(ten, MeshLimits(threeMF: ThreeMFLimits(resourcesMax: 13))) == nil)
    #expect(code(Fixture.plain, MeshLimits(bytesMax: 100)) == .tooLarge)
  }

  @Test("vertices that nothing uses are not moved about without limit")
  func unusedVertices() {
    let unused = "<vertex x=\"1\" y=\"2\" z=\"3\"/>"
    let mesh = Fixture.mesh.replacing(
      "</vertices>", with: String(repeating: unused, count: 96) + "</vertices>")
    let object = "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 5 0 0\"/>"
    let fixture = Fixture(
      model: Fixture.content(
        Fixture.object(1, "", mesh), build: String(repeating: object, count: 4)))
    // Three times a hundred vertices and four triangles beyond what is in the package.
    #expect(
      code(fixture, MeshLimits(threeMF: ThreeMFLimits(repeatedTrianglesMax: 99))) == .tooLarge)
    #expect(code(fixture, MeshLimits(threeMF: ThreeMFLimits(repeatedTrianglesMax: 100))) == nil)
  }

  @Test("pictures that every model refers to are looked for once", .timeLimit(.minutes(1)))
  func pictures() {
    let range = 0..<1500
    let (texture, model) = (RelationshipType.texture, RelationshipType.model)
    var fixture = Fixture(
      model: Fixture.content(
        "", build: range.map { "<item objectid=\"1\" p:path=\"/3D/\($0).model\"/>" }.joined()))
    fixture.attributes = "xmlns:p=\"\(Fixture.production)\" requiredextensions=\"p\""
    fixture.modelRelationships = range.map { Fixture.relationship("/3D/\($0).model", model) }
      .joined()
    fixture.contentTypes = "<Default Extension=\"png\" ContentType=\"image/png\"/>"
    let pictures = (0..<100).map { Fixture.relationship("/\($0).png", texture) }.joined()
    let list =
      "<Relationships xmlns=\"\(Fixture.schemas)/relationships\">\(pictures)</Relationships>"
    for number in range {
      fixture.parts.append(("3D/\(number).model", Fixture.model(Fixture.plain.model)))
      fixture.parts.append(("3D/_rels/\(number).model.rels", list))
    }
    fixture.parts += (0..<100).map { ("\($0).png", "") }
    #expect(code(fixture) == nil)
  }

  @Test(
    "lists of relationships and of content types hold no more than the package may have entries")
  func lists() {
    var fixture = Fixture.plain
    let limits = MeshLimits(threeMF: ThreeMFLimits(entriesMax: 4))
    for (count, expected) in [(3, nil), (4, MeshRefusal.Code.tooLarge)] {
      fixture.rootRelationships = (0..<count).map { Fixture.relationship("/\($0).png", "urn:x") }
        .joined()
      #expect(code(fixture, limits) == expected)
    }
    fixture.rootRelationships = ""
    for (count, expected) in [(2, nil), (3, MeshRefusal.Code.tooLarge)] {
      fixture.contentTypes = (0..<count).map {
        "<Override PartName=\"/\($0).png\" ContentType=\"image/png\"/>"
      }.joined()
      #expect(code(fixture, limits) == expected)
    }
  }

  @Test("random damage is refused or read, and never crashes", arguments: 0..<300)
  func damage(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var fixture = doubling(3, width: 2)
    var document = Array(Fixture.model(fixture.model).utf8)
    var bytes = fixture.bytes()
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let value = UInt8.random(in: 0...255, using: &generator)
      let letters = Array("\"'<>/&;=0129.-e :vxyz\n".utf8)
      document[Int.random(in: document.indices, using: &generator)] =
        letters.randomElement(using: &generator) ?? value
      bytes[Int.random(in: bytes.indices, using: &generator)] = value
    }
    fixture.document = document
    let limits = MeshLimits(trianglesMax: 10_000, threeMF: ThreeMFLimits(inflatedBytesMax: 1 << 20))
    _ = code(fixture, limits)
    _ = try? ThreeMFReader.read(bytes, limits: limits)
  }

  @Test("every prefix of a document is refused")
  func prefixes() {
    var fixture = Fixture.plain
    let document = Array(Fixture.model(fixture.model).utf8)
    for length in document.indices {
      fixture.document = Array(document[..<length])
      #expect(code(fixture) != nil, "\(length) bytes")
    }
  }
}
