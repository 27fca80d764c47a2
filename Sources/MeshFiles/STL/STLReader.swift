import Geometry

/// The two forms of STL.
enum STLForm: Sendable {
  case binary, ascii

  var format: MeshFormat { self == .binary ? .stlBinary : .stlASCII }
}

/// Reads an STL file, binary or ASCII, as its bytes arrive, in constant memory.
///
/// The facets and the refusal, if any, depend on the bytes alone, not on how they were cut into chunks.
/// After a refusal every further call refuses the same way. Facet normals are not read: they follow
/// from the corners, and many writers leave them zero or undefined. Nor are the two attribute bytes of
/// a binary facet, to which exporters give contradicting meanings.
struct STLReader: Sendable {
  private let limits: MeshLimits
  private let declaredBytes: Int?
  private var form: STLForm?
  private var prefix: [UInt8] = []
  private var binary: BinarySTLParser
  private var ascii: ASCIISTLParser
  private var bytesRead = 0
  private var refusal: MeshRefusal?

  /// A reader of one file. Where the file's length is known beforehand, `declaredBytes` lets a file
  /// that is too large or at odds with its header be refused at once rather than at its end.
  init(limits: MeshLimits = MeshLimits(), declaredBytes: Int? = nil) {
    self.limits = limits
    self.declaredBytes = declaredBytes
    binary = BinarySTLParser(limits: limits)
    ascii = ASCIISTLParser(limits: limits)
  }

  /// Reads the next bytes of the file and hands the facets that end in them to `sink`.
  mutating func update(
    _ bytes: Span<UInt8>,
    into sink: inout some FacetSink
  ) throws(MeshRefusal) {
    if let refusal { throw refusal }
    do {
      try read(bytes, into: &sink)
    } catch {
      refusal = error
      throw error
    }
  }

  /// Ends the file; throws if the mesh is not complete.
  mutating func finish(into sink: inout some FacetSink) throws(MeshRefusal) -> MeshFormat {
    if let refusal { throw refusal }
    do {
      return try end(into: &sink)
    } catch {
      refusal = error
      throw error
    }
  }

  private mutating func read(
    _ bytes: Span<UInt8>,
    into sink: inout some FacetSink
  ) throws(MeshRefusal) {
    if let declaredBytes, declaredBytes > limits.bytesMax { throw tooManyBytes }
    // Bytes within the limit are read before the excess is refused: what is wrong in them comes first
    // however the file was cut.
    let allowed = min(bytes.count, limits.bytesMax - bytesRead)
    bytesRead += allowed
    var taken = 0
    if form == nil {
      taken = min(allowed, MeshDetection.prefixBytes - prefix.count)
      for index in 0..<taken { prefix.append(bytes[index]) }
      if prefix.count == MeshDetection.prefixBytes { try detect(into: &sink) }
    }
    if taken < allowed {
      try parse(bytes.extracting(taken..<allowed), into: &sink)
    }
    if allowed < bytes.count { throw tooManyBytes }
  }

  private mutating func detect(into sink: inout some FacetSink) throws(MeshRefusal) {
    let head = prefix
    prefix = []
    switch try MeshDetection.format(of: head) {
    case .stlBinary:
      form = .binary
      let count = MeshDetection.stlCount(in: head)
      try binary.begin(count: count, fileBytes: declaredBytes)
      // A count that the file's length bears out.
      if declaredBytes != nil { sink.expect(triangles: Int(count)) }
    case .stlASCII:
      form = .ascii
      try ascii.update(head.span, into: &sink)
    case .obj: throw other("an OBJ file")
    case .ply: throw other("a PLY file")
    case .threeMF: throw other("a ZIP archive (a 3MF package perhaps)")
    case .step: throw other("a STEP file")
    }
  }

  private mutating func parse(
    _ bytes: Span<UInt8>,
    into sink: inout some FacetSink
  ) throws(MeshRefusal) {
    switch form {
    case .binary: try binary.update(bytes, into: &sink)
    case .ascii: try ascii.update(bytes, into: &sink)
    case nil: break
    }
  }

  private mutating func end(into sink: inout some FacetSink) throws(MeshRefusal) -> MeshFormat {
    if bytesRead == 0 { throw MeshRefusal(.empty, "The file is empty.") }
    if form == nil { try detect(into: &sink) }
    guard let form else { preconditionFailure("detection names a form or throws") }
    switch form {
    case .binary: try binary.finish()
    case .ascii: try ascii.finish(into: &sink)
    }
    return form.format
  }

  private func other(_ name: String) -> MeshRefusal {
    MeshRefusal(.unrecognised, "This is \(name), not an STL file.")
  }

  private var tooManyBytes: MeshRefusal {
    MeshRefusal(.tooLarge, "The file has more than \(limits.bytesMax) bytes.")
  }
}
