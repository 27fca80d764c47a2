import Foundation
import Geometry
import MeshFiles
import TestSupport

/// A closed mesh of any size: a torus, 200 mm across, whose every vertex a generator has moved a little.
/// Two facets for each of `around` × `across` cells.
struct TorusMesh {
  private let around: Int
  private let across: Int
  private let vertices: [Vertex]

  init(around: Int, across: Int, seed: UInt64 = 3) {
    (self.around, self.across) = (around, across)
    var generator = SeededGenerator(seed: seed)
    // Small beside the distance to the next vertex, so that no facet folds over.
    let shift = 5.0 / Double(max(around, across))
    vertices = (0..<around).flatMap { i in
      (0..<across).map { j in
        let (u, v) = (
          2 * Double.pi * Double(i) / Double(around), 2 * Double.pi * Double(j) / Double(across)
        )
        let tube = 25 + Double.random(in: -shift...shift, using: &generator)
        let ring = 75 + tube * cos(v)
        return Vertex(Float(ring * cos(u)), Float(ring * sin(u)), Float(tube * sin(v)))
      }
    }
  }

  /// The facets of row `i`.
  private func facets(_ i: Int) -> [Facet] {
    (2 * across * i..<2 * across * (i + 1)).map(facet)
  }

  private func facet(_ number: Int) -> Facet {
    let (i, j) = (number / 2 / across, number / 2 % across)
    let (a, c) = (vertex(i, j), vertex(i + 1, j + 1))
    return number.isMultiple(of: 2)
      ? Facet(a, vertex(i + 1, j), c) : Facet(a, c, vertex(i, j + 1))
  }

  private func vertex(_ i: Int, _ j: Int) -> Vertex {
    vertices[(i % around) * across + j % across]
  }

  /// Piece by piece, so that a file can be larger than this process; `isShuffled` writes the facets in
  /// a random order, as a program that has taken a part apart and put it together again does.
  func writeBinary(to path: String, isShuffled: Bool = false) throws {
    var generator = SeededGenerator(seed: 4)
    let order = isShuffled ? (0..<2 * around * across).shuffled(using: &generator) : nil
    try writeFile(path) { file in
      var head = Array(STLWriter.binary([]).dropLast(4))
      let count = UInt32(2 * around * across)
      head += (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
      try file.write(contentsOf: head)
      for i in 0..<around {
        let row = order.map { $0[2 * across * i..<2 * across * (i + 1)].map(facet) } ?? facets(i)
        try file.write(contentsOf: STLWriter.binary(row).dropFirst(84))
      }
    }
  }

  func writeText(to path: String) throws {
    try writeFile(path) { file in
      try file.write(contentsOf: Data("solid torus\n".utf8))
      for i in 0..<around {
        let text = facets(i).map { facet in
          let corners = [facet.a, facet.b, facet.c].map { "vertex \($0.x) \($0.y) \($0.z)\n" }
          return "facet normal 0 0 0\nouter loop\n\(corners.joined())endloop\nendfacet\n"
        }
        try file.write(contentsOf: Data(text.joined().utf8))
      }
      try file.write(contentsOf: Data("endsolid torus\n".utf8))
    }
  }
}
