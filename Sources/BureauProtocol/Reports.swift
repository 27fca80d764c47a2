public import Domain

/// What the holder of a lease reports about an attempt: `POST /v1/bureau/jobs/{job}/reports`. The
/// same report sent again is answered as the first one was.
public struct ReportRequest: Hashable, Sendable, Codable {
  /// The lease's epoch.
  public var epoch: Int
  /// The attempt that it is about.
  public var attempt: Int
  /// What is reported.
  public var report: Report

  /// A report under a lease.
  public init(epoch: Int, attempt: Int, report: Report) {
    self.epoch = epoch
    self.attempt = attempt
    self.report = report
  }

  private enum CodingKeys: String, CodingKey { case epoch, attempt, report }
}

/// One step of an attempt. In JSON an object whose `kind` says which members follow.
public enum Report: Hashable, Sendable {
  /// The part is prepared and is about to be handed over to the bureau's tools: an agent hands it
  /// over when this report is acknowledged, so that the broker knows of every attempt that a tool
  /// can have seen.
  case started
  /// The print is finished; the completion (`urn:everpart:completion:1`) is signed by the bureau.
  case completed(SignedStatement)
  /// The parts were measured.
  case inspected(InspectionResult)
  /// The parcel left.
  case shipped(Shipment)
  /// Nobody here can know what happened, or something is wrong that a person must decide: 1 to 500
  /// bytes of plain text.
  case held(reason: String)

  /// The kinds, as they appear in JSON and in the record of what was reported.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// ``Report/started``.
    case started
    /// ``Report/completed(_:)``.
    case completed
    /// ``Report/inspected(_:)``.
    case inspected
    /// ``Report/shipped(_:)``.
    case shipped
    /// ``Report/held(reason:)``.
    case held
  }

  /// Which step it is.
  public var kind: Kind {
    switch self {
    case .started: .started
    case .completed: .completed
    case .inspected: .inspected
    case .shipped: .shipped
    case .held: .held
    }
  }

  /// Refuses a report with overlong texts, control characters or senseless numbers
  /// (`report.content`). A completion is checked by who verifies it.
  public func check() throws(Problem) {
    let isFine =
      switch self {
      case .started, .completed: true
      case .inspected(let result): result.isFine
      case .shipped(let shipment): shipment.isFine
      case .held(let reason): reason.isPlainText(maximumBytes: 500)
      }
    guard isFine else {
      throw Problem(
        .invalid, "report.content",
        "A report has texts of 1 to 200 bytes (a reason of 1 to 500) without control characters, "
          + "and at most 100 measurements, each a finite number of millimetres.")
    }
  }
}

extension Report: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, completion, inspection, shipment, reason
  }

  /// Decodes the object that `kind` announces.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self =
      switch try container.decode(Kind.self, forKey: .kind) {
      case .started: .started
      case .completed:
        .completed(try container.decode(SignedStatement.self, forKey: .completion))
      case .inspected:
        .inspected(try container.decode(InspectionResult.self, forKey: .inspection))
      case .shipped: .shipped(try container.decode(Shipment.self, forKey: .shipment))
      case .held: .held(reason: try container.decode(String.self, forKey: .reason))
      }
  }

  /// Encodes `kind` and its members.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    switch self {
    case .started: break
    case .completed(let statement): try container.encode(statement, forKey: .completion)
    case .inspected(let result): try container.encode(result, forKey: .inspection)
    case .shipped(let shipment): try container.encode(shipment, forKey: .shipment)
    case .held(let reason): try container.encode(reason, forKey: .reason)
    }
  }
}

/// What an inspection found.
public struct InspectionResult: Hashable, Sendable, Codable {
  /// Whether the bureau passes the parts. The broker takes a pass only with a measurement within
  /// tolerance for every feature of the inspection plan (`report.inspection`).
  public var passed: Bool
  /// What was measured, by the features of the profile's inspection plan.
  public var measurements: [Measurement]
  /// The lot of the feedstock, if known.
  public var materialLot: String?

  /// A result.
  public init(passed: Bool, measurements: [Measurement], materialLot: String?) {
    self.passed = passed
    self.measurements = measurements
    self.materialLot = materialLot
  }

  private enum CodingKeys: String, CodingKey {
    case passed, measurements
    case materialLot = "material_lot"
  }

  fileprivate var isFine: Bool {
    measurements.count <= 100
      && measurements.allSatisfy {
        $0.millimetres.isFinite && $0.feature.isPlainText(maximumBytes: 200)
      } && materialLot.map { $0.isPlainText(maximumBytes: 200) } ?? true
  }
}

/// One measured feature.
public struct Measurement: Hashable, Sendable, Codable {
  /// The feature, as the inspection plan calls it.
  public var feature: String
  /// What was measured, in millimetres.
  public var millimetres: Double

  /// A measurement.
  public init(feature: String, millimetres: Double) {
    self.feature = feature
    self.millimetres = millimetres
  }

  private enum CodingKeys: String, CodingKey {
    case feature
    case millimetres = "mm"
  }
}

/// How the parcel travels.
public struct Shipment: Hashable, Sendable, Codable {
  /// The carrier.
  public var carrier: String
  /// The carrier's number for the parcel.
  public var tracking: String

  /// A shipment.
  public init(carrier: String, tracking: String) {
    self.carrier = carrier
    self.tracking = tracking
  }

  fileprivate var isFine: Bool {
    [carrier, tracking].allSatisfy { $0.isPlainText(maximumBytes: 200) }
  }
}
