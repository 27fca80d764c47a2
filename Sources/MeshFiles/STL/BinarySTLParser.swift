import Geometry

/// The facets of a binary STL: twelve little-endian floats (normal, three corners) and two bytes each.
struct BinarySTLParser: Sendable {
  static let facetBytes = 50

  private let limits: MeshLimits
  private var count = 0
  private(set) var triangles = 0
  /// The begun facet at the end of the bytes so far: fewer than 50 bytes.
  private var partial: [UInt8] = []

  init(limits: MeshLimits) {
    self.limits = limits
  }

  /// Starts with the header's count, which nothing is allocated by. `fileBytes` is the length of the
  /// whole file where it is known.
  mutating func begin(count declared: UInt32, fileBytes: Int?) throws(MeshRefusal) {
    count = Int(declared)
    guard count > 0 else { throw MeshRefusal(.empty, "The header counts no facets.") }
    guard count <= limits.trianglesMax else {
      throw MeshRefusal(
        .tooLarge,
        "The header counts \(count) triangles; \(limits.trianglesMax) are allowed."
      )
    }
    guard let fileBytes else { return }
    let body = fileBytes - MeshDetection.prefixBytes
    let expected = count * Self.facetBytes
    if body > expected { throw trailing }
    if body < expected { throw short(bodyBytes: max(0, body)) }
  }

  mutating func update(
    _ bytes: Span<UInt8>,
    into sink: inout some FacetSink
  ) throws(MeshRefusal) {
    var offset = 0
    if !partial.isEmpty {
      let wanted = min(Self.facetBytes - partial.count, bytes.count)
      for index in 0..<wanted { partial.append(bytes[index]) }
      guard partial.count == Self.facetBytes else { return }
      offset = wanted
      let facet = partial
      partial = []
      try emit(facet.span.bytes, at: 0, into: &sink)
    }
    let raw = bytes.bytes
    while triangles < count, bytes.count - offset >= Self.facetBytes {
      try emit(raw, at: offset, into: &sink)
      offset += Self.facetBytes
    }
    guard offset < bytes.count else { return }
    guard triangles < count else { throw trailing }
    for index in offset..<bytes.count { partial.append(bytes[index]) }
  }

  func finish() throws(MeshRefusal) {
    guard triangles == count else {
      throw short(bodyBytes: triangles * Self.facetBytes + partial.count)
    }
  }

  private mutating func emit(
    _ bytes: RawSpan,
    at offset: Int,
    into sink: inout some FacetSink
  ) throws(MeshRefusal) {
    let facet = Facet(
      Self.vertex(bytes, at: offset + 12),
      Self.vertex(bytes, at: offset + 24),
      Self.vertex(bytes, at: offset + 36)
    )
    guard facet.isFinite else {
      throw MeshRefusal(
        .notFinite,
        "Facet \(triangles + 1) has a coordinate that is not a finite number."
      )
    }
    sink.add(facet)
    triangles += 1
  }

  @inline(__always)
  private static func vertex(_ bytes: RawSpan, at offset: Int) -> Vertex {
    Vertex(
      float(bytes, at: offset),
      float(bytes, at: offset + 4),
      float(bytes, at: offset + 8)
    )
  }

  /// "unsafe" is about types with invariants, of which UInt32 has none; the bounds are checked.
  @inline(__always)
  private static func float(_ bytes: RawSpan, at offset: Int) -> Float {
    let bits = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return Float(bitPattern: UInt32(littleEndian: bits))
  }

  private var trailing: MeshRefusal {
    MeshRefusal(.trailingData, "The file goes on after its \(count) facets.")
  }

  private func short(bodyBytes: Int) -> MeshRefusal {
    let (whole, rest) = bodyBytes.quotientAndRemainder(dividingBy: Self.facetBytes)
    if rest == 0 {
      return MeshRefusal(.countMismatch, "The header counts \(count) facets; there are \(whole).")
    }
    return MeshRefusal(.truncated, "The file ends in facet \(whole + 1) of \(count).")
  }
}
