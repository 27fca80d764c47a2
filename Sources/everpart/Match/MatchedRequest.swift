import Domain
import FoundationEssentials
import Matching

/// A line of a request file (`Matching.md`).
struct MatchedRequest: Decodable {
  private static let members: Set = [
    "id", "destination", "process", "material", "size_mm", "volume_mm3", "quantity",
    "certifications", "production_date",
  ]
  private static let lineBytesMax = 1 << 16

  let id: String
  let quantity: Int
  /// The material as the line calls it.
  let material: String
  let request: MatchRequest

  init(from decoder: any Decoder) throws {
    let object = try StrictObject(decoder, members: Self.members)
    id = try object.text("id")
    let destination: LocationText = try object.value("destination")
    quantity = try object.optional("quantity") ?? 1
    try object.check(
      (1...1_000_000).contains(quantity), "quantity", "It lies between 1 and 1000000.")
    let volume: Double = try object.optional("volume_mm3") ?? 0
    try object.check(
      volume >= 0 && volume.isFinite, "volume_mm3", "It is a number of cubic millimetres.")
    material = try object.text("material")
    request = MatchRequest(
      process: try object.text("process"),
      material: MaterialCatalogue.builtIn.canonicalName(of: material),
      sizes: [try object.box("size_mm")],
      schemes: try object.texts("certifications", countMax: 100),
      productionDay: try object.value("production_date"), destination: destination.coordinates,
      country: destination.country)
  }

  /// What is wanted, in words.
  var words: String {
    let size = request.sizes.map(\.words).joined(separator: " and ")
    let schemes = request.schemes.joined(separator: " and ")
    return "\(quantity) × \(request.material) by \(PrintProcess.words(request.process)), \(size), "
      + "to \(request.country), made on \(request.productionDay)"
      + (schemes.isEmpty ? "" : ", certified to \(schemes)")
  }

  /// Calls `body` with each request of a file, in order; `-` is standard input. Empty lines are passed over.
  static func forEach(in path: String, _ body: (MatchedRequest) throws -> Void) throws {
    try forEachLine(of: path, lineBytesMax, "match.request", body)
  }
}

/// Calls `body` with each line of a file of JSON lines; `-` is standard input. Empty lines are passed over;
/// one that is too long or wrong is refused with its number.
func forEachLine<Value: Decodable>(
  of path: String, _ lineBytesMax: Int, _ code: String, _ body: (Value) throws -> Void
) throws {
  let input = try InputFile(path)
  var (rest, number) = (Data(), 0)
  func take(_ line: Data) throws {
    number += 1
    guard line.count <= lineBytesMax else {
      throw Problem(
        .tooLarge, code, "\(input.name) line \(number): A line has at most \(lineBytesMax) bytes.")
    }
    guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
    let value: Value
    do {
      value = try JSONDecoder().decode(Value.self, from: line)
    } catch {
      throw Problem(
        .invalid, code, "\(input.name) line \(number): \(StrictRefusal(error))")
    }
    try body(value)
  }
  try input.forEachPiece("matching") { piece in
    rest.append(contentsOf: piece)
    var start = rest.startIndex
    while let end = rest[start...].firstIndex(of: 0x0A) {
      try take(rest[start..<end])
      start = end + 1
    }
    rest = Data(rest[start...])
    // One that does not end is not waited for.
    if rest.count > lineBytesMax { try take(rest) }
  }
  try take(rest)
}

/// An earlier answer: where each request is.
struct KeptAnswers: Decodable {
  private static let lineBytesMax = 1 << 28

  let id: String
  let assigned: String?

  /// The bureaus by request.
  static func read(_ path: String) throws -> [String: String] {
    var kept: [String: String] = [:]
    try forEachLine(of: path, lineBytesMax, "match.kept") { (answer: KeptAnswers) in
      kept[answer.id] = answer.assigned
    }
    return kept
  }
}
