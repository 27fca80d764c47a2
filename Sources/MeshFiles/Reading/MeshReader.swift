internal import Geometry

/// Reads a mesh file of any format into memory as its bytes arrive.
///
/// The format is told by the content (`MeshDetection`). The document and the refusal, if any, depend on
/// the bytes alone, not on how they were cut into chunks; after a refusal every further call refuses the
/// same way. The whole mesh is held: what is to be measured in constant memory goes to
/// `StreamingMeasure`.
public struct MeshReader: Sendable {
  private let limits: MeshLimits
  private let assumed: LengthUnit
  private let keys: SecureKeys
  private let declaredBytes: Int?
  private var bytesRead = 0
  private var refusal: MeshRefusal?
  private var prefix: [UInt8] = []
  private var format: DetectedFormat?
  // One for each format, of which one is used: a case of an enum could not be changed in place.
  private var stl: STLReader
  /// A 3MF package can only be read whole: its directory is at the end.
  private var package: [UInt8] = []
  private var facets: FacetCollector
  private var obj: OBJParser
  private var ply: PLYParser

  /// A reader of one file. `unit` is what is assumed where the file states none, millimetres by default.
  /// Where the file's length is known beforehand, `declaredBytes` lets a file that is too large or at
  /// odds with its header be refused at once rather than at its end. `keys` open encrypted 3MF.
  public init(
    limits: MeshLimits = MeshLimits(),
    unit: LengthUnit? = nil,
    declaredBytes: Int? = nil,
    keys: SecureKeys = SecureKeys()
  ) {
    self.limits = limits
    self.keys = keys
    assumed = unit ?? .millimeter
    self.declaredBytes = declaredBytes
    stl = STLReader(limits: limits, declaredBytes: declaredBytes)
    facets = FacetCollector(trianglesMax: limits.weldTrianglesMax)
    obj = OBJParser(limits: limits)
    ply = PLYParser(limits: limits)
  }

  /// Reads the next bytes of the file.
  public mutating func update(_ bytes: some Collection<UInt8>) throws(MeshRefusal) {
    try bytes.withSpan { (span) throws(MeshRefusal) in try update(span) }
  }

  /// Reads the next bytes of the file.
  public mutating func update(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    if let refusal { throw refusal }
    do {
      try read(bytes)
    } catch {
      refusal = error
      throw error
    }
  }

  /// Ends the file and returns what it holds; throws if that is not complete.
  public mutating func finish() throws(MeshRefusal) -> MeshDocument {
    if let refusal { throw refusal }
    do {
      return try end()
    } catch {
      refusal = error
      throw error
    }
  }

  private mutating func read(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    if let declaredBytes, declaredBytes > limits.bytesMax { throw tooManyBytes }
    // Bytes within the limit are read before the excess is refused: what is wrong in them comes first
    // however the file was cut.
    let allowed = min(bytes.count, limits.bytesMax - bytesRead)
    bytesRead += allowed
    var taken = 0
    if format == nil {
      taken = min(allowed, MeshDetection.prefixBytes - prefix.count)
      for index in 0..<taken { prefix.append(bytes[index]) }
      if prefix.count == MeshDetection.prefixBytes { try detect() }
    }
    if taken < allowed { try parse(bytes.extracting(taken..<allowed)) }
    if allowed < bytes.count { throw tooManyBytes }
  }

  private mutating func detect() throws(MeshRefusal) {
    let head = prefix
    prefix = []
    let detected = try MeshDetection.format(of: head)
    if detected == .step { throw .step }
    format = detected
    if detected == .threeMF { package.reserveLarge(declaredBytes ?? 0) }
    let isMarked = detected == .obj && head.starts(with: MeshDetection.byteOrderMark)
    try parse(head.span.extracting((isMarked ? 3 : 0)..<head.count))
  }

  private mutating func parse(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    switch format {
    case .stlBinary, .stlASCII: try stl.update(bytes, into: &facets)
    case .obj: try obj.update(bytes)
    case .ply: try ply.update(bytes)
    case .threeMF: bytes.withUnsafeBufferPointer { package.append(contentsOf: $0) }
    case .step, nil: break
    }
  }

  private mutating func end() throws(MeshRefusal) -> MeshDocument {
    if bytesRead == 0 { throw MeshRefusal(.empty, "The file is empty.") }
    if format == nil { try detect() }
    switch format {
    case .obj: return try document(.obj, soup: try obj.finish())
    case .ply:
      let (form, soup) = try ply.finish()
      return try document(form, soup: consume soup)
    case .threeMF:
      let bytes = package
      package = []
      return try ThreeMFReader.read(bytes, limits: limits, keys: keys)
    default:
      let form = try stl.finish(into: &facets)
      let (mesh, isWelded) = facets.finish(unit: assumed)
      return document(form, bodies: [.init(mesh: mesh, isWelded: isWelded)])
    }
  }

  private func document(
    _ format: MeshFormat,
    soup: consuming PolygonSoup
  ) throws(MeshRefusal) -> MeshDocument {
    let isWelded = soup.triangles <= limits.weldTrianglesMax
    // What the file was read into is gone before anything is made of its bodies, each of which is the
    // only one that is there twice.
    var bodies = try soup.bodies(unit: assumed, fileBytes: bytesRead)
    _ = consume soup
    if isWelded {
      for index in bodies.indices where !bodies[index].mesh.isWelded() {
        bodies[index].mesh = bodies[index].mesh.welded()
      }
    }
    return document(
      format, bodies: bodies.map { .init(name: $0.name, mesh: $0.mesh, isWelded: isWelded) })
  }

  /// A document of a format that states no unit.
  private func document(_ format: MeshFormat, bodies: [MeshDocument.Body]) -> MeshDocument {
    MeshDocument(format: format, unit: nil, readAs: assumed, bodies: bodies)
  }

  private var tooManyBytes: MeshRefusal {
    MeshRefusal(.tooLarge, "The file has more than \(limits.bytesMax) bytes.")
  }
}
