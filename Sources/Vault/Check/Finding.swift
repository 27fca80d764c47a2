import BlobStore

/// One thing that a check found: a stable code, the rows and the blob that it is about, and a sentence.
/// Never content: a finding may go to a log or a ticket.
public struct Finding: Sendable, Hashable, Codable {
  /// What kind of thing: `blob.missing`.
  public let code: String
  /// What is wrong, and where it helps, what to do.
  public let detail: String
  /// The brand whose it is.
  public internal(set) var brand: String?
  /// The design.
  public internal(set) var design: String?
  /// The design's file.
  public internal(set) var file: String?
  /// The licence.
  public internal(set) var licence: String?
  /// The order.
  public internal(set) var order: String?
  /// The job.
  public internal(set) var job: String?
  /// The blob's name.
  public internal(set) var blob: String?

  /// A finding with the identifiers of what it is about.
  public init(
    _ code: String, _ detail: String, brand: String? = nil, design: String? = nil,
    file: String? = nil, licence: String? = nil, order: String? = nil, job: String? = nil,
    blob: String? = nil
  ) {
    (self.code, self.detail, self.brand, self.design) = (code, detail, brand, design)
    (self.file, self.licence, self.order) = (file, licence, order)
    (self.job, self.blob) = (job, blob)
  }

  /// The same, about a sealed payload.
  func about(_ payload: StoredPayload) -> Finding {
    var finding = self
    (finding.brand, finding.design) = (payload.brand, payload.design)
    (finding.file, finding.blob) = (payload.file, payload.blob?.text)
    return finding
  }

  /// The identifiers, for a line of a table.
  public var subject: String {
    [design, file, order, licence, job, blob, brand].compactMap(\.self).prefix(3)
      .joined(separator: " ")
  }
}

/// What a check counted and found.
public struct CheckReport: Sendable, Hashable, Codable {
  /// More findings than this are counted, not listed.
  public static let findingsMax = 10_000

  /// How much was looked at, by kind: `payloads`, `rows`, `licences`, ….
  public internal(set) var counts: [String: Int] = [:]
  /// What was found, in the order of the steps.
  public private(set) var findings: [Finding] = []
  /// How many there are of each code, those that are not listed included.
  public private(set) var findingCounts: [String: Int] = [:]

  /// Nothing yet.
  public init() {}

  /// Whether nothing was found.
  public var isClean: Bool { findingCounts.isEmpty }

  /// Adds a finding.
  public mutating func add(_ finding: Finding) {
    findingCounts[finding.code, default: 0] += 1
    if findings.count < Self.findingsMax { findings.append(finding) }
  }

  mutating func count(_ kind: String, _ more: Int = 1) { counts[kind, default: 0] += more }

  private enum CodingKeys: String, CodingKey {
    case counts, findings
    case findingCounts = "finding_counts"
  }
}
