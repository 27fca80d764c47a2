import TestSupport

/// Makes inputs of a corpus as libFuzzer would, without looking at what they reach: bytes changed, cut out,
/// doubled, spliced from another file, and numbers put to the values at which readers break.
struct Mutator {
  private let corpus: [[UInt8]]
  private var generator: SeededGenerator

  init(seed: UInt64, corpus: [[UInt8]]) {
    self.corpus = corpus
    generator = SeededGenerator(seed: seed)
  }

  mutating func next() -> [UInt8] {
    var input = corpus.randomElement(using: &generator) ?? []
    for _ in 0..<Int.random(in: 1...4, using: &generator) { change(&input) }
    return input
  }

  private mutating func change(_ input: inout [UInt8]) {
    let place = Int.random(in: 0...input.count, using: &generator)
    let length = min(input.count - place, 1 << Int.random(in: 0...8, using: &generator))
    let range = place..<place + length
    switch Int.random(in: 0..<7, using: &generator) {
    case 0:
      if place < input.count { input[place] ^= 1 << UInt8.random(in: 0...7, using: &generator) }
    case 1: if place < input.count { input[place] = .random(in: 0...255, using: &generator) }
    case 2: input.removeSubrange(range)
    case 3: input.insert(contentsOf: Array(input[range]), at: place)
    case 4:
      let other = corpus.randomElement(using: &generator) ?? []
      let from = Int.random(in: 0...other.count, using: &generator)
      let count = min(other.count - from, 1 << Int.random(in: 0...8, using: &generator))
      input.replaceSubrange(range, with: other[from..<from + count])
    case 5:
      let words = Self.words.randomElement(using: &generator) ?? []
      input.replaceSubrange(place..<min(input.count, place + words.count), with: words)
    default: replaceNumber(&input, from: place)
    }
  }

  /// Takes the next number that is written in digits and writes another one.
  private mutating func replaceNumber(_ input: inout [UInt8], from place: Int) {
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let start = input[place...].firstIndex(where: isDigit) else { return }
    let end = input[start...].firstIndex { !isDigit($0) } ?? input.endIndex
    let number = Self.numbers.randomElement(using: &generator) ?? ""
    input.replaceSubrange(start..<end, with: Array(number.utf8))
  }

  /// Four bytes as counts, and as coordinates.
  private static let words: [[UInt8]] = [
    [0, 0, 0, 0], [255, 255, 255, 255], [255, 255, 255, 127], [0, 0, 0, 128], [0, 0, 128, 127],
    [0, 0, 192, 127], [1, 0, 0, 0], [255, 255, 127, 127], [9, 9, 9, 9], [0, 0, 0, 1],
  ]
  private static let numbers = [
    "0", "-1", "-0", "1e309", "1e-400", "4294967295", "4294967296", "9223372036854775808", "nan",
    "inf",
    "00000000000000000000000000000001", "0.1e1", "1e", "1.", ".5", "", "99999999999999999999999999",
  ]
}
