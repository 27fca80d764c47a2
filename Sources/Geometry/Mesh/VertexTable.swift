/// Numbers points in the order in which they first come.
///
/// A point is three words, equal where their bits are. Open addressing with linear probing; a slot holds
/// the point itself, so that a look-up goes to memory once.
struct VertexTable<Word: FixedWidthInteger & UnsignedInteger & SIMDScalar & Sendable>: Sendable
where Word.SIMD2Storage: Sendable, Word.SIMD4Storage: Sendable {
  /// The points, by their numbers.
  private(set) var points: [SIMD3<Word>] = []
  /// x, y, z and one more than the point's number; 0 there is a free slot. Their number is a power of
  /// two, at least 4/3 of the points.
  private var slots = [SIMD4<Word>](repeating: .zero, count: 1024)
  private var homes: [Int] = []
  private var touched: Word = 0
  private let hash: PointHash

  init(key: MeshHashKey) {
    hash = PointHash(key: key)
  }

  /// Appends the numbers of some hundred points to `numbers`.
  ///
  /// First goes to the slots of all of them in a loop with nothing else in it, so that many loads are on
  /// their way at a time; what follows finds the slots in the cache. That is several times as fast as
  /// point after point where the facets have no order.
  mutating func number(_ block: [SIMD3<Word>], into numbers: inout [UInt32]) {
    reserve(block.count)
    let mask = slots.count - 1
    homes.removeAll(keepingCapacity: true)
    for point in block { homes.append(hash.value(point) & mask) }
    for home in homes { touched ^= slots[home].w }
    for (index, point) in block.enumerated() {
      var slot = homes[index]
      while true {
        let entry = slots[slot]
        if entry.w == 0 {
          points.append(point)
          slots[slot] = SIMD4(point, Word(truncatingIfNeeded: points.count))
          numbers.append(UInt32(truncatingIfNeeded: points.count - 1))
          break
        }
        if SIMD3(entry.x, entry.y, entry.z) == point {
          numbers.append(UInt32(truncatingIfNeeded: entry.w - 1))
          break
        }
        slot = (slot + 1) & mask
      }
    }
  }

  /// Makes room for so many points more.
  private mutating func reserve(_ count: Int) {
    var size = slots.count
    while (points.count + count) * 4 > size * 3 { size *= 2 }
    guard size > slots.count else { return }
    slots = []
    var grown = [SIMD4<Word>](repeating: .zero, count: size)
    for (index, point) in points.enumerated() {
      var slot = hash.value(point) & (size - 1)
      while grown[slot].w != 0 { slot = (slot + 1) & (size - 1) }
      grown[slot] = SIMD4(point, Word(truncatingIfNeeded: index + 1))
    }
    slots = grown
  }
}
