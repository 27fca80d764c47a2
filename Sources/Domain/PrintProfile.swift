/// A process category of ISO/ASTM 52900.
public enum PrintProcess: String, Hashable, Sendable, Codable, CaseIterable {
  /// Binder jetting.
  case binderJetting = "BJT"
  /// Directed energy deposition.
  case directedEnergyDeposition = "DED"
  /// Material extrusion.
  case materialExtrusion = "MEX"
  /// Material jetting.
  case materialJetting = "MJT"
  /// Powder bed fusion of polymers with a laser.
  case polymerLaserPowderBedFusion = "PBF-LB/P"
  /// Powder bed fusion of metals with a laser.
  case metalLaserPowderBedFusion = "PBF-LB/M"
  /// Powder bed fusion with an electron beam.
  case electronBeamPowderBedFusion = "PBF-EB"
  /// Sheet lamination.
  case sheetLamination = "SHL"
  /// Vat photopolymerisation.
  case vatPhotopolymerisation = "VPP"

  /// What the standard calls it.
  public var name: String {
    switch self {
    case .binderJetting: "binder jetting"
    case .directedEnergyDeposition: "directed energy deposition"
    case .materialExtrusion: "material extrusion"
    case .materialJetting: "material jetting"
    case .polymerLaserPowderBedFusion: "laser powder bed fusion of polymers"
    case .metalLaserPowderBedFusion: "laser powder bed fusion of metals"
    case .electronBeamPowderBedFusion: "powder bed fusion with an electron beam"
    case .sheetLamination: "sheet lamination"
    case .vatPhotopolymerisation: "vat photopolymerisation"
    }
  }

  /// A code with its name, `material extrusion (MEX)`; the text itself for a process that has none.
  public static func words(_ process: String) -> String {
    PrintProcess(rawValue: process).map { "\($0.name) (\(process))" } ?? process
  }

  /// Decodes the code; the refusal names all of them.
  public init(from decoder: any Decoder) throws {
    let codes = Self.allCases.map(\.rawValue).joined(separator: ", ")
    self = try decodeText(decoder, "an ISO/ASTM 52900 process: \(codes)", Self.init(rawValue:))
  }
}

/// A feedstock by its trade-independent name, upper case: `PA12`, `PETG`, `TPU-95A`.
public struct Material: Hashable, Comparable, Sendable, CustomStringConvertible, Codable {
  /// The name.
  public let name: String

  /// Reads 1 to 40 of A–Z, 0–9, `-`, `+`, `.` and `/`, ignoring case; `nil` for anything else.
  public init?(_ name: String) {
    let upper = name.uppercased()
    guard (1...40).contains(upper.utf8.count),
      upper.utf8.allSatisfy({ byte in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "-")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "+")
      })
    else { return nil }
    self.name = upper
  }

  /// The name.
  public var description: String { name }

  /// Orders by name.
  public static func < (left: Self, right: Self) -> Bool { left.name < right.name }

  /// Decodes the name.
  public init(from decoder: any Decoder) throws {
    self = try decodeText(decoder, "a material such as PA12", Self.init(_:))
  }

  /// Encodes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// How a revision is made: what ISO/ASTM 52901 asks an order to say.
public struct PrintProfile: Hashable, Sendable, Codable {
  /// The process category.
  public var process: PrintProcess
  /// The feedstock.
  public var material: Material
  /// Layer height in micrometres.
  public var layerHeightMicrometres: Int
  /// General tolerance, for example `ISO 2768-m`.
  public var tolerance: String
  /// Surface finish, in words.
  public var finish: String
  /// Build orientation (ISO/ASTM 52921), in words.
  public var orientation: String
  /// What the bureau measures and within which limits.
  public var inspection: [InspectionItem]
  /// Certification schemes that a bureau must hold for this part on the production date.
  public var certifications: [String]

  /// A profile; limits are checked by ``check()``.
  public init(
    process: PrintProcess, material: Material, layerHeightMicrometres: Int, tolerance: String,
    finish: String, orientation: String, inspection: [InspectionItem] = [],
    certifications: [String] = []
  ) {
    self.process = process
    self.material = material
    self.layerHeightMicrometres = layerHeightMicrometres
    self.tolerance = tolerance
    self.finish = finish
    self.orientation = orientation
    self.inspection = inspection
    self.certifications = certifications
  }

  /// Refuses a profile with overlong texts or senseless numbers (`design.profile`).
  public func check() throws(Problem) {
    let texts = [tolerance, finish, orientation] + certifications + inspection.map(\.feature)
    guard (1...10_000).contains(layerHeightMicrometres), inspection.count <= 100,
      certifications.count <= 20, texts.allSatisfy({ $0.isPlainText(maximumBytes: 200) }),
      inspection.allSatisfy({ $0.toleranceMillimetres >= 0 && $0.nominalMillimetres.isFinite })
    else {
      throw Problem(
        .invalid, "design.profile",
        "A print profile has a layer height of 1 to 10,000 µm, texts of 1 to 200 bytes, and at "
          + "most 100 inspection items and 20 certifications.")
    }
  }

  private enum CodingKeys: String, CodingKey {
    case process, material, tolerance, finish, orientation, inspection, certifications
    case layerHeightMicrometres = "layer_height_um"
  }
}

/// One line of an inspection plan.
public struct InspectionItem: Hashable, Sendable, Codable {
  /// What is measured.
  public var feature: String
  /// The nominal size in millimetres.
  public var nominalMillimetres: Double
  /// The permitted deviation in millimetres, either way.
  public var toleranceMillimetres: Double

  /// A line of an inspection plan.
  public init(feature: String, nominalMillimetres: Double, toleranceMillimetres: Double) {
    self.feature = feature
    self.nominalMillimetres = nominalMillimetres
    self.toleranceMillimetres = toleranceMillimetres
  }

  private enum CodingKeys: String, CodingKey {
    case feature
    case nominalMillimetres = "nominal_mm"
    case toleranceMillimetres = "tolerance_mm"
  }
}
