import Domain
import FoundationEssentials
import TestSupport
import Testing

@Test("an identifier reads back from its own text and from JSON")
func identifierRoundTrip() throws {
  let ambient = Ambient.simulated(seed: 3)
  for _ in 0..<200 {
    let id: OrderID = ambient.identifier(at: ambient.now())
    #expect(OrderID(id.text) == id)
    let json = try JSONEncoder().encode([id])
    #expect(try JSONDecoder().decode([OrderID].self, from: json) == [id])
  }
}

@Test("an identifier is a UUIDv7 behind its prefix")
func identifierForm() throws {
  var generator = SeededGenerator(seed: 9)
  let id = OrderID(at: Instant(milliseconds: 0x0194_F6C2_D1E9), using: &generator)
  #expect(id.text.hasPrefix("ord_0194f6c2d1e97"))
  #expect(id.text.utf8.count == 36)
  let variant = try #require(Array(id.text)[4 + 16].hexDigitValue)
  #expect((8...11).contains(variant))
}

@Test("identifiers sort by the time they were made")
func identifiersSort() {
  let clock = SimulatedClock(seed: 1)
  let ids: [JobID] = (0..<50).map { _ in
    clock.advance(by: .milliseconds(1))
    return clock.ambient.identifier(at: clock.now)
  }
  #expect(ids == ids.sorted())
}

@Test(
  "anything but the canonical form of an identifier is refused",
  arguments: [
    "", "ord", "ord_", "ord_0194f6c2d1e97a3c8f00aa551234567",
    "ord_0194f6c2d1e97a3c8f00aa55123456789",
    "job_0194f6c2d1e97a3c8f00aa5512345678", "ORD_0194f6c2d1e97a3c8f00aa5512345678",
    "ord_0194F6C2D1E97A3C8F00AA5512345678", "ord-0194f6c2d1e97a3c8f00aa5512345678",
    "ord_0194f6c2-d1e9-7a3c-8f00-aa551234567", " ord_0194f6c2d1e97a3c8f00aa5512345678",
    "ord_0194f6c2d1e97a3c8f00aa551234567\u{0}", "ord_٠194f6c2d1e97a3c8f00aa55123456",
    "ord_0194f6c2d1e97a3c8f00aa55' OR 1=1",
  ])
func identifierRefusals(text: String) {
  #expect(OrderID(text) == nil)
  let json = try? JSONEncoder().encode([text])
  #expect(throws: DecodingError.self) {
    try JSONDecoder().decode([OrderID].self, from: try #require(json))
  }
}
