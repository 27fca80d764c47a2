public import Domain
internal import FoundationEssentials

extension MaterialCatalogue {
  /// What `format` must say. Another number is another format.
  public static let format = "everpart-materials/1"
  /// The largest catalogue that is read.
  public static let bytesMax = 4 << 20

  /// Reads a catalogue, strictly: every member must be known and make sense. The format is that of
  /// `Sources/Matching/Materials/Data/materials.json`.
  ///
  /// - Throws: a refusal that names the member.
  public init(json: some Collection<UInt8>) throws(StrictRefusal) {
    let file: CatalogueFile
    do {
      guard json.count <= Self.bytesMax else {
        throw StrictRefusal(at: "", "A catalogue has at most \(Self.bytesMax) bytes.")
      }
      file = try JSONDecoder().decode(CatalogueFile.self, from: Data(json))
    } catch {
      throw StrictRefusal(error)
    }
    try self.init(edition: file.edition, file.materials.map(\.material))
  }
}

private struct CatalogueFile: Decodable {
  let edition: CalendarDay
  let materials: [MaterialText]

  init(from decoder: any Decoder) throws {
    let file = try StrictObject(decoder, members: ["format", "edition", "materials"])
    let format: String = try file.value("format")
    try file.check(
      format == MaterialCatalogue.format, "format", "It is \(MaterialCatalogue.format).")
    edition = try file.value("edition")
    materials = try file.value("materials")
    try file.check(materials.count <= 10_000, "materials", "There are at most 10000.")
  }
}

private struct MaterialText: Decodable {
  private static let members: Set = [
    "id", "name", "class", "processes", "standards", "aliases", "density_g_cm3", "substitutes",
  ]
  let material: CatalogueMaterial

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, members: Self.members)
    let id = try object.text("id")
    try object.check(
      Material(id)?.name == id, "id", "It is 1 to 40 of A–Z, 0–9, -, +, . and /.")
    let aliases: [AliasText] = try object.optional("aliases") ?? []
    try object.check(aliases.count <= 200, "aliases", "There are at most 200.")
    let density: FigureText? = try object.optional("density_g_cm3")
    let substitutes: [SubstituteText] = try object.optional("substitutes") ?? []
    let processes = try object.texts("processes", countMax: 20)
    try object.check(!processes.isEmpty, "processes", "There is at least one.")
    material = CatalogueMaterial(
      id: id, name: try object.text("name"), kind: try object.text("class"), processes: processes,
      standards: try object.texts("standards", countMax: 50),
      aliases: aliases.map(\.alias), density: density?.figure,
      substitutes: substitutes.map(\.substitute))
  }
}

private struct AliasText: Decodable {
  let alias: CatalogueMaterial.Alias

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, members: ["name", "supplier"])
    alias = .init(
      name: try object.text("name"), supplier: try object.optionalText("supplier"))
  }
}

private struct FigureText: Decodable {
  let figure: CatalogueMaterial.Figure

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, members: ["value", "source"])
    figure = .init(
      value: try object.number("value", in: 0.001...100), source: try object.text("source"))
  }
}

private struct SubstituteText: Decodable {
  let substitute: CatalogueMaterial.Substitute

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, members: ["material", "note"])
    substitute = .init(
      material: try object.text("material"), note: try object.text("note", bytesMax: 300))
  }
}
