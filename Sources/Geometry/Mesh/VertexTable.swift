/// Numbers points in the order in which they first come.
///
/// A point is three words, equal when their bits are. Open addressing with linear probing; a slot holds
/// the point itself, so that a look-up misses the cache once.
struct VertexTable<Word: FixedWidthInteger & UnsignedInteger & SIMDScalar & Sendable>: Sendable
where Word.SIMD4Storage: Sendable {
  /// Points so far.
  private(set) var count = 0
  /// x, y, z and one more than the point's number; 0 there is a free slot. Their number is a power of
  /// two, at least 4/3 of the points.
  private var slots = [SIMD4<Word>](repeating: .zero, count: 1024)
  private let hash: PointHash

  init(key: MeshHashKey) {
    hash = PointHash(key: key)
  }

  /// The point's number; `count` as it was before, if it is new.
  @inline(__always)
  mutating func number(of point: SIMD3<Word>) -> UInt32 {
    let mask = slots.count - 1
    var slot = hash.value(point) & mask
    while slots[slot].w != 0 {
      if slots[slot].lowHalf == SIMD2(point.x, point.y), slots[slot].z == point.z {
        return UInt32(truncatingIfNeeded: slots[slot].w - 1)
      }
      slot = (slot + 1) & mask
    }
    count += 1
    slots[slot] = SIMD4(point, Word(count))
    if count * 4 > slots.count * 3 { grow() }
    return UInt32(count - 1)
  }

  @inline(never)
  private mutating func grow() {
    let size = slots.count * 2
    var grown = [SIMD4<Word>](repeating: .zero, count: size)
    for entry in slots where entry.w != 0 {
      var slot = hash.value(SIMD3(entry.x, entry.y, entry.z)) & (size - 1)
      while grown[slot].w != 0 { slot = (slot + 1) & (size - 1) }
      grown[slot] = entry
    }
    slots = grown
  }
}
