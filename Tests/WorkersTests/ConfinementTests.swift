import ConfinementProbe
import Glibc
import Testing

@Suite("Confinement")
struct ConfinementTests {
  @Test("what a confined process tries beyond computing fails, call by call")
  func calls() throws {
    var calls = [everpart_probed_call](repeating: everpart_probed_call(), count: 64)
    let count = Int(everpart_probe_confinement(&calls, Int32(calls.count)))
    try #require(count > 25 && count < calls.count)
    for call in calls.prefix(count) {
      #expect(call.fault == EPERM, "\(String(cString: call.name)): \(call.fault)")
    }
  }
}
