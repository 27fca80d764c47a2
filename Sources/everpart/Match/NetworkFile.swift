import Domain
import FoundationEssentials
import Matching

/// The bureaus of a network file (`Matching.md`).
struct NetworkFile: Decodable {
  /// The largest file that is read.
  static let bytesMax = 1 << 30
  private static let countMax = 2_000_000

  let bureaus: [BureauCapabilities]

  init(from decoder: any Decoder) throws {
    let file = try StrictObject(decoder, members: ["bureaus"])
    let texts: [BureauText] = try file.value("bureaus")
    try file.check(
      texts.count <= Self.countMax, "bureaus", "There are at most \(Self.countMax) bureaus.")
    bureaus = texts.map(\.bureau)
    var ids = Set<String>(minimumCapacity: bureaus.count)
    for bureau in bureaus where !ids.insert(bureau.id).inserted {
      throw file.refusal("bureaus", "Two bureaus have the id \(bureau.id).")
    }
  }

  /// The network, ready for questions.
  func index() -> NetworkIndex {
    Terminal.progress("arranging \(bureaus.count) bureaus …")
    defer { Terminal.progress("") }
    return NetworkIndex(version: 1, bureaus)
  }

  /// Reads a file; `-` is standard input.
  static func read(_ path: String) throws -> NetworkFile {
    let input = try InputFile(path)
    var bytes = Data(capacity: min(input.size ?? 0, bytesMax))
    try input.forEachPiece("reading the network") { piece in
      guard bytes.count + piece.count <= bytesMax else {
        throw Problem(
          .tooLarge, "match.network", "\(input.name): A network has at most \(bytesMax >> 30) GiB.")
      }
      bytes.append(contentsOf: piece)
    }
    Terminal.progress("reading the network …")
    defer { Terminal.progress("") }
    do {
      return try JSONDecoder().decode(NetworkFile.self, from: bytes)
    } catch {
      throw Problem(.invalid, "match.network", "\(input.name): \(StrictRefusal(error))")
    }
  }
}

private struct BureauText: Decodable {
  static let members: Set = [
    "id", "name", "location", "certifications", "machines", "capacity", "queue_hours", "ships_to",
    "rate_card",
  ]

  let bureau: BureauCapabilities

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, members: Self.members)
    let location: LocationText = try object.value("location")
    let machines: [MachineText] = try object.value("machines")
    let certificates: [CertificateText] = try object.optional("certifications") ?? []
    try object.check(machines.count <= 1000, "machines", "There are at most 1000.")
    try object.check(
      Set(machines.map(\.machine.id)).count == machines.count, "machines",
      "Two have the same id.")
    try object.check(certificates.count <= 1000, "certifications", "There are at most 1000.")
    let jobsLeft: Int? = try object.optional("capacity")
    try object.check(
      jobsLeft.map { (0...1_000_000_000).contains($0) } ?? true, "capacity",
      "It lies between 0 and 1000000000, or is null for any number of jobs.")
    let queueHours: Double = try object.optional("queue_hours") ?? 0
    try object.check(
      (0...1e6).contains(queueHours), "queue_hours", "It lies between 0 and 1000000.")
    // What is in it comes with quotes.
    _ = try object.optional("rate_card") as RateCardText?
    let id = try object.text("id")
    bureau = BureauCapabilities(
      id: id, name: try object.optionalText("name") ?? id,
      sites: [
        .init(
          coordinates: location.coordinates, country: location.country,
          machines: machines.map(\.machine))
      ], certificates: certificates.map(\.certificate),
      shipsTo: try object.optional("ships_to"), jobsLeft: jobsLeft, queueHours: queueHours)
  }
}

/// Any object.
private struct RateCardText: Decodable {
  init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Key.self) }

  private enum Key: CodingKey {}
}

/// A place and the country that it is in; of a bureau and of a destination.
struct LocationText: Decodable {
  private static let members: Set = ["latitude", "longitude", "country"]

  let coordinates: Coordinates
  let country: Country

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, members: Self.members)
    let latitude: Double = try object.number("latitude", in: -90...90)
    let longitude: Double = try object.number("longitude", in: -180...180)
    guard let place = Coordinates(latitude: latitude, longitude: longitude) else {
      throw object.refusal("latitude", "It is no number.")
    }
    coordinates = place
    country = try object.value("country")
  }
}

private struct MachineText: Decodable {
  private static let members: Set = [
    "id", "process", "materials", "build_volume_mm", "count", "hours_per_day",
  ]

  let machine: BureauCapabilities.Machine

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, members: Self.members)
    // How many there are and how long they run says nothing of one job; both have to make sense.
    let count: Int = try object.optional("count") ?? 1
    let hours: Double = try object.optional("hours_per_day") ?? 24
    try object.check((1...100_000).contains(count), "count", "It lies between 1 and 100000.")
    try object.check((0...24).contains(hours), "hours_per_day", "It lies between 0 and 24.")
    machine = BureauCapabilities.Machine(
      id: try object.text("id"), process: try object.text("process"),
      materials: try object.texts("materials", countMax: 500).map(
        MaterialCatalogue.builtIn.canonicalName(of:)),
      buildVolume: try object.box("build_volume_mm"))
  }
}

private struct CertificateText: Decodable {
  private static let members: Set = ["scheme", "valid_from", "valid_until"]

  let certificate: BureauCapabilities.Certificate

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, members: Self.members)
    let (from, until): (CalendarDay, CalendarDay) = (
      try object.value("valid_from"), try object.value("valid_until")
    )
    try object.check(from <= until, "valid_until", "It is before valid_from.")
    certificate = .init(scheme: try object.text("scheme"), validFrom: from, validUntil: until)
  }
}

extension StrictObject {
  /// Three sides in millimetres.
  func box(_ name: String) throws -> BoxSize {
    let sides: [Double] = try value(name)
    guard sides.count == 3, sides.allSatisfy({ $0 > 0 && $0 <= 1e6 }),
      let box = BoxSize(x: sides[0], y: sides[1], z: sides[2])
    else { throw refusal(name, "These are three sides above 0 and up to 1000000 mm.") }
    return box
  }
}
