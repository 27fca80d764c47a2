import Testing

@testable import MeshFiles

extension ThreeMFRefusalTests {
  static let base =
    "<basematerials id=\"7\"><base name=\"a\" displaycolor=\"#112233\"/></basematerials>"

  private static let materialsName =
    "xmlns:m=\"http://schemas.microsoft.com/3dmanufacturing/material/2015/02\""

  private static func material(
    _ description: String, _ code: MeshRefusal.Code, _ resources: String
  ) -> Breach {
    Breach(description, code, resources: resources + ThreeMFFixture.object(1), materialsName)
  }

  private static let colors =
    "<m:colorgroup id=\"8\"><m:color color=\"#112233\"/></m:colorgroup>"

  static let materials: [Breach] = [
    Breach("base materials without one", .element, resources: "<basematerials id=\"7\"/>"),
    Breach(
      "a base material without a name", .attribute,
      resources: "<basematerials id=\"7\"><base displaycolor=\"#112233\"/></basematerials>"),
    Breach(
      "a base material without a colour", .attribute,
      resources: "<basematerials id=\"7\"><base name=\"a\"/></basematerials>"),
    Breach(
      "a colour that is none", .attributeValue,
      resources: "<basematerials id=\"7\"><base name=\"a\" displaycolor=\"red\"/></basematerials>"),
    material(
      "an identifier twice across kinds", .duplicateIdentifier,
      base + colors.replacing("8", with: "7")),
    material(
      "an identifier that an unknown resource has", .duplicateIdentifier,
      "<v:x xmlns:v=\"v\" id=\"1\"/>"),
    material(
      "a colour group without an identifier", .attribute,
      "<m:colorgroup><m:color color=\"#112233\"/></m:colorgroup>"),
    material(
      "a colour without a value", .attribute, "<m:colorgroup id=\"8\"><m:color/></m:colorgroup>"),
    material(
      "texture coordinates without a texture", .wrongReference,
      "<m:texture2dgroup id=\"9\" texid=\"8\"/>"),
    material(
      "a texture without a path", .attribute, "<m:texture2d id=\"9\" contenttype=\"image/png\"/>"),
    material(
      "a texture of another type", .attributeValue,
      "<m:texture2d id=\"9\" path=\"/3D/a.gif\" contenttype=\"image/gif\"/>"),
    material(
      "a texture that is not there", .missingPart,
      "<m:texture2d id=\"9\" path=\"/3D/a.png\" contenttype=\"image/png\"/>"),
    material(
      "a mixture of colours", .wrongReference,
      colors + "<m:compositematerials id=\"9\" matid=\"8\" matindices=\"0\"/>"),
    material(
      "a mixture without indices", .attribute, base + "<m:compositematerials id=\"9\" matid=\"7\"/>"
    ),
    material(
      "a mixture beyond its group", .propertyIndex,
      base + "<m:compositematerials id=\"9\" matid=\"7\" matindices=\"0 1\"/>"),
    material("layers without groups", .attribute, "<m:multiproperties id=\"9\"/>"),
    material(
      "layers of two colours", .wrongReference,
      colors + "<m:multiproperties id=\"9\" pids=\"8 8\"/>"),
    material(
      "a material over a colour", .wrongReference,
      base + colors + "<m:multiproperties id=\"9\" pids=\"8 7\"/>"),
    material(
      "more blend methods than layers to blend", .wrongReference,
      base + colors + "<m:multiproperties id=\"9\" pids=\"7 8\" blendmethods=\"mix multiply\"/>"),
    material(
      "a blend method that is none", .attributeValue,
      base + colors + "<m:multiproperties id=\"9\" pids=\"7 8\" blendmethods=\"add\"/>"),
    material(
      "layers of layers", .wrongReference,
      base + "<m:multiproperties id=\"9\" pids=\"7\"/><m:multiproperties id=\"10\" pids=\"9\"/>"),
    Breach(
      "a thumbnail that is not there", .missingPart,
      resources: ThreeMFFixture.object(1, "thumbnail=\"/a.png\"")),
    Breach(
      "a thumbnail with a relative path", .attributeValue,
      resources: ThreeMFFixture.object(1, "thumbnail=\"a.png\"")),
  ]

  // MARK: Other models

  private static let other = (
    "3D/other.model", ThreeMFFixture.model(ThreeMFFixture.content(ThreeMFFixture.object(1)))
  )

  private static func path(
    _ path: String, id: Int = 1, isRelated: Bool = true,
    parts: [(name: String, content: String)] = [other]
  ) -> ThreeMFFixture {
    ThreeMFFixture(
      model: ThreeMFFixture.content("", build: "<item objectid=\"\(id)\" p:path=\"\(path)\"/>"),
      attributes: "xmlns:p=\"\(ThreeMFFixture.production)\"", parts: parts,
      modelRelationships: isRelated
        ? ThreeMFFixture.relationship("/3D/other.model", RelationshipType.model) : "")
  }

  static let references: [Breach] = [
    Breach(
      "an object that another model does not have", .undefinedReference,
      path("/3D/other.model", id: 2)),
    Breach("a model that is not there", .missingPart, path("/3D/other.model", parts: [])),
    Breach(
      "a model without a relationship", .relationships, path("/3D/other.model", isRelated: false)),
    Breach("a relative path", .partName, path("other.model")),
    Breach("a climbing path", .partName, path("/3D/../other.model")),
    Breach(
      "a path in a model that is not the root", .forbiddenPath,
      path(
        "/3D/other.model",
        parts: [
          (
            "3D/other.model",
            ThreeMFFixture.model(
              ThreeMFFixture.content(
                ThreeMFFixture.components(
                  1, "<component objectid=\"1\" p:path=\"/3D/3dmodel.model\"/>")),
              "xmlns:p=\"\(ThreeMFFixture.production)\"")
          )
        ])),
  ]

  // MARK: The package

  private static func changed(_ change: (inout ThreeMFFixture) -> Void) -> ThreeMFFixture {
    var fixture = ThreeMFFixture.plain
    change(&fixture)
    return fixture
  }

  private static let ticket = RelationshipType.printTicket

  static let packages: [Breach] = [
    Breach(
      "two roots", .startPart,
      changed {
        $0.rootRelationships = ThreeMFFixture.relationship(
          "/3D/other.model", RelationshipType.model)
        $0.parts = [other]
      }),
    Breach(
      "one relationship twice", .relationships,
      changed {
        $0.rootRelationships = ThreeMFFixture.relationship(
          "3D/3dmodel.model", RelationshipType.model)
      }),
    Breach(
      "a target outside", .externalTarget,
      changed {
        $0.rootRelationships = ThreeMFFixture.relationship("http://example.com/a", "x")
      }),
    Breach(
      "a target said to be outside", .externalTarget,
      changed {
        $0.rootRelationships = ThreeMFFixture.relationship(
          "/a", "x", mode: " TargetMode=\"External\"")
      }),
    Breach(
      "a target that climbs out", .relationships,
      changed {
        $0.rootRelationships = ThreeMFFixture.relationship("../../etc/passwd", "x")
      }),
    Breach(
      "a relationship without a type", .relationships,
      changed {
        $0.rootRelationships = "<Relationship Id=\"x\" Target=\"/a\"/>"
      }),
    Breach(
      "two print tickets", .printTicket,
      changed {
        $0.modelRelationships =
          ThreeMFFixture.relationship("/a.xml", ticket)
          + ThreeMFFixture.relationship("/b.xml", ticket)
        $0.parts = [("a.xml", ""), ("b.xml", "")]
      }),
    Breach(
      "a print ticket that is not there", .missingPart,
      changed {
        $0.modelRelationships = ThreeMFFixture.relationship("/a.xml", ticket)
      }),
    Breach(
      "a model of another content type", .contentType,
      changed {
        $0.contentTypes = "<Override PartName=\"/3D/3dmodel.model\" ContentType=\"text/xml\"/>"
      }),
    Breach(
      "a content type twice", .contentType,
      changed {
        $0.contentTypes = "<Default Extension=\"MODEL\" ContentType=\"text/xml\"/>"
      }),
    Breach(
      "a content type for no part", .partName,
      changed {
        $0.contentTypes = "<Override PartName=\"/a/../b\" ContentType=\"text/xml\"/>"
      }),
    Breach("a part in a part", .partName, changed { $0.parts = [("3D/3dmodel.model/x.xml", "")] }),
  ]

  @Test("a package without content types, relationships or a model is refused", arguments: 0..<3)
  func missing(part: Int) {
    var entries = ThreeMFFixture.plain.entries
    entries.remove(at: part)
    let codes: [MeshRefusal.Code] = [.contentType, .startPart, .missingPart]
    let refusal = #expect(throws: MeshRefusal.self) {
      try ThreeMFReader.read(ZIPFixture(entries: entries).bytes())
    }
    #expect(refusal?.code == codes[part])
  }

  @Test("what slicers leave for themselves is never looked into")
  func slicerSettings() throws {
    let fixture = Self.changed {
      $0.parts = [
        ("Metadata/Slic3r_PE.config", "; post_process = rm -rf /"),
        ("Metadata/model_settings.config", "<<<"),
        (".hidden", "x"), ("Thumbs.", "x"),
      ]
    }
    var entries = fixture.entries
    for index in 3..<entries.count { entries[index].checksum = 0 }
    #expect(try ThreeMFReader.read(ZIPFixture(entries: entries).bytes()).bodies.count == 1)
  }
}
