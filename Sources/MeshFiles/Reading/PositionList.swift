/// The vertices of a file as they come: in single precision up to the first that is not of it, and from
/// there on in double precision.
struct PositionList: Sendable {
  private struct Position<Scalar: Sendable>: Sendable {
    let x: Scalar
    let y: Scalar
    let z: Scalar
  }

  private var singles = BlockList<Position<Float>>()
  private var doubles = BlockList<Position<Double>>()

  var count: Int { singles.count + doubles.count }

  /// What it holds in memory.
  var bytes: Int { 12 * singles.count + 24 * doubles.count }

  @inline(__always)
  mutating func append(_ x: Double, _ y: Double, _ z: Double) {
    if doubles.count == 0 {
      let single = Position(x: Float(x), y: Float(y), z: Float(z))
      if Double(single.x) == x, Double(single.y) == y, Double(single.z) == z {
        return singles.append(single)
      }
    }
    doubles.append(Position(x: x, y: y, z: z))
  }

  subscript(vertex: Int) -> SIMD3<Double> {
    @inline(__always) get {
      if vertex < singles.count {
        let position = singles[vertex]
        return SIMD3(Double(position.x), Double(position.y), Double(position.z))
      }
      let position = doubles[vertex - singles.count]
      return SIMD3(position.x, position.y, position.z)
    }
  }
}
