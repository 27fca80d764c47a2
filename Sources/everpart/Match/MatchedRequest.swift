import Domain
import FoundationEssentials
import Matching

/// A line of a request file (`Files.md`, "Match").
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
    let hasSchemes = try object.optional("certifications") as [String]? != nil
    material = try object.text("material")
    request = MatchRequest(
      process: try object.text("process"), material: material,
      sizes: [try object.box("size_mm")],
      schemes: hasSchemes ? try object.texts("certifications", countMax: 100) : [],
      productionDay: try object.value("production_date"), destination: destination.coordinates,
      country: destination.country)
  }

  /// Calls `body` with each request of a file, in order; nil or `-` is standard input. Empty lines are passed over.
  static func forEach(in path: String, _ body: (MatchedRequest) throws -> Void) throws {
    let input = try InputFile(path)
    var (rest, number) = (Data(), 0)
    func take(_ line: Data) throws {
      number += 1
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
      let request: MatchedRequest
      do {
        request = try JSONDecoder().decode(MatchedRequest.self, from: line)
      } catch {
        throw Problem(
          .invalid, "match.request", "\(input.name) line \(number): \(StrictRefusal(error))")
      }
      try body(request)
    }
    try input.forEachPiece("matching") { piece in
      rest.append(contentsOf: piece)
      var start = rest.startIndex
      while let end = rest[start...].firstIndex(of: 0x0A) {
        try take(rest[start..<end])
        start = end + 1
      }
      rest = Data(rest[start...])
      guard rest.count <= lineBytesMax else {
        throw Problem(
          .tooLarge, "match.request",
          "\(input.name) line \(number + 1): A request has at most \(lineBytesMax) bytes.")
      }
    }
    try take(rest)
  }
}
