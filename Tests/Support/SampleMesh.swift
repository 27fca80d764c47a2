import Geometry
public import MeshFiles

/// Meshes that the tests upload.
public enum SampleMesh {
  /// A closed box with its edges along the axes, in millimetres, as binary STL.
  public static func box(_ x: Float = 20, _ y: Float = 30, _ z: Float = 5) -> [UInt8] {
    let corners: [[Float]] = (0..<8).map {
      [$0 & 1 == 0 ? 0 : x, $0 & 2 == 0 ? 0 : y, $0 & 4 == 0 ? 0 : z]
    }
    let faces = [
      [0, 2, 3], [0, 3, 1], [4, 5, 7], [4, 7, 6], [0, 1, 5], [0, 5, 4],
      [2, 6, 7], [2, 7, 3], [0, 4, 6], [0, 6, 2], [1, 3, 7], [1, 7, 5],
    ]
    return binary(faces.map { $0.flatMap { corners[$0] } })
  }

  /// What is measured of such a box.
  public static func measurement(_ x: Float, _ y: Float, _ z: Float) throws -> MeshSummary {
    var measure = StreamingMeasure(key: MeshHashKey(1, 2))
    try measure.update(box(x, y, z))
    return try measure.finish()
  }

  /// Facets that no compression or chance reproduces: every coordinate from the generator.
  public static func noise(facets: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return binary(
      (0..<facets).map { _ in
        (0..<9).map { _ in Float.random(in: -100...100, using: &generator) }
      })
  }

  /// Triangles of nine coordinates each.
  public static func binary(_ triangles: [[Float]]) -> [UInt8] {
    var bytes = Array("canary header".utf8) + [UInt8](repeating: 0, count: 67)
    append(UInt32(triangles.count), to: &bytes)
    for triangle in triangles {
      bytes += [UInt8](repeating: 0, count: 12)
      for coordinate in triangle { append(coordinate.bitPattern, to: &bytes) }
      bytes += [0, 0]
    }
    return bytes
  }

  /// Appends a word, little-endian.
  public static func append(_ word: UInt32, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
