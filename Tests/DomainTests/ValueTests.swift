import Domain
import FoundationEssentials
import TestSupport
import Testing

@Test("money that does not fit 64 bits is nothing, not something smaller")
func moneyOverflow() throws {
  let euro = try #require(Currency("EUR"))
  #expect(Money(minorUnits: 1999, currency: euro).times(3)?.minorUnits == 5997)
  #expect(Money(minorUnits: .max, currency: euro).times(2) == nil)
  #expect(Money(minorUnits: .max, currency: euro).times(1)?.minorUnits == .max)
  #expect(Money(minorUnits: .max / 10_000 + 1, currency: euro).times(10_000) == nil)
}

@Test("codes of currencies and countries are upper-case letters of their length")
func codes() {
  for text in ["", "EU", "eur", "EURO", "E R", "ÉUR", "E\u{0}R"] { #expect(Currency(text) == nil) }
  for text in ["", "D", "de", "DEU", "D1", "D\u{0}", "Ä"] { #expect(Country(text) == nil) }
  #expect(Country("DE")?.code == "DE")
  // Left to users, reserved, given up, never assigned.
  for text in ["XX", "XK", "ZZ", "AA", "QM", "UK", "EU", "SU", "AN", "AB"] {
    #expect(Country(text) == nil, "\(text)")
  }
  for text in ["GB", "AX", "BL", "CW", "SS", "SX", "AD", "ZW"] {
    #expect(Country(text) != nil, "\(text)")
  }
  let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
  let assigned = letters.flatMap { first in letters.compactMap { Country(first + $0) } }
  #expect(assigned.count == 249)
}

@Test("a place is on the Earth, and a coarse one is within a tenth of a degree of it")
func coordinates() throws {
  #expect(Coordinates(latitude: 90.01, longitude: 0) == nil)
  #expect(Coordinates(latitude: 0, longitude: -180.01) == nil)
  #expect(Coordinates(latitude: .nan, longitude: 0) == nil)
  #expect(Coordinates(latitude: 0, longitude: .infinity) == nil)
  var generator = SeededGenerator(seed: 2)
  for _ in 0..<200 {
    let place = try #require(
      Coordinates(
        latitude: .random(in: -90...90, using: &generator),
        longitude: .random(in: -180...180, using: &generator)))
    #expect(abs(place.coarse.latitude - place.latitude) <= 0.0500001)
    #expect(abs(place.coarse.longitude - place.longitude) <= 0.0500001)
    #expect(place.coarse.coarse == place.coarse)
  }
}

@Test(
  "text with control characters, with none at all, or too much of it is not plain",
  arguments: [
    "", "a\u{0}b", "a\nb", "a\tb", "a\u{1B}[31mb", "a\u{7F}", "a\u{9B}31m", "a\u{202E}b",
    "a\u{2066}b", "a\u{200F}b", "a\u{2028}b", "a\u{2029}b", "a\u{61C}b", "a\u{FEFF}b",
    "a\u{200B}b", "a\u{E0041}b", "a\u{AD}b", "a\u{2060}b", String(repeating: "ä", count: 6),
  ])
func textRefusals(text: String) {
  #expect(!text.isPlainText(maximumBytes: 10))
}

@Test("ordinary text of any script is plain")
func plainText() {
  for text in ["Möbelfuß 12 mm", "椅子の脚", "ножка", "ساق كرسي", "🪑"] {
    #expect(text.isPlainText(maximumBytes: 100))
  }
}

@Test("an address out of its limits is refused with its code")
func shipToLimits() throws {
  let good = ShipTo(
    name: "Ada", lines: ["Street 1"], postalCode: "10115", city: "Berlin",
    country: try #require(Country("DE")),
    coordinates: try #require(Coordinates(latitude: 52.5, longitude: 13.4)))
  try good.check()
  let faults: [(inout ShipTo) -> Void] = [
    { $0.name = "" }, { $0.name = "Ada\u{0}" }, { $0.name = String(repeating: "a", count: 201) },
    { $0.lines = [] }, { $0.lines = Array(repeating: "a", count: 6) }, { $0.lines = ["a", ""] },
    { $0.postalCode = "1\n2" }, { $0.city = "" }, { $0.contact = "\u{1B}]0;x\u{7}" },
  ]
  for fault in faults {
    var address = good
    fault(&address)
    let problem = #expect(throws: Problem.self) { try address.check() }
    #expect(problem?.code == "order.ship_to")
  }
}

@Test("a box fits into another whichever way it is turned, and only if some way exists")
func boxes() throws {
  let room = try #require(BoxSize(x: 100, y: 200, z: 300))
  for sides: [Double] in [
    [300, 100, 200], [200, 300, 100], [1, 199, 299], [100, 200, 300],
  ] {
    #expect(try #require(BoxSize(x: sides[0], y: sides[1], z: sides[2])).fits(in: room))
  }
  for sides: [Double] in [[300.1, 1, 1], [101, 101, 101.5], [1, 201, 201]] {
    #expect(!(try #require(BoxSize(x: sides[0], y: sides[1], z: sides[2])).fits(in: room)))
  }
  #expect(BoxSize(x: -1, y: 1, z: 1) == nil)
  #expect(BoxSize(x: .nan, y: 1, z: 1) == nil)
}

@Test("licence terms leave out what is usual and refuse what is senseless")
func licenceTerms() throws {
  let terms = try JSONDecoder().decode(
    LicenceTerms.self, from: Data(#"{"authorised_units":5}"#.utf8))
  #expect(terms == LicenceTerms(authorisedUnits: 5))
  try terms.check()
  let day = CalendarDay(daysSinceEpoch: 100)
  for senseless in [
    LicenceTerms(authorisedUnits: -1), LicenceTerms(authorisedUnits: 1_000_000_001),
    LicenceTerms(authorisedUnits: 1, scrapAllowance: -1),
    LicenceTerms(authorisedUnits: 1, validFrom: day + 1, validUntil: day),
  ] {
    let problem = #expect(throws: Problem.self) { try senseless.check() }
    #expect(problem?.code == "licence.terms")
  }
}

@Test("a page shows its limit and says whether there is more")
func pages() throws {
  #expect(Page([1, 2, 3], limit: 2) == Page(data: [1, 2], hasMore: true))
  #expect(Page([1, 2], limit: 2) == Page(data: [1, 2], hasMore: false))
  for limit in [-1, 0, 101, .max] {
    let problem = #expect(throws: Problem.self) { try Page<Int>.checked(limit: limit) }
    #expect(problem?.code == "page.limit")
  }
}
