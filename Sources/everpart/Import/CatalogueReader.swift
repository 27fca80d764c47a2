import Domain
import Vault

/// Reads a catalogue and gathers everything that is wrong with it.
struct CatalogueReader {
  private let folder: ImportFolder
  private let allowOpen: Bool
  private(set) var faults: [CSVFault] = []
  /// The rows' SKUs by their lines, as far as they could be read.
  private(set) var skus: [Int: String] = [:]
  /// Files by path and purpose: one that several rows name is measured once.
  private var files: [String: Result<DesignFile, any Error>] = [:]
  private var profiles: [String: Result<PrintProfile, Problem>] = [:]
  private var licences: [String: Result<LicenceTerms, Problem>] = [:]

  init(folder: ImportFolder, allowOpen: Bool) {
    (self.folder, self.allowOpen) = (folder, allowOpen)
  }

  /// The catalogue, or nil when there are faults.
  mutating func read(_ bytes: [UInt8]) -> Catalogue? {
    let table: CSVTable
    do {
      table = try CSVTable(bytes, requiring: "sku")
    } catch {
      faults.append(
        error as? CSVFault
          ?? CSVFault(line: 1, column: nil, code: "csv.unreadable", message: oneLine(error)))
      return nil
    }
    faults += table.faults
    checkHeader(table.header)
    guard !table.records.isEmpty || !table.faults.isEmpty else {
      fail(table.header.line, nil, "csv.empty", "There is no row below the first line.")
      return nil
    }
    var rows: [CatalogueRow] = []
    for record in table.records {
      var cells = CellReader(record, header: table.header.cells)
      rows.append(CatalogueRow(&cells))
      faults += cells.faults
    }
    for row in rows { skus[row.line] = row.sku }
    checkSKUs(rows)
    // In the order of their first rows; a name that is empty was a fault already.
    var order: [String] = []
    var groups: [String: [CatalogueRow]] = [:]
    for row in rows {
      if groups[row.design] == nil { order.append(row.design) }
      groups[row.design, default: []].append(row)
    }
    let designs = order.compactMap { design($0, groups[$0] ?? []) }
    faults.sort { ($0.line, $0.column ?? "") < ($1.line, $1.column ?? "") }
    return faults.isEmpty ? Catalogue(designs: designs, rowCount: rows.count) : nil
  }

  private mutating func fail(_ line: Int, _ column: String?, _ code: String, _ message: String) {
    faults.append(CSVFault(line: line, column: column, code: code, message: message))
  }

  private mutating func checkHeader(_ header: CSVRecord) {
    let known = CatalogueRow.required + CatalogueRow.optional
    for (index, name) in header.cells.enumerated() {
      if header.cells[..<index].contains(name) {
        fail(header.line, name, "csv.column_twice", "The column is there twice.")
      } else if !known.contains(name) {
        fail(
          header.line, name, "csv.column_unknown",
          "There is no such column, only \(known.joined(separator: ", ")).")
      }
    }
    for name in CatalogueRow.required where !header.cells.contains(name) {
      fail(header.line, name, "csv.column_missing", "The column has to be there.")
    }
  }

  private mutating func checkSKUs(_ rows: [CatalogueRow]) {
    var first: [String: Int] = [:]
    for row in rows where !row.sku.isEmpty {
      if let line = first[row.sku] {
        fail(row.line, "sku", "part.sku_taken", "Line \(line) has the same SKU.")
      } else {
        first[row.sku] = row.line
      }
    }
  }

  private mutating func design(_ reference: String, _ rows: [CatalogueRow]) -> CatalogueDesign? {
    let before = faults.count
    let files = designFiles(rows)
    let (profiles, names) = profiles(rows)
    let terms = terms(rows)
    let isPostQuantumOnly = same(rows, "pq_only", \.isPostQuantumOnly) ?? nil
    guard faults.count == before, let terms else { return nil }
    return CatalogueDesign(
      reference: reference, rows: rows, files: files, profiles: profiles, profileNames: names,
      terms: terms, isPostQuantumOnly: isPostQuantumOnly)
  }

  /// What the first row that says something says, and every other has to say, too, or nothing.
  private mutating func same<Value: Equatable>(
    _ rows: [CatalogueRow], _ column: String, _ value: (CatalogueRow) -> Value?
  ) -> Value? {
    guard let first = rows.first(where: { value($0) != nil }) else { return nil }
    for row in rows {
      guard let other = value(row), other != value(first) else { continue }
      fail(
        row.line, column, "import.design_differs",
        "Line \(first.line) says something else of the design “\(row.design)”.")
    }
    return value(first)
  }

  private mutating func designFiles(_ rows: [CatalogueRow]) -> [DesignFile] {
    let named: (String) -> String? = { $0.isEmpty ? nil : $0 }
    let geometry = same(rows, "geometry") { named($0.geometry) }
    let drawings = same(rows, "drawing") { $0.drawings.isEmpty ? nil : $0.drawings } ?? []
    let plans =
      same(rows, "inspection_plan") { $0.inspectionPlans.isEmpty ? nil : $0.inspectionPlans } ?? []
    let line: (String, (CatalogueRow) -> Bool) -> Int = { _, says in
      rows.first(where: says)?.line ?? rows[0].line
    }
    guard let geometry else {
      fail(rows[0].line, "geometry", "import.geometry", "The file that is printed belongs here.")
      return []
    }
    var files: [DesignFile] = []
    let unit = same(rows, "unit", \.unit)
    func add(_ name: String, _ purpose: FilePurpose, _ column: String, at line: Int) {
      let unit = purpose == .geometry ? unit : nil
      guard let file = file(name, purpose, unit, column, at: line) else { return }
      guard !files.contains(where: { $0.name == file.name }) else {
        return fail(
          line, column, "file.name_taken",
          "Another file of the design is called “\(Terminal.plain(file.name))”, too.")
      }
      files.append(file)
    }
    add(geometry, .geometry, "geometry", at: line("geometry") { !$0.geometry.isEmpty })
    let drawingLine = line("drawing") { !$0.drawings.isEmpty }
    for name in drawings { add(name, .drawing, "drawing", at: drawingLine) }
    let planLine = line("inspection_plan") { !$0.inspectionPlans.isEmpty }
    for name in plans { add(name, .inspectionPlan, "inspection_plan", at: planLine) }
    if drawings.count + plans.count > 7 {
      fail(
        drawingLine, "drawing", "design.too_many_files", "A design has at most eight files in all.")
    }
    return files
  }

  private mutating func file(
    _ name: String, _ purpose: FilePurpose, _ unit: MeshUnit?, _ column: String, at line: Int
  ) -> DesignFile? {
    do {
      let path = try folder.path(of: name)
      let key = "\(purpose.rawValue) \(unit?.rawValue ?? "-") \(path)"
      let result = files[key] ?? Result { try DesignFile(path, purpose, unit: unit) }
      files[key] = result
      let file = try result.get()
      try FileChecks.checkName(file.name)
      guard !file.hasBoundary || allowOpen else {
        fail(
          line, column, "mesh.not_closed",
          "The surface has a boundary. Mend it, or say --allow-open to have it released as it is.")
        return nil
      }
      if let suspicion = file.unitSuspicion {
        // A unit that cannot be read was a fault already.
        if !faults.contains(where: { $0.line == line && $0.column == "unit" }) {
          fail(
            line, "unit", "mesh.unit_suspected",
            "\(suspicion) The column “unit” says it, millimeter too.")
        }
        return nil
      }
      return file
    } catch {
      let problem = Problem(ofFile: error)
      fail(line, column, problem.code, problem.detail)
      return nil
    }
  }

  /// The profiles of a design under their names, and each row's.
  private mutating func profiles(_ rows: [CatalogueRow]) -> ([NamedProfile], [String]) {
    var found: [NamedProfile] = []
    for row in rows where row.profile.lowercased().hasSuffix(".json") {
      guard let profile = profile(row) else { continue }
      let name = profileName(ofFile: row.profile)
      if let other = found.first(where: { $0.name == name }) {
        guard other.profile != profile else { continue }
        fail(
          row.line, "profile", "design.profile_twice",
          "Two different profiles of the design are called “\(name)”, after their files.")
      } else {
        found.append(NamedProfile(name: name, profile: profile))
      }
    }
    var names: [String] = []
    for row in rows where !row.profile.isEmpty {
      let isFile = row.profile.lowercased().hasSuffix(".json")
      let name = isFile ? profileName(ofFile: row.profile) : row.profile
      if !isFile, !found.contains(where: { $0.name == name }) {
        fail(
          row.line, "profile", "import.profile",
          "No row of the design gives a profile “\(Terminal.plain(name))”: name its file, which ends in "
            + ".json.")
      }
      names.append(name)
    }
    if !found.isEmpty {
      do {
        try found.check()
      } catch {
        fail(rows[0].line, "profile", error.code, error.detail)
      }
    }
    return (found, names)
  }

  private mutating func profile(_ row: CatalogueRow) -> PrintProfile? {
    do {
      let path = try folder.path(of: row.profile)
      let result =
        profiles[path]
        ?? Result { () throws(Problem) in
          let profile = try readCatalogueJSON(path, as: PrintProfile.self, "a print profile")
          try profile.check()
          return profile
        }
      profiles[path] = result
      return try result.get()
    } catch {
      fail(row.line, "profile", error.code, error.detail)
      return nil
    }
  }

  private mutating func terms(_ rows: [CatalogueRow]) -> LicenceTerms? {
    let before = faults.count
    var said: [Int: LicenceTerms] = [:]
    for row in rows {
      if let terms = row.terms { said[row.line] = terms }
      guard !row.licenceFile.isEmpty else { continue }
      do {
        let path = try folder.path(of: row.licenceFile)
        let result =
          licences[path]
          ?? Result { () throws(Problem) in
            let terms = try readCatalogueJSON(path, as: LicenceTerms.self, "a licence's terms")
            try terms.check()
            return terms
          }
        licences[path] = result
        said[row.line] = try result.get()
      } catch {
        fail(row.line, "licence", error.code, error.detail)
      }
    }
    let terms = same(rows, "licence") { said[$0.line] }
    if terms == nil, faults.count == before {
      fail(
        rows[0].line, "units", "import.licence",
        "How many units may be printed belongs here, or a file with terms into “licence”.")
    }
    return terms
  }
}

/// A small JSON file of a catalogue.
private func readCatalogueJSON<Value: Decodable>(
  _ path: String, as type: Value.Type, _ what: String
) throws(Problem) -> Value {
  do {
    return try readJSON(path, as: type, what: what)
  } catch {
    throw Problem(ofFile: error)
  }
}

extension Problem {
  /// What a file on this disk is refused with.
  fileprivate init(ofFile error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let failure as SystemFailure: self.init(.invalid, "file.unreadable", failure.description)
    default:
      let refusal = FileRefusal(error, of: "")
      self.init(.invalid, refusal.code, refusal.message)
    }
  }
}
