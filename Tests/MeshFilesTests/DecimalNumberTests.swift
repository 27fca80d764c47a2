import TestSupport
import Testing

@testable import MeshFiles

@Suite("Decimal numbers")
struct DecimalNumberTests {
  /// Compares with the library, by bits.
  static func check(_ text: String) {
    let word = Array(text.utf8)
    check(text, DecimalNumber.double(word.span), Double(text))
    check(text, DecimalNumber.float(word.span), Float(text))
  }

  private static func check<Value: BinaryFloatingPoint>(
    _ text: String,
    _ outcome: DecimalNumber.Outcome<Value>,
    _ library: Value?
  ) {
    guard let expected = library, expected.isFinite else {
      if outcome != .notFinite { Issue.record("\(text) is not \(outcome)") }
      return
    }
    guard outcome == .value(expected), case .value(let value) = outcome,
      value.sign == expected.sign
    else {
      Issue.record("\(text) is not \(outcome)")
      return
    }
  }

  @Test("shortest decimals of random bits read back", arguments: 0..<20)
  func shortest(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<1000 {
      let double = Double(bitPattern: generator.next())
      if double.isFinite { Self.check("\(double)") }
      let float = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      if float.isFinite { Self.check("\(float)") }
      Self.check("\(Double.random(in: -1000...1000, using: &generator))")
      Self.check("\(Float.random(in: -1000...1000, using: &generator))")
    }
  }

  @Test("random digits, points and powers are rounded once", arguments: 0..<20)
  func random(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<2000 {
      let count = Int.random(in: 1...24, using: &generator)
      var text = (0..<count).map { _ in "\(Int.random(in: 0...9, using: &generator))" }.joined()
      let point = Int.random(in: 0...count, using: &generator)
      text.insert(".", at: text.index(text.startIndex, offsetBy: point))
      if Bool.random(using: &generator) {
        text += "e\(Int.random(in: -50...50, using: &generator))"
      }
      Self.check(["", "+", "-"][Int.random(in: 0...2, using: &generator)] + text)
    }
  }

  /// The decimals of m · 5^k that lie on or beside the middle between two neighbours.
  @Test("halves go to even, and what is just beside them to its side", arguments: 0..<10)
  func halves(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<500 {
      // Halfway between two Doubles, or two Floats, with an exact decimal of up to 19 digits.
      for bits in [53, 24] {
        let odd = generator.next() >> UInt64(63 - bits) | 1 | 1 << UInt64(bits)
        for power in 0...3 {
          let integer = odd.multipliedReportingOverflow(by: [1, 5, 25, 125][power])
          guard !integer.overflow else { continue }
          for value in [integer.partialValue - 1, integer.partialValue, integer.partialValue + 1] {
            Self.check("\(value)")
            Self.check("\(value)e-\(power)")
            Self.check("\(value)e-\(power + 9)")
          }
        }
      }
    }
  }

  @Test(
    "hard and extreme cases",
    arguments: [
      "0", "-0", "+0.0", "0e99999999999", "1.", ".5", "-.5E+1", "00012.50", "1e22", "1e23", "1e27",
      "1e28", "9007199254740993", "9007199254740992.5", "9223372036854775807",
      "18446744073709551615", "18446744073709551616", "9999999999999999999", "1e-27", "1e-28",
      "1.7976931348623157e308", "1.7976931348623159e308", "4.9e-324", "2.4e-324",
      "2.2250738585072011e-308", "2.2250738585072014e-308", "3.4028235e38", "3.4028236e38",
      "1.1754944e-38", "1e-45", "7e-46", "6.92949564460092e15",
      "0.500000000000000166533453693773481063544750213623046875",
      "3.518437208883201171875e13", "62.5364939768271845828", "8.10109172351e-10",
      "1.50000000000000011102230246251565", "0.000000000000000000000000000001",
      "123456789012345678901234567890", "1e400", "-1e400", "1e-400",
    ]
  )
  func hard(text: String) {
    Self.check(text)
  }

  @Test(
    "what is no decimal number is malformed",
    arguments: [
      "", "+", "-", ".", "+.", "e5", ".e5", "1e", "1e+", "1e+-5", "--1", "1.2.3", "0x14", "1,5",
      "1_0",
      "1 ", " 1", "1f", "٣",
    ]
  )
  func malformed(text: String) {
    #expect(DecimalNumber.double(Array(text.utf8).span) == .malformed)
    #expect(DecimalNumber.float(Array(text.utf8).span) == .malformed)
  }

  @Test(
    "what C writes for no number is not finite", arguments: ["nan", "-NaN(0x1)", "inf", "1.#QNAN"])
  func named(text: String) {
    #expect(DecimalNumber.double(Array(text.utf8).span) == .notFinite)
  }

  @Test("a scan ends behind the number and moves nothing where none begins")
  func scan() {
    let bytes = Array("v 1.5e2/7\" x".utf8)
    var index = 2
    let first: Double? = DecimalNumber.scan(bytes.span, at: &index)
    #expect(first == 150 && index == 7)
    let none: Double? = DecimalNumber.scan(bytes.span, at: &index)
    #expect(none == nil && index == 7)
  }
}
