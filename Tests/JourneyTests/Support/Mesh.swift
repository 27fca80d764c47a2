import TestSupport

/// A binary STL of small closed tetrahedra whose every byte is as good as random: no 16 bytes of it
/// stand anywhere by chance.
enum Mesh {
  static func canary(seed: UInt64, tetrahedra: Int) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    // The header may not look like the text form.
    var file = [UInt8(0x91)] + random.bytes(79) + bytes(UInt32(tetrahedra * 4))
    for index in 0..<tetrahedra {
      // In cells of a lattice, so that none touches another.
      let cell = [index % 10, index / 10 % 10, index / 100].map { Float($0) * 6 }
      let corners = [[0, 0, 0], [4, 0, 0], [0, 4, 0], [0, 0, 4]].map { (corner: [Float]) in
        (0..<3).map { cell[$0] + corner[$0] + Float.random(in: 0...1, using: &random) }
      }
      for face in [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]] {
        // Neither normals nor attributes are read; they carry more of the canary.
        file += random.bytes(12)
        for corner in face { file += corners[corner].flatMap { bytes($0.bitPattern) } }
        file += random.bytes(2)
      }
    }
    return file
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
