import Crypto
public import Domain
import FoundationEssentials

/// What the bureau's people need and nobody else may read: it travels sealed, as `ticket.age`, and
/// the manifest names the digest of the sealed bytes.
public struct Ticket: Hashable, Sendable, Codable {
  /// The order.
  public let order: OrderID
  /// The job.
  public let job: JobID
  /// What the part is called.
  public let partName: String
  /// How many units.
  public let quantity: Int
  /// How it is made and measured.
  public let profile: PrintProfile
  /// 64 hexadecimal digits of randomness that hide the profile in the manifest's commitment.
  public let profileSalt: ContentDigest
  /// Where the parcel goes.
  public let shipTo: ShipTo

  /// A ticket with a fresh salt.
  public init(
    order: OrderID, job: JobID, partName: String, quantity: Int, profile: PrintProfile,
    shipTo: ShipTo, using generator: inout some RandomNumberGenerator
  ) {
    self.order = order
    self.job = job
    self.partName = partName
    self.quantity = quantity
    self.profile = profile
    self.shipTo = shipTo
    profileSalt = ContentDigest(of: generator.bytes(32))
  }

  /// SHA-256 over the salt's 32 bytes and the profile's JSON with sorted keys.
  public func profileCommitment() throws -> ContentDigest {
    ContentDigest(of: profileSalt.bytes + (try Self.json(profile)))
  }

  /// The ticket's JSON, with sorted keys: what is sealed, and what a bureau's people read.
  public func json() throws -> [UInt8] { try Self.json(self) }

  private static func json(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }

  private enum CodingKeys: String, CodingKey {
    case order, job, quantity, profile
    case partName = "part_name"
    case profileSalt = "profile_salt"
    case shipTo = "ship_to"
  }
}
