public import Domain

/// Where an offer stands.
public enum OfferState: String, Hashable, Sendable, Codable, CaseIterable {
  /// Waits for the bureau's answer.
  case open
  /// The bureau took the job.
  case accepted
  /// The bureau said no.
  case declined
  /// The deadline passed.
  case expired
  /// The order was cancelled, or the bureau no longer qualifies.
  case withdrawn
}

/// A job that waits for this bureau's answer.
public struct OfferView: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: OfferID
  /// The job that is offered.
  public var job: JobID
  /// Where the offer stands.
  public var state: OfferState
  /// What the bureau is paid for the whole job.
  public var payout: Money
  /// How many to make.
  public var quantity: Int
  /// How it is made.
  public var profile: PrintProfile
  /// What would be printed, and the documents that come with it; of a file no content.
  public var files: [OfferedFile]
  /// Where a picture of the part is, a PNG file; left out unless its brand shows it.
  public var preview: String?
  /// The bureau's machine that it was matched to.
  public var machine: MachineID
  /// The site of that machine.
  public var site: SiteID
  /// The day on which production should begin.
  public var productionDay: CalendarDay
  /// The day on which the customer expects it.
  public var dueDay: CalendarDay
  /// The country that it goes to.
  public var destinationCountry: Country
  /// When it was made.
  public var createdAt: Instant
  /// The deadline of the answer.
  public var expiresAt: Instant
  /// What may be done with it now: `accept`, `decline`.
  public var actions: [String]

  /// An offer.
  public init(
    id: OfferID, job: JobID, state: OfferState, payout: Money, quantity: Int,
    profile: PrintProfile, files: [OfferedFile], preview: String?, machine: MachineID,
    site: SiteID, productionDay: CalendarDay, dueDay: CalendarDay, destinationCountry: Country,
    createdAt: Instant, expiresAt: Instant, actions: [String]
  ) {
    self.id = id
    self.job = job
    self.state = state
    self.payout = payout
    self.quantity = quantity
    self.profile = profile
    self.files = files
    self.preview = preview
    self.machine = machine
    self.site = site
    self.productionDay = productionDay
    self.dueDay = dueDay
    self.destinationCountry = destinationCountry
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.actions = actions
  }

  private enum CodingKeys: String, CodingKey {
    case id, job, state, payout, quantity, profile, files, preview, machine, site, actions
    case productionDay = "production_day"
    case dueDay = "due_day"
    case destinationCountry = "destination_country"
    case createdAt = "created_at"
    case expiresAt = "expires_at"
  }
}

/// What an offer says about one file.
public struct OfferedFile: Hashable, Sendable, Codable {
  /// Where sizes are from that are not those of the file's own facets.
  public enum MeasuredBy: String, Hashable, Sendable, Codable, CaseIterable {
    /// The brand says them, and the broker has not seen the part.
    case brand
    /// They are those of a mesh that a converter has made of the file.
    case converter
  }

  /// What the file is for.
  public var purpose: FilePurpose
  /// The media type, such as `model/stl`.
  public var mediaType: String
  /// The size of the file in bytes.
  public var bytes: Int
  /// What the file's coordinates are in, when measured: the sizes below are those of the file read so.
  public var unit: MeshUnit?
  /// The bounding box in millimetres, when measured.
  public var size: BoxSize?
  /// The enclosed volume in cubic millimetres, when measured.
  public var volumeCubicMillimetres: Double?
  /// Whose word size and volume are, when the file has no facets (STEP); left out otherwise.
  public var measuredBy: MeasuredBy?

  /// A file of an offer.
  public init(
    purpose: FilePurpose, mediaType: String, bytes: Int, unit: MeshUnit?, size: BoxSize?,
    volumeCubicMillimetres: Double?, measuredBy: MeasuredBy? = nil
  ) {
    self.measuredBy = measuredBy
    self.purpose = purpose
    self.mediaType = mediaType
    self.bytes = bytes
    self.unit = unit
    self.size = size
    self.volumeCubicMillimetres = volumeCubicMillimetres
  }

  private enum CodingKeys: String, CodingKey {
    case purpose, bytes, unit
    case mediaType = "media_type"
    case size = "size_mm"
    case volumeCubicMillimetres = "volume_mm3"
    case measuredBy = "measured_by"
  }
}

/// The bureau's open offers, oldest first.
public typealias OfferList = WatchedPage<OfferView>

/// Why an offer is declined.
public struct DeclineRequest: Hashable, Sendable, Codable {
  /// For the brand: 1 to 500 bytes of plain text.
  public var reason: String

  /// A reason.
  public init(reason: String) { self.reason = reason }
}
