import Testing

@testable import Geometry

@Suite("Large arrays")
struct LargePagesTests {
  @Test(
    "hold what they held when they are given room, and when they give it back",
    arguments: [0, 5, 3 << 19])
  func holds(count: Int) {
    let expected = Array(0..<count)
    var list = expected
    list.reserveLarge(4 * count + 1)
    #expect(list == expected)
    #expect(list.capacity > 4 * count)
    list.append(count)
    let room = list.capacity
    list.reserveLarge(count)
    #expect(list.capacity == room, "there is more already")
    list.releaseRoom()
    #expect(list == expected + [count])
    #expect(list.capacity <= 2 * (count + 1) + 8)
  }

  @Test("of one value are that", arguments: [0, 7, (4 << 20) / 2 + 3])
  func scattered(count: Int) {
    #expect([UInt16](scattered: 9, count: count) == [UInt16](repeating: 9, count: count))
  }
}
