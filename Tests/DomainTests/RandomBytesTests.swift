import Domain
import Testing

/// Gives 0x0706050403020100 and then each byte eight more.
private struct Counting: RandomNumberGenerator {
  var draws: UInt64 = 0

  mutating func next() -> UInt64 {
    defer { draws += 1 }
    return 0x0706_0504_0302_0100 + draws * 0x0808_0808_0808_0808
  }
}

@Test(
  "random bytes are as many as asked for, eight a draw",
  arguments: [(0, 0), (1, 1), (7, 1), (8, 1), (9, 2), (32, 4)])
func randomBytes(count: Int, draws: UInt64) {
  var generator = Counting()
  #expect(generator.bytes(count) == (0..<count).map { UInt8($0) })
  #expect(generator.draws == draws)
}
