public import Geometry

/// What a broker looks at of a mesh file while its plaintext passes by, in constant memory: which format it
/// is of, and whether it is within the limits; STL is measured in the same pass.
///
/// The other formats are only recognised; of STEP it is also seen that it is whole. Vertices come before the
/// facets that name them, and 3MF's parts in an order that only the end of the file tells: no constant memory measures them. And their parsers are
/// large (decompression, XML); a process that holds keys is better off without. Both are a worker's to do.
public struct MeshIntake: Sendable {
  /// What came of a file.
  public enum Outcome: Sendable, Hashable {
    /// It is a whole mesh, and these are its sizes.
    case measured(MeshSummary)
    /// It begins like a file of the family, and has as many bytes as it may.
    case recognised(MeshFamily)
  }

  private let limits: MeshLimits
  private let declaredBytes: Int?
  private let unit: LengthUnit?
  private var stl: StreamingMeasure
  private var prefix: [UInt8] = []
  private var bytesRead = 0
  private var tail: [UInt8] = []
  /// Once 84 bytes have passed, or the file has ended.
  public private(set) var family: MeshFamily?

  /// A look at one file.
  ///
  /// - Parameters:
  ///   - key: fresh and secret (`MeshHashKey`).
  ///   - unit: of the coordinates, as the sender says it; nil to assume millimetres.
  ///   - declaredBytes: the file's length where it is known; lets a bad file be refused sooner.
  public init(
    key: MeshHashKey, limits: MeshLimits = MeshLimits(), unit: LengthUnit? = nil,
    declaredBytes: Int? = nil
  ) {
    (self.limits, self.unit, self.declaredBytes) = (limits, unit, declaredBytes)
    stl = StreamingMeasure(key: key, limits: limits, declaredBytes: declaredBytes)
  }

  /// Takes the next bytes of the file.
  public mutating func update(_ bytes: some Collection<UInt8>) throws(MeshRefusal) {
    if family == .stl { return try stl.update(bytes) }
    guard family == nil else { return try pass(bytes) }
    let head = bytes.prefix(MeshDetection.prefixBytes - prefix.count)
    prefix += head
    guard prefix.count == MeshDetection.prefixBytes else { return }
    try recognise()
    try update(bytes.dropFirst(head.count))
  }

  /// Ends the file and says what it was.
  public mutating func finish() throws(MeshRefusal) -> Outcome {
    if family == nil {
      guard !prefix.isEmpty else { throw MeshRefusal(.empty, "The file is empty.") }
      try recognise()
    }
    if family == .step, tail.firstRange(of: Self.stepEnd) == nil {
      throw MeshRefusal(
        .truncated, "The STEP file is cut off: it does not end with END-ISO-10303-21.")
    }
    if let family, family != .stl { return .recognised(family) }
    return .measured(try stl.finish(unit: unit))
  }

  private mutating func recognise() throws(MeshRefusal) {
    let found = try MeshDetection.format(of: prefix).family
    try found.checkSaid(unit)
    family = found
    if found == .stl { try stl.update(prefix) } else { try pass(prefix) }
    prefix = []
  }

  /// Where a STEP file's end is looked for. Signatures may follow it (ISO 10303-21:2016, clause 14).
  private static let tailBytes = 64 << 10
  private static let stepEnd = Array("END-ISO-10303-21;".utf8)

  private mutating func pass(_ bytes: some Collection<UInt8>) throws(MeshRefusal) {
    bytesRead += bytes.count
    if family == .step {
      tail += bytes.suffix(Self.tailBytes)
      if tail.count > 2 * Self.tailBytes { tail.removeFirst(tail.count - Self.tailBytes) }
    }
    guard max(bytesRead, declaredBytes ?? 0) <= limits.bytesMax else {
      throw MeshRefusal(.tooLarge, "The file has more than \(limits.bytesMax) bytes.")
    }
  }
}
