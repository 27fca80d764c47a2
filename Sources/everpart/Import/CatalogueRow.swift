import Domain

/// One part of a catalogue, as its row says it.
struct CatalogueRow {
  /// Every column that there may be; those that have to be there first.
  static let required = ["sku", "name", "price", "payout", "currency", "profile"]
  static let optional = [
    "description", "fits", "lead_days", "design", "geometry", "unit", "drawing", "inspection_plan",
    "licence",
    "units", "scrap", "territories", "valid_from", "valid_until", "pq_only",
  ]

  let line: Int
  let sku: String
  let name: String
  let description: String
  let fits: [String]
  let price: Money
  let payout: Money
  let leadDays: Int
  /// What the design is called in the catalogue: rows that name the same share it.
  let design: String
  let geometry: String
  /// What the geometry's coordinates are in; nil where the row does not say.
  let unit: MeshUnit?
  let drawings: [String]
  let inspectionPlans: [String]
  /// A file, or the name of a profile that another row of the design gives.
  let profile: String
  /// The file with the licence's terms.
  let licenceFile: String
  /// The terms that the row's own columns say; nil where it says none.
  let terms: LicenceTerms?
  /// Nil where the row does not say.
  let isPostQuantumOnly: Bool?
}

/// Reads the cells of one record and gathers what is wrong with them, all of it.
struct CellReader {
  let line: Int
  private let cells: [String: String]
  private(set) var faults: [CSVFault] = []

  init(_ record: CSVRecord, header: [String]) {
    line = record.line
    cells = Dictionary(
      zip(header, record.cells.map(trimmed)), uniquingKeysWith: { first, _ in first })
  }

  /// A cell without the white space around it; empty where there is none.
  func text(_ column: String) -> String { cells[column] ?? "" }

  /// The elements of a cell that `|` separates.
  func list(_ column: String) -> [String] {
    text(column).split(separator: "|").map { trimmed(String($0)) }.filter { !$0.isEmpty }
  }

  mutating func fail(_ column: String, _ code: String, _ message: String) {
    faults.append(CSVFault(line: line, column: column, code: code, message: message))
  }

  /// Text within the limits of what a broker takes.
  mutating func plain(_ column: String, _ code: String, maximumBytes: Int) -> String {
    let text = text(column)
    if !text.isPlainText(maximumBytes: maximumBytes) {
      fail(
        column, code,
        text.isEmpty
          ? "This cell is empty."
          : "At most \(maximumBytes) bytes without control characters can be here.")
    }
    return text
  }

  /// A whole number without separators; `standard` where the cell is empty.
  mutating func integer(
    _ column: String, _ code: String, in range: ClosedRange<Int>, default standard: Int?
  ) -> Int {
    let text = text(column)
    if text.isEmpty, let standard { return standard }
    guard text.utf8.count <= 12, text.utf8.allSatisfy({ (48...57).contains($0) }),
      let value = Int(text), range.contains(value)
    else {
      fail(
        column, code,
        "A whole number from \(range.lowerBound) to \(range.upperBound) without separators belongs here."
      )
      return range.lowerBound
    }
    return value
  }

  /// A sum of money, `3.90` or `3,90`, without separators of thousands, which could be meant either way.
  mutating func money(_ column: String, _ currency: Currency) -> Money {
    let text = text(column)
    let parts = text.split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "," })
    let digits = currency.minorDigits
    let fraction = parts.count == 2 ? parts[1] : ""
    let isNumber = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) }
    }
    guard isNumber, (1...2).contains(parts.count), fraction.count <= digits,
      parts[0].count <= 12,
      let amount = Int64(
        parts[0] + fraction + String(repeating: "0", count: digits - fraction.count))
    else {
      fail(
        column, "part.price",
        "A sum such as \(digits == 0 ? "390" : "3.90 or 3,90") belongs here, with at most \(digits) "
          + "decimals in \(currency) and without separators of thousands.")
      return Money(minorUnits: 0, currency: currency)
    }
    return Money(minorUnits: amount, currency: currency)
  }

  mutating func day(_ column: String) -> CalendarDay? {
    let text = text(column)
    guard !text.isEmpty else { return nil }
    guard let day = CalendarDay(text) else {
      fail(column, "licence.terms", "A day such as 2027-01-31 belongs here.")
      return nil
    }
    return day
  }

  mutating func unit(_ column: String) -> MeshUnit? {
    let text = text(column)
    guard !text.isEmpty else { return nil }
    guard let unit = MeshUnit(rawValue: text.lowercased()) else {
      fail(column, "import.unit", "One of \(MeshUnit.names) belongs here, or nothing.")
      return nil
    }
    return unit
  }

  mutating func flag(_ column: String) -> Bool? {
    switch text(column).lowercased() {
    case "": return nil
    case "yes", "true", "1": return true
    case "no", "false", "0": return false
    default:
      fail(column, "import.flag", "“yes” or “no” belongs here, or nothing.")
      return nil
    }
  }
}

extension CatalogueRow {
  /// Reads a row; what is wrong with it is in the reader, and the row is of no use then.
  init(_ cells: inout CellReader) {
    line = cells.line
    sku = cells.plain("sku", "part.sku", maximumBytes: 64)
    name = cells.plain("name", "part.name", maximumBytes: 200)
    description =
      cells.text("description").isEmpty
      ? "" : cells.plain("description", "part.description", maximumBytes: 4000)
    fits = cells.list("fits")
    if fits.count > 200 || !fits.allSatisfy({ $0.isPlainText(maximumBytes: 200) }) {
      cells.fail(
        "fits", "part.fits", "At most 200 models, separated by |, each of at most 200 bytes.")
    }
    let code = cells.text("currency").uppercased()
    let currency = Currency(code)
    if currency == nil {
      cells.fail("currency", "part.currency", "An ISO 4217 code such as EUR belongs here.")
    }
    price = cells.money("price", currency ?? .euro)
    payout = cells.money("payout", currency ?? .euro)
    leadDays = cells.integer("lead_days", "part.lead_days", in: 1...365, default: 5)
    design =
      cells.text("design").isEmpty
      ? sku : cells.plain("design", "design.reference", maximumBytes: 64)
    geometry = cells.text("geometry")
    unit = cells.unit("unit")
    drawings = cells.list("drawing")
    inspectionPlans = cells.list("inspection_plan")
    profile = cells.text("profile")
    if profile.isEmpty {
      cells.fail("profile", "import.profile", "A profile's file, or its name, belongs here.")
    }
    licenceFile = cells.text("licence")
    terms = Self.terms(&cells)
    isPostQuantumOnly = cells.flag("pq_only")
  }

  private static func terms(_ cells: inout CellReader) -> LicenceTerms? {
    let columns = ["units", "scrap", "territories", "valid_from", "valid_until"]
    guard let named = columns.first(where: { !cells.text($0).isEmpty }) else { return nil }
    guard cells.text("licence").isEmpty else {
      cells.fail(
        named, "import.licence",
        "Terms are in the file of the column “licence” or here, not in both.")
      return nil
    }
    let territories = cells.list("territories").map { (text: $0, country: Country($0)) }
    for territory in territories where territory.country == nil {
      cells.fail(
        "territories", "licence.terms",
        "“\(territory.text)” is no ISO 3166 country code such as DE.")
    }
    let terms = LicenceTerms(
      authorisedUnits: cells.integer(
        "units", "licence.terms", in: 1...1_000_000_000, default: nil),
      scrapAllowance: cells.integer(
        "scrap", "licence.terms", in: 0...1_000_000_000, default: 0),
      territories: territories.compactMap(\.country), validFrom: cells.day("valid_from"),
      validUntil: cells.day("valid_until"))
    do {
      try terms.check()
    } catch {
      cells.fail("units", error.code, error.detail)
    }
    return terms
  }
}

extension Currency {
  static let euro = Currency("EUR")!

  /// How many decimals the currency's minor unit is (ISO 4217, table A.1): two but for these.
  var minorDigits: Int {
    switch code {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
      "VUV", "XAF", "XOF", "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    case "CLF", "UYW": 4
    default: 2
    }
  }
}
