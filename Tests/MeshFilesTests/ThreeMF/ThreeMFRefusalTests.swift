import Geometry
import Testing

@testable import MeshFiles

@Suite("3MF that is refused, by the rule that it breaks")
struct ThreeMFRefusalTests {
  private typealias Fixture = ThreeMFFixture

  /// A package that breaks one rule.
  struct Breach: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let code: MeshRefusal.Code
    let package: ThreeMFFixture

    init(_ description: String, _ code: MeshRefusal.Code, _ package: ThreeMFFixture) {
      testDescription = description
      self.code = code
      self.package = package
    }

    /// A package whose model has these resources and is built like this.
    init(
      _ description: String, _ code: MeshRefusal.Code, resources: String,
      build: String = "<item objectid=\"1\"/>", _ attributes: String = ""
    ) {
      self.init(
        description, code,
        ThreeMFFixture(
          model: ThreeMFFixture.content(resources, build: build), attributes: attributes))
    }
  }

  @Test("the package that the others differ from is accepted")
  func sound() throws {
    #expect(try Fixture.plain.read().bodies.count == 1)
  }

  @Test("is refused", arguments: model + objects + meshes + materials + references + packages)
  func refused(breach: Breach) {
    let refusal = #expect(throws: MeshRefusal.self) { try breach.package.read() }
    #expect(refusal?.code == breach.code, "\(refusal as Any)")
    let isCalm = refusal?.message.unicodeScalars.allSatisfy { (" "..."~").contains($0) }
    #expect(isCalm == true)
  }

  // MARK: The model element

  private static let plain = Fixture.content(Fixture.object(1))

  private static func model(_ content: String, _ attributes: String = "") -> ThreeMFFixture {
    ThreeMFFixture(model: content, attributes: attributes)
  }

  private static func document(_ text: String) -> ThreeMFFixture {
    ThreeMFFixture(model: "", document: Array(text.utf8))
  }

  static let model: [Breach] =
    [
      Breach("a root of no namespace", .element, document("<model/>")),
      Breach(
        "a model of version 0.93", .element,
        document("<model xmlns=\"http://schemas.microsoft.com/3dmanufacturing/2013/01\"/>")),
      Breach("another root", .element, document("<build xmlns=\"\(ThreeMFFixture.core)\"/>")),
      Breach(
        "two roots", .xmlSyntax,
        document(ThreeMFFixture.model(plain) + ThreeMFFixture.model(plain).dropFirst(38))),
      Breach(
        "a document type", .xmlDocumentType,
        document("<!DOCTYPE model>" + ThreeMFFixture.model(plain).dropFirst(38))),
      Breach(
        "another encoding", .xmlEncoding,
        document(ThreeMFFixture.model(plain).replacing("UTF-8", with: "UTF-16"))),
      Breach("an unknown unit", .attributeValue, model(plain, "unit=\"yard\"")),
      Breach("an unknown attribute", .attribute, model(plain, "version=\"1\"")),
      Breach("xml:space", .forbiddenAttribute, model(plain, "xml:space=\"preserve\"")),
      Breach(
        "xsi", .forbiddenAttribute,
        model(plain, "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:schemaLocation=\"x\"")
      ),
      Breach("no resources", .element, model("<build><item objectid=\"1\"/></build>")),
      Breach("no build", .element, model("<resources>\(ThreeMFFixture.object(1))</resources>")),
      Breach("resources twice", .element, model("<resources/>" + plain)),
      Breach("build before resources", .element, model("<build/><resources/>")),
      Breach("an unknown element", .element, model(plain + "<extra/>")),
      Breach("metadata after resources", .element, model(plain + "<metadata name=\"Title\"/>")),
      Breach("text between elements", .strayText, model("text" + plain)),
      Breach("metadata without a name", .metadata, model("<metadata>x</metadata>" + plain)),
      Breach("metadata with an empty name", .metadata, model("<metadata name=\"\"/>" + plain)),
      Breach(
        "metadata twice", .metadata,
        model("<metadata name=\"Title\"/><metadata name=\"Title\"/>" + plain)),
      Breach("metadata of no namespace", .metadata, model("<metadata name=\"v:x\"/>" + plain)),
      Breach(
        "metadata with an element", .element,
        model("<metadata name=\"Title\"><item/></metadata>" + plain)),
      Breach(
        "metadata with a wrong flag", .attributeValue,
        model("<metadata name=\"Title\" preserve=\"yes\"/>" + plain)),
      Breach(
        "an undeclared extension", .undeclaredExtension, model(plain, "requiredextensions=\"q\"")),
    ]
    + [
      ("vendor", MeshRefusal.Code.requiresUnknown),
      ("http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02", .requiresBeamLattice),
      (
        "http://schemas.microsoft.com/3dmanufacturing/beamlattice/balls/2020/07",
        .requiresBeamLattice
      ),
      ("http://schemas.3mf.io/3dmanufacturing/volumetric/2022/01", .requiresVolumetric),
      ("http://schemas.3mf.io/3dmanufacturing/implicit/2023/12", .requiresVolumetric),
      ("http://schemas.3mf.io/3dmanufacturing/booleanoperations/2023/07", .requiresBoolean),
      ("http://schemas.3mf.io/3dmanufacturing/displacement/2023/10", .requiresDisplacement),
      (
        "http://schemas.microsoft.com/3dmanufacturing/production/alternatives/2021/04",
        .requiresAlternatives
      ),
    ].map { uri, code in
      Breach("requires \(uri)", code, model(plain, "xmlns:q=\"\(uri)\" requiredextensions=\"q\""))
    }

  // MARK: Objects and what is built

  static let objects: [Breach] = [
    Breach(
      "an object without an identifier", .attribute,
      resources: "<object>\(ThreeMFFixture.mesh)</object>"),
    Breach("identifier 0", .attributeValue, resources: ThreeMFFixture.object(0), build: ""),
    Breach(
      "an identifier of 2^31", .attributeValue, resources: ThreeMFFixture.object(2_147_483_648),
      build: ""),
    Breach(
      "an identifier twice", .duplicateIdentifier,
      resources: ThreeMFFixture.object(1) + ThreeMFFixture.object(1)),
    Breach(
      "an unknown type", .attributeValue, resources: ThreeMFFixture.object(1, "type=\"thing\"")),
    Breach(
      "an unknown attribute", .attribute, resources: ThreeMFFixture.object(1, "colour=\"red\"")),
    Breach("an object with nothing", .element, resources: ThreeMFFixture.object(1, "", "")),
    Breach(
      "an object with two meshes", .element,
      resources: ThreeMFFixture.object(1, "", ThreeMFFixture.mesh + ThreeMFFixture.mesh)),
    Breach(
      "mesh and components", .element,
      resources: ThreeMFFixture.object(2)
        + ThreeMFFixture.object(
          1, "", ThreeMFFixture.mesh + "<components><component objectid=\"2\"/></components>")),
    Breach("empty components", .element, resources: ThreeMFFixture.components(1, "")),
    Breach(
      "an item that its slicer leaves out", .unprintedItem,
      resources: ThreeMFFixture.object(1), build: "<item objectid=\"1\" printable=\"0\"/>"),
    Breach(
      "an item that may be printed or not", .attributeValue,
      resources: ThreeMFFixture.object(1), build: "<item objectid=\"1\" printable=\"\"/>"),
    Breach(
      "a slicer's mark where there is none", .attribute,
      resources: ThreeMFFixture.object(1, "printable=\"1\"")),
    Breach(
      "an empty metadatagroup", .element,
      resources: ThreeMFFixture.object(1, "", "<metadatagroup/>" + ThreeMFFixture.mesh)),
    Breach(
      "an object in itself", .undefinedReference,
      resources: ThreeMFFixture.components(1, "<component objectid=\"1\"/>")),
    Breach(
      "objects in each other", .undefinedReference,
      resources: ThreeMFFixture.components(1, "<component objectid=\"2\"/>")
        + ThreeMFFixture.components(2, "<component objectid=\"1\"/>")),
    Breach(
      "a component that comes later", .undefinedReference,
      resources: ThreeMFFixture.components(1, "<component objectid=\"2\"/>")
        + ThreeMFFixture.object(2)),
    Breach(
      "a component of a material", .wrongReference,
      resources: base + ThreeMFFixture.components(1, "<component objectid=\"7\"/>")),
    Breach(
      "an item without an object", .undefinedReference, resources: ThreeMFFixture.object(1),
      build: "<item objectid=\"2\"/>"),
    Breach(
      "an item without a reference", .attribute, resources: ThreeMFFixture.object(1),
      build: "<item/>"),
    Breach("nothing to build", .empty, resources: ThreeMFFixture.object(1), build: ""),
    Breach(
      "an object of type other", .builtOther, resources: ThreeMFFixture.object(1, "type=\"other\"")),
    Breach(
      "an object of type other within another", .builtOther,
      resources: ThreeMFFixture.object(2, "type=\"other\"")
        + ThreeMFFixture.components(1, "<component objectid=\"2\"/>")),
    Breach(
      "a matrix of eleven numbers", .attributeValue, resources: ThreeMFFixture.object(1),
      build: "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 0 0\"/>"),
    Breach(
      "a matrix of thirteen numbers", .attributeValue, resources: ThreeMFFixture.object(1),
      build: "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 0 0 0 0\"/>"),
    Breach(
      "a matrix with a comma", .attributeValue, resources: ThreeMFFixture.object(1),
      build: "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 0 0 1,5\"/>"),
    Breach(
      "a flattening matrix", .singularTransform, resources: ThreeMFFixture.object(1),
      build: "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 0 0 0 0\"/>"),
    Breach(
      "an infinite matrix", .notFinite, resources: ThreeMFFixture.object(1),
      build: "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 1e400 0 0\"/>"),
    Breach(
      "matrices that multiply beyond all bounds", .notFinite,
      resources: ThreeMFFixture.object(1)
        + ThreeMFFixture.components(
          2, "<component objectid=\"1\" transform=\"1e200 0 0 0 1 0 0 0 1 0 0 0\"/>"),
      build: "<item objectid=\"2\" transform=\"1e200 0 0 0 1 0 0 0 1 0 0 0\"/>"),
    Breach(
      "an approximate mesh whose slices are required", .requiresSlices,
      resources: ThreeMFFixture.object(1, "s:meshresolution=\"lowres\""),
      "xmlns:s=\"http://schemas.microsoft.com/3dmanufacturing/slice/2015/07\" requiredextensions=\"s\""
    ),
  ]

  // MARK: Meshes

  private static func vertices(_ text: String) -> String {
    ThreeMFFixture.object(1, "", "<mesh>\(text)\(ThreeMFFixture.triangles)</mesh>")
  }

  private static func vertex(_ text: String) -> String {
    vertices(ThreeMFFixture.vertices.replacing("</vertices>", with: text + "</vertices>"))
  }

  private static func triangle(_ text: String, _ attributes: String = "") -> String {
    let triangles = ThreeMFFixture.triangles.replacing("</triangles>", with: text + "</triangles>")
    return ThreeMFFixture.object(
      1, attributes, "<mesh>\(ThreeMFFixture.vertices)\(triangles)</mesh>")
  }

  static let meshes: [Breach] =
    [
      Breach(
        "triangles before vertices", .element,
        resources: ThreeMFFixture.object(
          1, "", "<mesh>\(ThreeMFFixture.triangles)\(ThreeMFFixture.vertices)</mesh>")),
      Breach(
        "no triangles element", .element,
        resources: ThreeMFFixture.object(1, "", "<mesh>\(ThreeMFFixture.vertices)</mesh>")),
      Breach(
        "no triangle", .tooFewTriangles,
        resources: ThreeMFFixture.object(
          1, "type=\"surface\"", "<mesh>\(ThreeMFFixture.vertices)<triangles/></mesh>")),
      Breach(
        "two vertices", .tooFewTriangles,
        resources: vertices(
          "<vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"0\" y=\"0\" z=\"1\"/></vertices>")
      ),
      Breach(
        "a solid of one triangle", .tooFewTriangles,
        resources: ThreeMFFixture.object(
          1, "",
          "<mesh>\(ThreeMFFixture.vertices)<triangles><triangle v1=\"0\" v2=\"1\" v3=\"2\"/></triangles></mesh>"
        )),
      Breach("a vertex without z", .attribute, resources: vertex("<vertex x=\"0\" y=\"0\"/>")),
      Breach(
        "a vertex with w", .attribute,
        resources: vertex("<vertex x=\"0\" y=\"0\" z=\"0\" w=\"0\"/>")),
      Breach(
        "a vertex with x twice", .xmlSyntax,
        resources: vertex("<vertex x=\"0\" x=\"0\" y=\"0\" z=\"0\"/>")),
      Breach(
        "text in a vertex", .strayText,
        resources: vertex("<vertex x=\"0\" y=\"0\" z=\"0\">0</vertex>")),
      Breach(
        "an element in a vertex", .element,
        resources: vertex(
          "<vertex x=\"0\" y=\"0\" z=\"0\"><vertex x=\"0\" y=\"0\" z=\"0\"/></vertex>")),
      Breach(
        "an infinite coordinate", .notFinite,
        resources: vertex("<vertex x=\"1e309\" y=\"0\" z=\"0\"/>")),
      Breach(
        "a triangle in vertices", .element,
        resources: vertex("<triangle v1=\"0\" v2=\"1\" v3=\"2\"/>")),
      Breach(
        "a vertex that is not there", .vertexIndex,
        resources: triangle("<triangle v1=\"0\" v2=\"1\" v3=\"4\"/>")),
      Breach(
        "a corner twice", .repeatedVertex,
        resources: triangle("<triangle v1=\"0\" v2=\"1\" v3=\"1\"/>")),
      Breach(
        "a negative index", .attributeValue,
        resources: triangle("<triangle v1=\"0\" v2=\"1\" v3=\"-2\"/>")),
      Breach(
        "an index of 2^32", .attributeValue,
        resources: triangle("<triangle v1=\"4294967296\" v2=\"1\" v3=\"2\"/>")),
      Breach(
        "a triangle without v3", .attribute, resources: triangle("<triangle v1=\"0\" v2=\"1\"/>")),
      Breach(
        "a property without a group", .propertyIndex,
        resources: triangle("<triangle v1=\"0\" v2=\"1\" v3=\"2\" p1=\"0\"/>")),
      Breach(
        "a property beyond its group", .propertyIndex,
        resources: base + triangle("<triangle v1=\"0\" v2=\"1\" v3=\"2\" pid=\"7\" p1=\"1\"/>")),
      Breach(
        "a group that is not there", .undefinedReference,
        resources: triangle("<triangle v1=\"0\" v2=\"1\" v3=\"2\" pid=\"6\" p1=\"1\"/>")),
      Breach(
        "a group that is an object", .wrongReference,
        resources: ThreeMFFixture.object(6)
          + triangle("<triangle v1=\"0\" v2=\"1\" v3=\"2\" pid=\"6\" p1=\"1\"/>")),
      Breach(
        "an object's index without a group", .propertyIndex,
        resources: ThreeMFFixture.object(1, "pindex=\"0\"")),
      Breach(
        "an object's index beyond its group", .propertyIndex,
        resources: base + ThreeMFFixture.object(1, "pid=\"7\" pindex=\"1\"")),
      Breach(
        "an object's group that is not there", .undefinedReference,
        resources: ThreeMFFixture.object(1, "pid=\"7\" pindex=\"1\"")),
      Breach(
        "an unfinished document", .xmlSyntax,
        document(String(ThreeMFFixture.model(plain).prefix(300)))),
    ]
    + ["", "1,5", "1.", ".", "-", "0x1", "nan", "INF", "1e", "1 2", "1_0", "١"].map { number in
      Breach(
        "the coordinate \"\(number)\"", .attributeValue,
        resources: vertex("<vertex x=\"\(number)\" y=\"0\" z=\"0\"/>"))
    }
}
