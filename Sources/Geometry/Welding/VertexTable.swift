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
  private var slots = [SIMD4<Word>](repeating: .zero, count: 1 << 10)
  private var sizeBits = 10
  private var homes = InlineArray<192, Int>(repeating: 0)
  private var touched: Word = 0
  private let hash: PointHash

  init(key: MeshHashKey) {
    hash = PointHash(key: key)
  }

  /// As many points as are numbered at a time: a multiple of three, as facets have three.
  typealias Block = InlineArray<192, SIMD3<Word>>

  /// Appends the numbers of the points of a `Block`, or of fewer, to `numbers`.
  ///
  /// First goes to the slots of all of them in a loop with nothing else in it, so that many loads are on
  /// their way at a time; what follows finds the slots in the cache. That is several times as fast as
  /// point after point where the facets have no order.
  mutating func number(_ block: Span<SIMD3<Word>>, into numbers: inout [UInt32]) {
    if (points.count + block.count) * 4 > slots.count * 3 { reserve(block.count) }
    let mask = slots.count - 1
    for index in block.indices { homes[index] = home(of: block[index]) }
    for index in block.indices { touched ^= slots[homes[index]].w }
    for index in block.indices {
      let point = block[index]
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

  /// The points, with an end to numbering more and to the table's memory.
  mutating func takePoints() -> [SIMD3<Word>] {
    slots = []
    let taken = points
    points = []
    return taken
  }

  /// Where a point is looked for first: the upper bits of its hash, so that what lies near each other in
  /// a table lies so in one of twice the size, and growing goes through both in order.
  @inline(__always)
  private func home(of point: SIMD3<Word>) -> Int {
    Int(truncatingIfNeeded: hash.value(point) &>> UInt64(PointHash.bits - sizeBits))
  }

  /// Makes room for so many points more.
  mutating func reserve(_ count: Int) {
    let old = slots
    while (points.count + count) * 4 > 3 << sizeBits { sizeBits += 1 }
    slots = [SIMD4<Word>](scattered: .zero, count: 1 << sizeBits)
    let mask = slots.count - 1
    for entry in old where entry.w != 0 {
      var slot = home(of: SIMD3(entry.x, entry.y, entry.z))
      while slots[slot].w != 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
    // Last: the old slots need not be there beside it.
    points.reserveLarge((3 << sizeBits) / 4)
  }
}
