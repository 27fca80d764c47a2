/// A list that grows by blocks of a fixed size: nothing is copied to make room, and no more is allocated
/// than one block beyond what it holds. An Array may need three times its size while it grows, which a
/// stranger's file should not be able to ask for.
struct BlockList<Element: Sendable>: Sendable {
  /// A block has half a mebibyte to one: as much as goes back to the system when it is freed.
  private static var shift: Int {
    20 - Int.bitWidth + (MemoryLayout<Element>.stride - 1).leadingZeroBitCount
  }
  private static var blockSize: Int { 1 << shift }

  private var full: [[Element]] = []
  private var last: [Element] = []

  var count: Int { full.count << Self.shift + last.count }

  @inline(__always)
  mutating func append(_ element: Element) {
    if last.count == Self.blockSize { startBlock() }
    last.append(element)
  }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      let block = index >> Self.shift
      let place = index & (Self.blockSize - 1)
      return block < full.count ? full[block][place] : last[place]
    }
  }

  private mutating func startBlock() {
    full.append(last)
    last = []
    last.reserveCapacity(Self.blockSize)
  }
}
