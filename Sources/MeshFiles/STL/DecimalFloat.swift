/// Reads a decimal number as the nearest Float.
enum DecimalFloat {
  enum Outcome: Equatable {
    case value(Float)
    /// Infinite, not a number, or too large for a Float.
    case notFinite
    case malformed
  }

  /// Powers of ten that a Double holds exactly.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Accepts [+−] digits [. digits] [e [+−] digits] with a digit before or after the point. The result
  /// is correctly rounded, and rounded once: the same bits as `strtof`.
  static func parse(_ word: Span<UInt8>) -> Outcome {
    guard let number = Parts(word) else {
      return isNamedNonNumber(word) ? .notFinite : .malformed
    }
    if let quick = quick(number) { return .value(quick) }
    let text = String(decoding: word.indices.map { word[$0] }, as: UTF8.self)
    guard let value = Float(text) else { return .malformed }
    return value.isFinite ? .value(value) : .notFinite
  }

  /// W. D. Clinger, "How to Read Floating Point Numbers Accurately" (1990): where mantissa and power of
  /// ten are exact in double precision, one operation rounds correctly. Rounding that to a Float goes
  /// wrong only from halfway between two Floats, and among subnormals; those are left to the library.
  private static func quick(_ number: Parts) -> Float? {
    guard number.mantissa < 1 << 53, number.exponent.magnitude <= 22 else { return nil }
    var value = Double(number.mantissa)
    if number.exponent < 0 {
      value /= powers[-number.exponent]
    } else {
      value *= powers[number.exponent]
    }
    let isHalfway = value.bitPattern & 0x1fff_ffff == 0x1000_0000
    guard !isHalfway, value == 0 || (1e-37...1e37).contains(value) else { return nil }
    return number.isNegative ? -Float(value) : Float(value)
  }

  /// mantissa · 10^exponent.
  private struct Parts {
    var isNegative = false
    /// The digits as an integer; `UInt64.max` if they are too many for this road.
    var mantissa: UInt64 = 0
    var exponent = 0

    init?(_ word: Span<UInt8>) {
      var index = 0
      func peek() -> UInt8? { index < word.count ? word[index] : nil }
      func sign() -> Bool {
        guard let byte = peek(), byte == 0x2b || byte == 0x2d else { return false }
        index += 1
        return byte == 0x2d
      }
      func digit() -> UInt64? {
        guard let byte = peek(), 0x30...0x39 ~= byte else { return nil }
        index += 1
        return UInt64(byte - 0x30)
      }

      isNegative = sign()
      var digits = 0
      while let next = digit() {
        append(next)
        digits += 1
      }
      if peek() == 0x2e {
        index += 1
        while let next = digit() {
          append(next)
          digits += 1
          exponent -= 1
        }
      }
      guard digits > 0 else { return nil }
      if let byte = peek(), byte | 0x20 == 0x65 {
        index += 1
        let isNegative = sign()
        guard let first = digit() else { return nil }
        var power = Int(first)
        while let next = digit() { power = min(power * 10 + Int(next), 1_000_000) }
        exponent += isNegative ? -power : power
      }
      guard index == word.count else { return nil }
    }

    private mutating func append(_ digit: UInt64) {
      mantissa = mantissa < 1 << 56 ? mantissa * 10 + digit : .max
    }
  }

  /// `nan`, `-nan(ind)`, `inf`, `1.#INF` and their like, which C libraries write.
  private static func isNamedNonNumber(_ word: Span<UInt8>) -> Bool {
    var letters: [UInt8] = []
    for index in word.indices.prefix(5) { letters.append(word[index] | 0x20) }
    if let first = letters.first, first == 0x2b || first == 0x2d { letters.removeFirst() }
    let starts = ["nan", "inf", "1.#"]
    return starts.contains { letters.starts(with: $0.utf8.map { $0 | 0x20 }) }
  }
}
