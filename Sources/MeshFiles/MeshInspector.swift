public import Geometry

/// Reads, welds and measures a mesh file of any format as its bytes pass by.
///
/// STL is welded as it comes and costs up to 300 bytes for each of `MeshLimits.weldTrianglesMax` triangles;
/// the other formats are held in memory as ``MeshReader`` reads them, and measured at the end. The broker,
/// which promises constant memory, uses ``MeshIntake`` for what strangers send.
public struct MeshInspector: Sendable {
  private let key: MeshHashKey
  private let unit: LengthUnit?
  private var prefix: [UInt8] = []
  private var isSTL: Bool?
  private var stl: STLReader
  private var sink: WeldingSink
  private var reader: MeshReader

  /// An inspector of one file. `key` should be fresh and secret (`MeshHashKey`); `unit` is what the
  /// coordinates are in where the file states nothing, nil to assume millimetres; `declaredBytes` is the
  /// file's length where it is known, and lets a bad file be refused sooner. `keys` open encrypted 3MF.
  public init(
    key: MeshHashKey, limits: MeshLimits = MeshLimits(), unit: LengthUnit? = nil,
    declaredBytes: Int? = nil, keys: SecureKeys = SecureKeys()
  ) {
    (self.key, self.unit) = (key, unit)
    stl = STLReader(limits: limits, declaredBytes: declaredBytes)
    sink = WeldingSink(key: key, trianglesMax: limits.weldTrianglesMax)
    // In the file's own unit: figures are scaled once they are there.
    reader = MeshReader(limits: limits, declaredBytes: declaredBytes, keys: keys)
  }

  /// Takes the next bytes of the file.
  public mutating func update(_ bytes: some Collection<UInt8>) throws(MeshRefusal) {
    try bytes.withSpan { (span) throws(MeshRefusal) in try update(span) }
  }

  /// Takes the next bytes of the file.
  public mutating func update(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    var taken = 0
    if isSTL == nil {
      taken = min(bytes.count, MeshDetection.prefixBytes - prefix.count)
      for index in 0..<taken { prefix.append(bytes[index]) }
      if prefix.count == MeshDetection.prefixBytes { try detect() }
    }
    if taken < bytes.count { try read(bytes.extracting(taken..<bytes.count)) }
  }

  /// Ends the file and says what it was; throws if the mesh is not complete. There is nothing to be
  /// had from the inspector afterwards.
  public mutating func finish() throws(MeshRefusal) -> MeshInspection {
    try examine().inspection
  }

  /// Ends the file and says what it was, with the bodies themselves in millimetres; those are nil for an
  /// STL file of too many facets to be welded, which is not kept. Throws as ``finish()`` does.
  public mutating func examine() throws(MeshRefusal) -> (
    inspection: MeshInspection, document: MeshDocument?
  ) {
    if isSTL == nil { try detect() }
    if isSTL == true {
      let format = try stl.finish(into: &sink)
      let (figures, topology, mesh) = try sink.finish()
      let inspection = MeshInspection(
        summary: MeshSummary(format: format, figures: figures, read: unit), topology: topology)
      return (inspection, mesh.map { inMillimetres(format, [.init(mesh: $0)]) })
    }
    let document = try reader.finish()
    let (figures, topology) = try document.measured(key: key)
    if document.format.family.statesUnit {
      let summary = MeshSummary(
        format: document.format, unit: document.unit ?? document.readAs, source: .file,
        figures: figures)
      return (MeshInspection(summary: summary, topology: topology), document)
    }
    let summary = MeshSummary(format: document.format, figures: figures, read: unit)
    return (
      MeshInspection(summary: summary, topology: topology),
      inMillimetres(document.format, document.bodies)
    )
  }

  /// A document of a format that states no unit, its bodies in the file's coordinates until here.
  private func inMillimetres(_ format: MeshFormat, _ bodies: [MeshDocument.Body]) -> MeshDocument {
    let unit = self.unit ?? .millimeter
    return MeshDocument(
      format: format, unit: nil, readAs: unit,
      bodies: unit == .millimeter
        ? bodies
        : bodies.map { body in
          MeshDocument.Body(
            name: body.name, mesh: body.mesh.mapped { $0 * unit.millimetres },
            purpose: body.purpose, isWelded: body.isWelded)
        })
  }

  private mutating func detect() throws(MeshRefusal) {
    let head = prefix
    prefix = []
    guard !head.isEmpty else { throw MeshRefusal(.empty, "The file is empty.") }
    let family = try MeshDetection.format(of: head).family
    try family.checkSaid(unit)
    isSTL = family == .stl
    try read(head.span)
  }

  private mutating func read(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    if isSTL == true { try stl.update(bytes, into: &sink) } else { try reader.update(bytes) }
  }
}

extension MeshDocument {
  /// Sizes of all bodies together, and how their facets hang together; nil for more than may be welded.
  /// Whether those are closed is found without welding, over positions in single precision.
  func measured(
    key: MeshHashKey
  ) throws(MeshRefusal) -> (figures: MeshFigures, topology: MeshTopology?) {
    let mesh = self.mesh
    let measurement = mesh.measurement()
    let topology = bodies.allSatisfy(\.isWelded) ? mesh.topology(measured: measurement) : nil
    let isClosed = topology?.isClosed ?? EdgeBalance(of: mesh, key: key).isBalanced
    let figures = try MeshFigures(measurement, isClosed: isClosed)
    guard figures.isFinite else {
      throw MeshRefusal(.notFinite, "The mesh is so large that its volume is no finite number.")
    }
    return (figures, topology)
  }
}

extension EdgeBalance {
  fileprivate init(of mesh: Mesh, key: MeshHashKey) {
    self.init(key: key)
    for facet in 0..<mesh.triangles {
      let (a, b, c) = mesh.positions(of: facet)
      add(Facet(Vertex(a), Vertex(b), Vertex(c)))
    }
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
    balance = EdgeBalance(of: takeMesh(), key: key)
  }

  private mutating func takeMesh() -> Mesh {
    let full = welder
    welder = MeshWelder(key: key)
    return full.mesh()
  }

  mutating func finish() throws(MeshRefusal) -> (MeshFigures, MeshTopology?, Mesh?) {
    let mesh = balance == nil ? takeMesh() : nil
    let topology = mesh?.topology(measured: measurement)
    let isClosed = topology?.isClosed ?? balance?.isBalanced ?? false
    return (try MeshFigures(measurement, isClosed: isClosed), topology, mesh)
  }
}
