import Domain
import FoundationEssentials
import PrintPackage

/// What lies beside a part for the people and tools that print it: the ticket, and the unit of the part's
/// coordinates as the signed manifest has it (`unit`), which an STL file does not say.
struct JobSheet: Encodable {
  private let ticket: Ticket
  private let unit: MeshUnit?

  /// - Parameter unit: nil where the package is from when all parts were in millimetres.
  init(_ ticket: Ticket, unit: MeshUnit?) { (self.ticket, self.unit) = (ticket, unit) }

  private enum CodingKeys: String, CodingKey { case unit }

  func encode(to encoder: any Encoder) throws {
    try ticket.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(unit, forKey: .unit)
  }

  /// With sorted keys.
  func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }
}
