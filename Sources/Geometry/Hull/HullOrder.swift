/// The order in which a hull takes its points.
extension [SIMD3<Double>] {
  /// Puts the extreme points along 13 directions in front, since the body that they span already holds
  /// most points of a common part, and shuffles the rest (R. Durstenfeld, "Algorithm 235: Random
  /// Permutation", CACM 7 (1964)). Returns where the points numbered `chosen` went.
  mutating func shuffle(seed: UInt64, first chosen: [Int]) -> [Int] {
    var order = indices.map(UInt32.init)
    var random = SplitMix64(state: seed)
    for index in stride(from: order.count - 1, to: 0, by: -1) {
      // The bias of a multiplication instead of a division is below 2^−32.
      let other = Int(random.next().multipliedFullWidth(by: UInt64(index + 1)).high)
      order.swapAt(index, other)
    }
    var places = [UInt32](repeating: 0, count: count)
    for (place, index) in order.enumerated() { places[Int(index)] = UInt32(place) }
    for (place, index) in (chosen + extremes()).enumerated() where place < count {
      let from = Int(places[index])
      // One that is in front already has its place there.
      guard from > place else { continue }
      places[Int(order[place])] = UInt32(from)
      places[index] = UInt32(place)
      order.swapAt(place, from)
    }
    sortRounds(&order)
    for (place, index) in order.enumerated() { places[Int(index)] = UInt32(place) }
    self = order.map { self[Int($0)] }
    return chosen.map { Int(places[$0]) }
  }

  /// Sorts each round of an order, the second half, the quarter before it and so on, along a Morton
  /// curve: random enough for the expected time, and neighbours are close in memory.
  ///
  /// N. Amenta, S. Choi, G. Rote, "Incremental Constructions con BRIO", SoCG 2003.
  private func sortRounds(_ order: inout [UInt32]) {
    var (low, high) = (self[0], self[0])
    for point in self { (low, high) = (pointwiseMin(low, point), pointwiseMax(high, point)) }
    let scale = 2 / (high - low).largestMagnitude
    let codes = map { MortonKeys.code(of: ($0 - low) * scale - 1) }
    var end = order.count
    while end > 256 {
      order[end / 2..<end].sort { codes[Int($0)] < codes[Int($1)] }
      end /= 2
    }
  }

  private func extremes() -> [Int] {
    var extremes: [Int] = []
    for code in 14..<27 {
      // The 13 directions with coordinates −1, 0 and 1, of each pair of opposite ones the first.
      let direction = SIMD3(Double(code / 9 - 1), Double(code / 3 % 3 - 1), Double(code % 3 - 1))
      var (lowest, highest) = (0, 0)
      var (low, high) = (Double.infinity, -Double.infinity)
      for index in indices {
        let height = dot(self[index], direction)
        if height < low { (low, lowest) = (height, index) }
        if height > high { (high, highest) = (height, index) }
      }
      extremes += [lowest, highest]
    }
    return extremes
  }
}

/// A small generator of random numbers: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom
/// Number Generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed &>> 31)
  }
}
