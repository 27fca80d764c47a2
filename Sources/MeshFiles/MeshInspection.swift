public import Geometry

/// Everything that `everpart inspect --json` says of a mesh file; JSON with the keys in `CodingKeys`.
public struct MeshInspection: Hashable, Sendable {
  /// What one pass says, without its problems.
  public let summary: MeshSummary
  /// Distinct vertices; nil where the mesh was too large to weld.
  public let vertices: Int?
  /// Whether every edge lies in exactly two opposed facets; nil where the mesh was too large to weld.
  public let isWatertight: Bool?
  /// Connected components over shared edges; nil where the mesh was too large to weld.
  public let shells: Int?
  /// What may keep the mesh from printing as meant.
  public let problems: [MeshProblem]
  /// How the facets hang together; nil where the mesh was too large to weld.
  public let topology: MeshTopology?

  /// What one pass and welding say together.
  public init(summary: MeshSummary, topology: MeshTopology?) {
    self.summary = summary
    self.topology = topology
    vertices = topology?.vertices
    isWatertight = topology?.isWatertight
    shells = topology?.shells
    if let topology {
      problems =
        MeshProblem.found(in: topology) + summary.problems.filter { $0.code != .notClosed }
    } else {
      let unwelded = MeshProblem(
        .notWelded,
        "Too many triangles to weld: vertices, shells and watertightness are not known.",
        count: summary.triangles
      )
      problems = [unwelded] + summary.problems
    }
  }
}

extension MeshInspection: Encodable {
  private enum CodingKeys: String, CodingKey {
    case format, units, triangles, vertices
    case size = "size_mm"
    case bounds = "bounds_mm"
    case volume = "volume_mm3"
    case area = "area_mm2"
    case centreOfMass = "centre_of_mass_mm"
    case isClosed = "closed"
    case isWatertight = "watertight"
    case shells, problems
  }

  /// Writes one flat object; what is not known is null.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(summary.format, forKey: .format)
    try object.encode(summary.units, forKey: .units)
    try object.encode(summary.triangles, forKey: .triangles)
    try object.encode(vertices, forKey: .vertices)
    try object.encode(summary.size, forKey: .size)
    try object.encode(summary.bounds, forKey: .bounds)
    try object.encode(summary.volumeCubicMillimetres, forKey: .volume)
    try object.encode(summary.areaSquareMillimetres, forKey: .area)
    try object.encode(summary.centreOfMass, forKey: .centreOfMass)
    try object.encode(summary.isClosed, forKey: .isClosed)
    try object.encode(isWatertight, forKey: .isWatertight)
    try object.encode(shells, forKey: .shells)
    try object.encode(problems, forKey: .problems)
  }
}

/// Reads, welds and measures a mesh file as its bytes pass by.
///
/// Costs up to 300 bytes for each of `MeshLimits.weldTrianglesMax` triangles; the broker, which promises
/// constant memory, uses `StreamingMeasure` for what strangers send.
public struct MeshInspector: Sendable {
  private var reader: STLReader
  private var sink: WeldingSink

  /// An inspector of one file. `key` should be fresh and secret (`MeshHashKey`); `declaredBytes` is the
  /// file's length where it is known, and lets a bad file be refused sooner.
  public init(key: MeshHashKey, limits: MeshLimits = MeshLimits(), declaredBytes: Int? = nil) {
    reader = STLReader(limits: limits, declaredBytes: declaredBytes)
    sink = WeldingSink(key: key, trianglesMax: limits.weldTrianglesMax)
  }

  /// Takes the next bytes of the file.
  public mutating func update(_ bytes: some Collection<UInt8>) throws(MeshRefusal) {
    try reader.update(bytes, into: &sink)
  }

  /// Takes the next bytes of the file.
  public mutating func update(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    try reader.update(bytes, into: &sink)
  }

  /// Ends the file and says what it was; throws if the mesh is not complete. There is nothing to be
  /// had from the inspector afterwards.
  public mutating func finish() throws(MeshRefusal) -> MeshInspection {
    let format = try reader.finish(into: &sink)
    return try sink.finish(format)
  }
}

/// Measures facets and welds them up to a limit; beyond it tells only whether they enclose something.
private struct WeldingSink: FacetSink, Sendable {
  private var measurement = MeshMeasurement()
  private var welder: MeshWelder
  private var balance: EdgeBalance?
  private let key: MeshHashKey
  private let trianglesMax: Int

  init(key: MeshHashKey, trianglesMax: Int) {
    self.key = key
    self.trianglesMax = min(trianglesMax, MeshWelder.trianglesMax)
    welder = MeshWelder(key: key)
  }

  mutating func add(_ facet: Facet) {
    measurement.add(facet)
    if balance == nil {
      if welder.triangles < trianglesMax { return welder.add(facet) }
      stopWelding()
    }
    balance?.add(facet)
  }

  mutating func expect(triangles: Int) {
    if triangles <= trianglesMax { welder.expect(triangles: triangles) }
  }

  /// Goes through what was welded and forgets it.
  private mutating func stopWelding() {
    let mesh = takeMesh()
    var balance = EdgeBalance(key: key)
    for facet in 0..<mesh.triangles {
      let (a, b, c) = mesh.positions(of: facet)
      balance.add(Facet(Vertex(a), Vertex(b), Vertex(c)))
    }
    self.balance = balance
  }

  private mutating func takeMesh() -> Mesh {
    let full = welder
    welder = MeshWelder(key: key)
    return full.mesh()
  }

  mutating func finish(_ format: MeshFormat) throws(MeshRefusal) -> MeshInspection {
    let topology = balance == nil ? takeMesh().topology(measured: measurement) : nil
    let isClosed = topology?.isClosed ?? balance?.isBalanced ?? false
    let summary = try MeshSummary(
      format: format, measurement: measurement, isClosed: isClosed)
    return MeshInspection(summary: summary, topology: topology)
  }
}
