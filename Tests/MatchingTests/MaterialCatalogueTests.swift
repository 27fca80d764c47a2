import Domain
import Matching
import Testing

@Suite("The catalogue of materials")
struct MaterialCatalogueTests {
  private let catalogue = MaterialCatalogue.builtIn

  @Test(
    "trade names meet, however they are written",
    arguments: [
      ("HP 3D HR PA 12", "PA12"), ("hp 3d hr pa12", "PA12"), ("EOS PA2200", "PA12"),
      ("pa-12", "PA12"),
      ("Nylon  12", "PA12"), ("HP® 3D HR PA 12", "PA12"), ("PA12", "PA12"),
      ("Ti-6Al-4V", "TI-6AL-4V"),
      ("Ti64", "TI-6AL-4V"), ("1.4404", "316L"), ("SS 316L", "316L"), ("Prusament PETG", "PETG"),
      ("Plexiglas", "PMMA"), ("Birch Plywood", "PLYWOOD-BIRCH"),
    ])
  func meet(name: String, id: String) {
    #expect(catalogue.canonicalName(of: name) == id)
    #expect(catalogue.material(named: name)?.id == id)
  }

  @Test(
    "what is something else stays something else",
    arguments: [
      ("PA12", "PA12-GF"), ("PA12", "PA12-CF"), ("PA 2200", "PA 3200 GF"), ("TPU-95A", "TPU-85A"),
      ("316L", "316"), ("Ti64", "Ti64 ELI"), ("ULTEM 9085", "ULTEM 1010"), ("PC", "PC-ABS"),
      ("1.4301", "1.4404"), ("PA11", "PA12"), ("HP 3D HR PA 12", "HP 3D HR PA 12 GB"),
    ])
  func differ(one: String, other: String) {
    #expect(catalogue.canonicalName(of: one) != catalogue.canonicalName(of: other))
  }

  @Test("what is not known equals itself alone")
  func unknown() {
    for name in ["316", "Unobtainium", "pa 12 x", "", "\u{202E}PA"] {
      #expect(catalogue.canonicalName(of: name) == name && catalogue.material(named: name) == nil)
    }
  }

  @Test("each name of each material finds it, and figures are plausible")
  func complete() {
    #expect(catalogue.materials.count > 50)
    let densities: [String: ClosedRange<Double>] = [
      "thermoplastic": 0.85...1.5, "elastomer": 0.9...1.4, "photopolymer": 1...1.5,
      "metal": 2.5...9,
    ]
    for material in catalogue.materials {
      for name in [material.id] + material.aliases.map(\.name) {
        #expect(catalogue.material(named: name) == material, "\(name)")
      }
      if let density = material.density {
        #expect(densities[material.kind]?.contains(density.value) == true, "\(material.id)")
      }
      #expect(!material.processes.isEmpty && Material(material.id) != nil)
    }
  }

  @Test(
    "a file is read strictly",
    arguments: [
      (#""id":"A1""#, #""id":"a1""#, "materials[0].id: It is 1 to 40"),
      (#""name":"A""#, #""naem":"A""#, "materials[0].naem: There is no such member"),
      (#""class":"metal""#, #""class":"\u0000""#, "materials[0].class: It has 1 to 200 bytes"),
      (#"["MEX"]"#, "[]", "materials[0].processes: There is at least one."),
      (#"{"name":"X 1"}"#, #"{"name":"b-1"}"#, "materials[1]: The name “B1” means A1 and B1."),
      (
        #""material":"B1""#, #""material":"C1""#,
        "materials[0].substitutes: There is no material C1"
      ),
      ("2.7", "-2.7", "materials[0].density_g_cm3.value: It lies between"),
      ("materials/1", "materials/2", "format: It is everpart-materials/1."),
      ("2026-12-01", "2026-13-01", "edition: It is not a day"),
      ("]}", "", "It is not JSON."),
    ])
  func strict(from: String, to: String, wanted: String) {
    let text = #"""
      {"format":"everpart-materials/1","edition":"2026-12-01","materials":[{"id":"A1","name":"A",\#
      "class":"metal","processes":["MEX"],"aliases":[{"name":"X 1"}],\#
      "density_g_cm3":{"value":2.7,"source":"S"},"substitutes":[{"material":"B1","note":"N"}]},\#
      {"id":"B1","name":"B","class":"metal","processes":["MEX"]}]}
      """#
    #expect(throws: Never.self) { try MaterialCatalogue(json: Array(text.utf8)) }
    let refusal = #expect(throws: StrictRefusal.self) {
      try MaterialCatalogue(json: Array(text.replacing(from, with: to).utf8))
    }
    #expect(refusal?.description.hasPrefix(wanted) == true, "\(refusal?.description ?? "")")
  }
}
