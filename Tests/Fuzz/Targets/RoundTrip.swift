import Geometry
import MeshFiles

/// Writes what was read in every format, and reads it back: the same facets in the same order, as far as
/// the format keeps them.
enum RoundTrip {
  static func check(_ document: MeshDocument) {
    let single = Double(Float.greatestFiniteMagnitude)
    let fits = document.bodies.allSatisfy { body in
      body.mesh.vertices.allSatisfy { max(abs($0.x), abs($0.y), abs($0.z)) <= single }
    }
    guard fits else { return }
    for format in MeshFormat.allCases {
      guard let writer = MeshWriter(format: format) else { continue }
      var reader = MeshReader()
      do {
        try writer.write(document) { (bytes) throws(MeshRefusal) in try reader.update(bytes) }
        check(try reader.finish(), against: document, in: format)
      } catch {
        // Facets upon facets, which STL takes and formats with numbered vertices do not.
        precondition(error.code == .tooComplex, "\(format.rawValue): \(error)")
      }
    }
  }

  private static func check(
    _ copy: MeshDocument, against original: MeshDocument, in format: MeshFormat
  ) {
    precondition(copy.format == format)
    let (mesh, wanted) = (copy.mesh, original.mesh)
    precondition(mesh.triangles == wanted.triangles)
    let isSingle = format == .stlBinary || format == .stlASCII
    for facet in 0..<mesh.triangles {
      let (found, given) = (mesh.positions(of: facet), wanted.positions(of: facet))
      for (found, given) in [(found.a, given.a), (found.b, given.b), (found.c, given.c)] {
        precondition(found == (isSingle ? SIMD3<Double>(SIMD3<Float>(given)) : given))
      }
    }
  }
}
