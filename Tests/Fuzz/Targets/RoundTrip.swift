import Geometry
import MeshFiles

/// Writes what was read in every format, and reads it back: the same facets in the same order, as far as
/// the format keeps them.
enum RoundTrip {
  /// Documents that a few bytes make large cost too much here and show nothing more.
  private static let trianglesMax = 5_000

  static func check(_ document: MeshDocument) {
    let single = Double(Float.greatestFiniteMagnitude)
    let fits = document.bodies.allSatisfy { body in
      body.mesh.vertices.allSatisfy { max(abs($0.x), abs($0.y), abs($0.z)) <= single }
    }
    let triangles = document.bodies.reduce(0) { $0 + $1.mesh.triangles }
    guard fits, triangles <= trianglesMax else { return }
    for format in MeshFormat.allCases {
      do {
        guard let bytes = try written(document, as: format) else { continue }
        var reader = MeshReader()
        try reader.update(bytes)
        compare(try reader.finish(), with: document, in: format)
      } catch {
        // Facets upon facets, which STL takes and formats with numbered vertices do not.
        precondition(error.code == .tooComplex, "\(format.rawValue): \(error)")
      }
    }
  }

  /// The file; nil for a format that is not written, and where no facet is left, because 3MF allows none
  /// with a corner twice.
  private static func written(
    _ document: MeshDocument, as format: MeshFormat
  ) throws(MeshRefusal) -> [UInt8]? {
    guard let writer = MeshWriter(format: format) else {
      guard format == .threeMF else { return nil }
      if document.bodies.allSatisfy({ $0.mesh.withoutRepeatedCorners.isEmpty }) { return nil }
      return try ThreeMFWriter.package(of: document)
    }
    var bytes: [UInt8] = []
    writer.write(document) { bytes += $0 }
    return bytes
  }

  private static func compare(
    _ copy: MeshDocument, with original: MeshDocument, in format: MeshFormat
  ) {
    precondition(copy.format == format)
    let isSingle = format == .stlBinary || format == .stlASCII
    let given = original.bodies.flatMap { body in
      let facets =
        format == .threeMF ? body.mesh.withoutRepeatedCorners : Array(0..<body.mesh.triangles)
      return facets.map { body.mesh.positions(of: $0) }
    }
    let mesh = copy.mesh
    precondition(mesh.triangles == given.count)
    for (facet, given) in given.enumerated() {
      let found = mesh.positions(of: facet)
      for (found, given) in [(found.a, given.a), (found.b, given.b), (found.c, given.c)] {
        let wanted = isSingle ? SIMD3<Double>(SIMD3<Float>(given)) : given
        // Vertices that are a step of 1e-8 mm apart are one once they are read.
        precondition(all((found - wanted) .<= 1.1e-8 .& (wanted - found) .<= 1.1e-8))
      }
    }
  }
}

extension Mesh {
  fileprivate var withoutRepeatedCorners: [Int] {
    (0..<triangles).filter { facet in
      let (a, b, c) = (corners[3 * facet], corners[3 * facet + 1], corners[3 * facet + 2])
      return a != b && b != c && c != a
    }
  }
}
