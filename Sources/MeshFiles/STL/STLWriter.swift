public import Geometry

/// Writes binary STL.
public enum STLWriter {
  /// The facets as a binary STL: 84 + 50 bytes a facet, with unit normals that follow from the corners
  /// (zero for a facet without area) and no attributes.
  ///
  /// `header` is cut to 80 bytes and filled up with zeros. It should not begin with `solid`, which
  /// other readers take for the ASCII form. There can be no more than 2^32 − 1 facets.
  public static func binary(
    _ facets: some Collection<Facet>,
    header: String = "binary STL, millimetres"
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(84 + 50 * facets.count)
    appendHeader(header, count: facets.count, to: &bytes)
    for facet in facets { append(facet, to: &bytes) }
    return bytes
  }

  static func appendHeader(_ header: String, count: Int, to bytes: inout [UInt8]) {
    let text = header.utf8.prefix(80)
    bytes += text
    bytes += repeatElement(0, count: 80 - text.count)
    append(UInt32(count), to: &bytes)
  }

  static func append(_ facet: Facet, to bytes: inout [UInt8]) {
    let normal = unitNormal(of: facet)
    for value in [normal.x, normal.y, normal.z] { append(Float(value).bitPattern, to: &bytes) }
    for vertex in [facet.a, facet.b, facet.c] {
      append(vertex.x.bitPattern, to: &bytes)
      append(vertex.y.bitPattern, to: &bytes)
      append(vertex.z.bitPattern, to: &bytes)
    }
    bytes += [0, 0]
  }

  /// Zero for a facet without area.
  static func unitNormal(of facet: Facet) -> SIMD3<Double> {
    let normal = facet.areaVector
    let length = (normal * normal).sum().squareRoot()
    return length > 0 ? normal / length : .zero
  }

  private static func append(_ word: UInt32, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> shift))
    }
  }
}
