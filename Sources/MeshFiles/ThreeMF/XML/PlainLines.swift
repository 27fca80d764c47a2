internal import Geometry

/// Takes the elements that nearly all of a 3MF file is, in the form that nearly all files have them:
/// `<vertex x="…" y="…" z="…"/>` and `<triangle v1="…" v2="…" v3="…"/>`, the core namespace being the
/// default one. Whatever differs from that in a byte, and whatever is to be refused, is left for the
/// general way, which starts over at that element.
extension XMLScanner {
  /// Takes vertices up to the first that is not plain.
  mutating func takePlainVertices(into vertices: inout [SIMD3<Double>]) {
    guard bindings.defaultNamespace == .core else { return }
    let names = (
      vertex: packed("<vertex "), x: packed("x=\""), y: packed("\" y=\""), z: packed("\" z=\"")
    )
    let document = bytes
    let text = document.span
    var next = at - document.startIndex
    while true {
      var index = text.skippingSpace(from: next)
      guard text.word(at: index) == names.vertex,
        text.word(at: index + 8) & 0xff_ffff == names.x
      else { break }
      index += 11
      guard let x = text.number(at: &index), text.word(at: index) & 0xff_ffff_ffff == names.y else {
        break
      }
      index += 5
      guard let y = text.number(at: &index), text.word(at: index) & 0xff_ffff_ffff == names.z else {
        break
      }
      index += 5
      guard let z = text.number(at: &index), text.skipEnd(at: &index) else { break }
      next = index
      makeRoom(for: 1, in: &vertices, left: text.count - next)
      vertices.append(SIMD3(x, y, z))
    }
    at = document.startIndex + next
  }

  /// Takes triangles up to the first that is not plain or is to be refused.
  mutating func takePlainTriangles(
    into corners: inout [UInt32], vertices: UInt32, trianglesMax: Int
  ) {
    guard bindings.defaultNamespace == .core else { return }
    let names = (
      start: packed("<triangl"), v1: packed("gle v1=\""), v2: packed("\" v2=\""),
      v3: packed("\" v3=\"")
    )
    let document = bytes
    let text = document.span
    var next = at - document.startIndex
    var room = trianglesMax - corners.count / 3
    while room > 0 {
      var index = text.skippingSpace(from: next)
      guard text.word(at: index) == names.start,
        text.word(at: index + 6) == names.v1
      else { break }
      index += 14
      let a = text.index(at: &index)
      guard text.word(at: index) & 0xffff_ffff_ffff == names.v2 else { break }
      index += 6
      let b = text.index(at: &index)
      guard text.word(at: index) & 0xffff_ffff_ffff == names.v3 else { break }
      index += 6
      let c = text.index(at: &index)
      guard text.skipEnd(at: &index), a < vertices, b < vertices, c < vertices, a != b, b != c,
        c != a
      else { break }
      next = index
      makeRoom(for: 3, in: &corners, left: text.count - next)
      corners.append(a)
      corners.append(b)
      corners.append(c)
      room -= 1
    }
    at = document.startIndex + next
  }

  /// Makes room for what one vertex or triangle adds to a mesh, and with it for some that may follow. No growth
  /// takes more than the `left` bytes of the document can hold, so that the last one leaves little unused.
  @inline(__always)
  func makeRoom<Element>(for added: Int, in list: inout [Element], left: Int) {
    if list.count + added > list.capacity { grow(&list, by: added, left: left) }
  }

  @inline(never)
  private func grow<Element>(_ list: inout [Element], by added: Int, left: Int) {
    // `<vertex x="0" y="0" z="0"/>`; a triangle is longer.
    let follow = left / 27 * added
    // Eight times as much, or twice where that counts: what is not used is of a worker's memory, too.
    let more = list.count < 1 << 18 ? 7 * list.count : list.count
    list.reserveLarge(list.count + added + min(follow, max(256, more)))
  }

  private func packed(_ text: String) -> UInt64 { XMLName.packed(Array(text.utf8)[...]) }
}

/// Powers of ten up to 10⁸, as integers.
private let tens: [UInt64] = [
  1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
]

/// Powers of ten that a double holds exactly, as far as they are asked for.
private let powers: [Double] = (0...16).map { (0..<$0).reduce(1) { power, _ in power * 10 } }

/// The bytes of a document eight at a time.
extension Span<UInt8> {
  /// The eight bytes at `index`, the first of them lowest; 0 where there are not as many.
  @inline(__always)
  fileprivate func word(at index: Int) -> UInt64 {
    guard index <= count - 8 else { return 0 }
    let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
    return UInt64(littleEndian: word)
  }

  @inline(__always)
  fileprivate func skippingSpace(from start: Int) -> Int {
    var index = start
    while index < count, XMLCharacters.isSpace(self[index]) { index += 1 }
    return index
  }

  /// The number of the up to eight digits at the start of a word, and how many they are.
  @inline(__always)
  private func digits(_ word: UInt64) -> (value: UInt64, count: Int) {
    let values = word ^ 0x3030_3030_3030_3030
    // The highest bit of every byte that is not 0 to 9; the carry only reaches beyond the first such.
    let others = ((values &+ 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
    let count = others.trailingZeroBitCount >> 3
    // Zeros before the digits. By halves, as a shift by 64 is none.
    let shift = UInt64(64 - 8 * count)
    var pairs = (values &<< (shift / 2)) &<< (shift - shift / 2)
    pairs = pairs &* 10 &+ (pairs &>> 8)
    let low = (pairs & 0x0000_00ff_0000_00ff) &* 0x000f_4240_0000_0064
    let high = ((pairs &>> 16) & 0x0000_00ff_0000_00ff) &* 0x0000_2710_0000_0001
    return ((low &+ high) &>> 32, count)
  }

  /// The vertex number at `index`, which then is behind it; without a vertex of that number where there
  /// is none.
  @inline(__always)
  fileprivate func index(at index: inout Int) -> UInt32 {
    let (value, count) = digits(word(at: index))
    index += count
    return count == 0 ? .max : UInt32(truncatingIfNeeded: value)
  }

  /// The number at `index`, which then is behind it; nil where the schema has none.
  @inline(__always)
  fileprivate func number(at index: inout Int) -> Double? {
    let start = index
    if let number = shortNumber(at: &index) { return number }
    index = start
    return longNumber(at: &index)
  }

  /// A number `[−] digits [. digits]` whose digits without the point are an integer that a double holds;
  /// nil for others, and for what is none.
  @inline(__always)
  private func shortNumber(at index: inout Int) -> Double? {
    var word = word(at: index)
    let isNegative = word & 0xff == 0x2d
    if isNegative {
      index += 1
      word = self.word(at: index)
    }
    var (significand, count) = digits(word)
    index += count
    guard count > 0 else { return nil }
    word = self.word(at: index)
    var scale = 0
    if word & 0xff == 0x2e {
      index += 1
      let fraction = digits(self.word(at: index))
      index += fraction.count
      scale = fraction.count
      significand = significand &* tens[scale] &+ fraction.value
      if scale == 8 {
        let more = digits(self.word(at: index))
        let (product, overflow) = significand.multipliedReportingOverflow(by: tens[more.count])
        guard !overflow else { return nil }
        index += more.count
        scale += more.count
        significand = product &+ more.value
      }
      guard scale > 0, significand <= 1 << 53 else { return nil }
      word = self.word(at: index)
    }
    guard word & 0xff == 0x22 else { return nil }
    // Both are exact, so that the quotient is the nearest double.
    let value = Double(significand) / powers[scale]
    return isNegative ? -value : value
  }

  @inline(never)
  private func longNumber(at index: inout Int) -> Double? {
    let start = index
    guard let value: Double = DecimalNumber.scan(self, at: &index), value.isFinite,
      index - start <= SchemaTypes.numberBytesMax
    else { return nil }
    // The schema wants a digit behind a point.
    for place in start..<index where self[place] == 0x2e {
      guard place + 1 < index, self[place + 1] &- 0x30 < 10 else { return nil }
    }
    return value
  }

  /// Goes behind `"/>` or `" />`.
  @inline(__always)
  fileprivate func skipEnd(at index: inout Int) -> Bool {
    let word = word(at: index)
    if word & 0xff_ffff == 0x3e_2f22 {
      index += 3
      return true
    }
    guard word & 0xffff_ffff == 0x3e2f_2022 else { return false }
    index += 4
    return true
  }
}
