import ArgumentParser
import Domain
import Foundation
import TestSupport
import Testing

@testable import everpart

@Suite("A catalogue is checked before anything is sent")
struct CatalogueTests {
  private static let profile = """
    {"process": "MEX", "material": "PETG", "layer_height_um": 200, "tolerance": "ISO 2768-m",
     "finish": "as printed", "orientation": "base down", "certifications": [], "inspection": []}
    """
  private static let head =
    "sku;name;price;payout;currency;profile;geometry;units;design;drawing;fits"

  private func folder() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: directory.path("files/sub"), withIntermediateDirectories: true)
    try directory.write(SampleMesh.box(), to: "files/cap.stl")
    try directory.write(SampleMesh.box(6, 6, 6), to: "files/sub/cap.stl")
    try directory.write(Self.profile.utf8, to: "files/petg.json")
    try directory.write(
      Self.profile.replacing("PETG", with: "PLA").utf8, to: "files/pla.fff.json")
    try directory.write(
      Self.profile.replacing("PETG", with: "ABS").utf8, to: "files/sub/petg.json")
    try directory.write(Self.profile.replacing("200,", with: "0,").utf8, to: "files/thin.json")
    try directory.write("{}".utf8, to: "files/empty.json")
    try directory.write(SampleDocument.pdf, to: "files/sheet.pdf")
    try directory.write("solid".utf8, to: "files/broken.stl")
    try directory.write(
      #"{"authorised_units": 7, "scrap_allowance": 1}"#.utf8, to: "files/terms.json")
    try directory.write("secret".utf8, to: "outside.stl")
    symlink(directory.path("outside.stl"), directory.path("files/link.stl"))
    symlink(directory.path("files/cap.stl"), directory.path("files/inner.stl"))
    return directory
  }

  private func read(
    _ text: String, _ directory: TemporaryDirectory, allowOpen: Bool = false
  ) throws -> (Catalogue?, [String]) {
    var reader = CatalogueReader(
      folder: try ImportFolder(directory.path("files")), allowOpen: allowOpen)
    let catalogue = reader.read(Array(text.utf8))
    return (catalogue, reader.faults.map { "\($0.line) \($0.column ?? "-") \($0.code)" })
  }

  @Test("a mesh of any format is read in the unit that its row says, and what cannot be is told")
  func formats() throws {
    let directory = try folder()
    try directory.write(SampleMesh.boxOBJ(2, 3, 1), to: "files/cap.obj")
    let (catalogue, faults) = try read(
      """
      \(Self.head);unit
      A;Cap;3.9;2.40;eur;petg.json;cap.obj;500;;;;Inch
      B;Cap;3.9;2.40;eur;petg.json;cap.stl;500;;;;
      """, directory)
    #expect(faults == [])
    let files = try #require(catalogue).designs.map { $0.files[0] }
    #expect(files.map(\.unit) == [.inch, nil])
    #expect(files.map(\.mediaType) == ["model/obj", "model/stl"])
    let (_, wrong) = try read(
      """
      \(Self.head);unit
      A;Cap;3.9;2.40;eur;petg.json;cap.obj;500;X;;;inch
      B;Cap;3.9;2.40;eur;petg.json;;500;X;;;foot
      C;Cap;3.9;2.40;eur;petg.json;cap.obj;500;;;;mm
      """, directory)
    #expect(wrong == ["3 unit import.design_differs", "4 unit import.unit"])
  }

  @Test("a good catalogue is read: decimal commas, models, shared designs, defaults")
  func good() throws {
    let directory = try folder()
    let (read, faults) = try read(
      """
      \(Self.head);lead_days;licence;pq_only;territories
      A;Cap; 3,9 ;2.40;eur;petg.json;cap.stl;500;;sheet.pdf;Chair 7 | Chair 8;;;;DE|FR
      B;Leg;1290;900;JPY;pla.fff.json;sub\\cap.stl;;LEG;;;9;terms.json;no;
      C;Leg 2;1290;900;JPY;petg.json;;;LEG;;;;;;
      D;Leg 3;1290;900;JPY;pla;;;LEG;;;;terms.json;no;
      """, directory)
    #expect(faults == [])
    let catalogue = try #require(read)
    #expect(catalogue.rowCount == 4 && catalogue.designs.map(\.reference) == ["A", "LEG"])
    let (cap, leg) = (catalogue.designs[0], catalogue.designs[1])
    #expect(cap.rows[0].price == Money(minorUnits: 390, currency: Currency("EUR")!))
    #expect(cap.rows[0].fits == ["Chair 7", "Chair 8"] && cap.rows[0].leadDays == 5)
    #expect(cap.files.map(\.name) == ["cap.stl", "sheet.pdf"])
    #expect(cap.terms.territories == [Country("DE")!, Country("FR")!])
    #expect(cap.isPostQuantumOnly == nil && leg.isPostQuantumOnly == false)
    #expect(leg.rows[0].price.minorUnits == 1290 && leg.rows[0].leadDays == 9)
    #expect(leg.terms == LicenceTerms(authorisedUnits: 7, scrapAllowance: 1))
    #expect(leg.profiles.map(\.name) == ["pla", "petg"])
    #expect(leg.profileNames == ["pla", "petg", "pla"] && leg.files.count == 1)
  }

  @Test("everything that is wrong is said in one go, with line and column")
  func faults() throws {
    let directory = try folder()
    let (read, faults) = try read(
      """
      \(Self.head)
      A;Cap;3,9;2,4;EUR;petg.json;cap.stl;5;;;
      A;;1.234,5;x;Euro;petg.json;../outside.stl;5;Z;;
      C;Cap;3;2;EUR;thin.json;/etc/passwd;0;;;
      D;Cap;3;2;EUR;empty.json;link.stl;5;;;
      E;Cap;3;2;EUR;missing.json;broken.stl;;;;
      F;Cap;3;2;EUR;;inner.stl;5;;cap.stl;
      G;Cap;3;2;EUR;petg.json;cap.stl;5;X;;
      H;Cap;3;2;EUR;sub/petg.json;sub/cap.stl;6;X;;
      I;Cap;3;2;EUR;nobody;cap.stl;5;;;
      J;Cap;3;2
      K;Cap;-3;2;EUR;petg.json;.;5;;;
      """, directory)
    #expect(read == nil)
    #expect(
      faults == [
        "3 currency part.currency", "3 geometry import.file_outside", "3 name part.name",
        "3 payout part.price", "3 price part.price", "3 sku part.sku_taken",
        "4 geometry import.file_outside", "4 profile design.profile", "4 units licence.terms",
        "5 geometry import.file_outside", "5 profile file.json", "6 geometry mesh.truncated",
        "6 profile import.file_missing", "6 units import.licence", "7 drawing file.media_type",
        "7 profile import.profile", "9 geometry import.design_differs",
        "9 licence import.design_differs", "9 profile design.profile_twice",
        "10 profile import.profile", "11 - csv.columns", "12 geometry import.file_outside",
        "12 price part.price",
      ], "\(faults)")
  }

  @Test("columns that are missing, unknown or there twice are named; no rows are no catalogue")
  func columns() throws {
    let directory = try folder()
    #expect(
      try read("sku,name,nmae,name\nA,b,c,d\n", directory).1.filter { $0.hasPrefix("1 ") } == [
        "1 currency csv.column_missing", "1 name csv.column_twice", "1 nmae csv.column_unknown",
        "1 payout csv.column_missing", "1 price csv.column_missing",
        "1 profile csv.column_missing",
      ])
    #expect(try read("\(Self.head)\n;;;;;;;;;;\n", directory).1 == ["1 - csv.empty"])
    #expect(throws: SystemFailure.self) { try ImportFolder(directory.path("outside.stl")) }
    #expect(throws: SystemFailure.self) { try ImportFolder(directory.path("nowhere")) }
  }

  @Test("a surface with a boundary is a fault unless it is allowed")
  func open() throws {
    let directory = try folder()
    let open = try Repository.bytes("Fixtures/meshes/cube_open.stl")
    try directory.write(open, to: "files/open.stl")
    let text = "\(Self.head)\nA;Cap;3;2;EUR;petg.json;open.stl;5;;;\n"
    #expect(try read(text, directory).1 == ["2 geometry mesh.not_closed"])
    #expect(try read(text, directory, allowOpen: true).0 != nil)
  }

  @Test("--check says what is wrong and fails, sends nothing, and writes the report")
  func check() async throws {
    let directory = try folder()
    try directory.write(
      "\(Self.head)\n=A;Cap;3;2;EUR;petg.json;no.stl;5;;;\n".utf8, to: "bad.csv")
    try directory.write(
      "\(Self.head)\nA;Cap;3;2;EUR;petg.json;cap.stl;5;;;\n".utf8, to: "good.csv")
    func run(_ name: String) async throws {
      let command = try #require(
        try Everpart.parseAsRoot([
          "brand", "import", directory.path(name), directory.path("files"), "--check", "--json",
          "--report", directory.path("report.csv"), "--server", "http://127.0.0.1:1",
        ]) as? BrandCommand.Import)
      try await command.run()
    }
    await #expect(throws: Interrupted.self) { try await run("bad.csv") }
    let report = String(decoding: try directory.read("report.csv"), as: UTF8.self)
    #expect(report.contains("2,'=A,refused,import.file_missing,geometry: There is no file"))
    try await run("good.csv")
  }

  @Test("a part whose size is strange is a fault until its row says the unit, millimetres too")
  func unit() throws {
    let directory = try folder()
    try directory.write(SampleMesh.box(1.5, 1.2, 0.4), to: "files/inch.stl")
    func text(_ unit: String) -> String {
      "\(Self.head);unit\nA;Cap;3;2;EUR;petg.json;inch.stl;5;;;;\(unit)\n"
    }
    #expect(try read(text(""), directory).1 == ["2 unit mesh.unit_suspected"])
    #expect(try read(text(""), directory, allowOpen: true).0 == nil)
    for unit in ["millimeter", "inch"] { #expect(try read(text(unit), directory).0 != nil) }
  }

  @Test("millimetres that are said are those that were taken where nothing was")
  func sameUnit() throws {
    let directory = try folder()
    let path = directory.path("files/cap.stl")
    let said = try DesignFile(path, .geometry, unit: .millimeter)
    let stored: JSONValue = [
      "name": "cap.stl", "purpose": "geometry", "bytes": .integer(Int64(said.size)),
    ]
    #expect(said.looksLike(stored))
    #expect(try DesignFile(path, .geometry, unit: nil).looksLike(stored))
    #expect(try !DesignFile(path, .geometry, unit: .inch).looksLike(stored))
  }
}
