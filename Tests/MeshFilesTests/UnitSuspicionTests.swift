import MeshFiles
import Testing

@Suite("Suspected units")
struct UnitSuspicionTests {
  @Test("a part of inches read as millimetres is suspected, and inches come first")
  func inches() throws {
    let suspicion = try #require(UnitSuspicion(size: SIMD3(3, 2, 0.5), readAs: .millimeter))
    #expect(suspicion.readings.first?.unit == .inch)
    #expect(suspicion.readings.first?.factor == 25.4)
    #expect(suspicion.readings.map(\.unit) == [.inch, .centimeter])
    #expect(
      suspicion.message
        == "Read in millimeters the part is 3 × 2 × 0.5 mm, smaller than almost anything that is "
        + "printed. It would be in inches 76.2 × 50.8 × 12.7 mm, in centimeters 30 × 20 × 5 mm. "
        + "Say which unit is meant."
    )
  }

  @Test("a part of metres read as millimetres is suspected")
  func metres() throws {
    let suspicion = try #require(UnitSuspicion(size: SIMD3(0.12, 0.05, 0), readAs: .millimeter))
    #expect(suspicion.readings.map(\.unit) == [.meter])
    #expect(suspicion.readings[0].size == SIMD3(120, 50, 0))
  }

  @Test("too large a part is suspected of a conversion too many, or of another unit")
  func large() throws {
    let converted = try #require(UnitSuspicion(size: SIMD3(2540, 100, 100), readAs: .millimeter))
    #expect(converted.readings.map(\.factor) == [1 / 25.4, 0.1])
    #expect(converted.readings.map(\.unit) == [nil, nil])
    #expect(converted.message.contains("25.4 times as small 100 × 3.94 × 3.94 mm"))
    let stated = try #require(UnitSuspicion(size: SIMD3(2540, 100, 100), readAs: .inch))
    #expect(stated.readings.first?.unit == .millimeter)
    let microns = try #require(UnitSuspicion(size: SIMD3(80_000, 1, 1), readAs: .millimeter))
    #expect(microns.readings.first?.unit == .micron)
  }

  @Test("sizes that are printed raise no suspicion, nor does one that no unit explains")
  func quiet() {
    for longest in [5, 20, 300, 1500.0] {
      #expect(UnitSuspicion(size: SIMD3(longest, 1, 1), readAs: .millimeter) == nil)
    }
    for longest in [0, 1e-9, 1e12, .infinity, .nan] {
      #expect(UnitSuspicion(size: SIMD3(longest, 0, 0), readAs: .millimeter) == nil)
    }
    #expect(UnitSuspicion(size: SIMD3(4.999, 1, 1), readAs: .millimeter) != nil)
    #expect(UnitSuspicion(size: SIMD3(1500.1, 1, 1), readAs: .millimeter) != nil)
  }
}
