/// Some of a file's vertices, and their numbers among themselves in the order of the file: a bit and a
/// sixteenth of a number for each.
struct VertexSet {
  private var words: [UInt64]
  /// Members before each word, once they are numbered.
  private var before: [UInt32]
  private let count: Int
  /// How many there are, once they are numbered.
  private(set) var members = 0

  init(count: Int) {
    self.count = count
    words = [UInt64](repeating: 0, count: (count + 63) / 64)
    before = [UInt32](repeating: 0, count: words.count)
  }

  @inline(__always)
  mutating func insert(_ vertex: UInt32) {
    words[Int(vertex >> 6)] |= 1 << UInt64(vertex & 63)
  }

  mutating func removeAll() {
    for index in words.indices { words[index] = 0 }
  }

  /// Numbers what was inserted.
  mutating func number() {
    members = 0
    for index in words.indices {
      before[index] = UInt32(members)
      members += words[index].nonzeroBitCount
    }
  }

  /// The number of a member.
  @inline(__always)
  func number(of vertex: UInt32) -> UInt32 {
    if members == count { return vertex }
    let index = Int(vertex >> 6)
    let lower = words[index] & (1 << UInt64(vertex & 63) - 1)
    return before[index] + UInt32(lower.nonzeroBitCount)
  }

  /// The members in the order of their numbers.
  func forEach(_ body: (Int) -> Void) {
    for index in words.indices {
      var word = words[index]
      while word != 0 {
        body(index << 6 + word.trailingZeroBitCount)
        word &= word - 1
      }
    }
  }
}
