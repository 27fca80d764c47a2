/// Reads decimal numbers from text: the nearest Double or Float, rounded once, ties to even, as `strtod`
/// and `strtof` do.
///
/// The grammar is [+−] digits [. digits] [e [+−] digits] with a digit before or after the point. Up to
/// 19 digits and powers of ten up to 10^±27, which is all that mesh files usually hold, cost no
/// allocation and no library call.
enum DecimalNumber {
  enum Outcome<Value: Equatable>: Equatable {
    case value(Value)
    /// Infinite, not a number, or too large for the type.
    case notFinite
    case malformed
  }

  /// The word as a Double.
  static func double(_ word: Span<UInt8>) -> Outcome<Double> { parse(word) }

  /// The word as a Float.
  static func float(_ word: Span<UInt8>) -> Outcome<Float> { parse(word) }

  /// The number that begins at `index`, which moves behind it; nil, and nothing moves, if none does.
  /// What follows a number is the caller's to judge. Too large a number is infinite.
  @inline(__always)
  static func scan<Value: BinaryFloatingPoint & LosslessStringConvertible>(
    _ bytes: Span<UInt8>,
    at index: inout Int
  ) -> Value? {
    guard let number = Decimal(bytes, at: index) else { return nil }
    let start = index
    index = number.end
    return number.rounded() ?? library(bytes.extracting(start..<number.end))
  }

  private static func parse<Value: BinaryFloatingPoint & LosslessStringConvertible>(
    _ word: Span<UInt8>
  ) -> Outcome<Value> {
    var end = 0
    guard let value: Value = scan(word, at: &end), end == word.count else {
      return isNamedNonNumber(word) ? .notFinite : .malformed
    }
    return value.isFinite ? .value(value) : .notFinite
  }

  @inline(never)
  private static func library<Value: LosslessStringConvertible>(_ word: Span<UInt8>) -> Value? {
    Value(String(decoding: word.indices.map { word[$0] }, as: UTF8.self))
  }

  /// `nan`, `-nan(ind)`, `inf`, `1.#INF` and their like, which C libraries write.
  static func isNamedNonNumber(_ word: Span<UInt8>) -> Bool {
    var letters: [UInt8] = []
    for index in word.indices.prefix(5) { letters.append(word[index] | 0x20) }
    if let first = letters.first, first == 0x2b || first == 0x2d { letters.removeFirst() }
    let starts = ["nan", "inf", "1.#"]
    return starts.contains { letters.starts(with: $0.utf8.map { $0 | 0x20 }) }
  }
}

/// ±mantissa · 10^exponent, as it stands in the text.
private struct Decimal {
  var isNegative = false
  var mantissa: UInt64 = 0
  var exponent = 0
  /// Digits of the mantissa; beyond 19 it may have overflowed.
  var digits = 0
  /// Where the number ends.
  var end: Int

  /// Nil if no number begins at `start`.
  @inline(__always)
  init?(_ bytes: Span<UInt8>, at start: Int) {
    end = start
    isNegative = takeSign(bytes)
    let whole = end
    takeDigits(bytes)
    digits = end - whole
    if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
      end += 1
      let point = end
      takeDigits(bytes)
      exponent = point - end
      digits -= exponent
    }
    guard digits > 0 else { return nil }
    if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
      guard takeExponent(bytes) else { return nil }
    }
  }

  @inline(__always)
  private mutating func takeSign(_ bytes: Span<UInt8>) -> Bool {
    guard end < bytes.count else { return false }
    let isMinus = bytes[end] == UInt8(ascii: "-")
    if isMinus || bytes[end] == UInt8(ascii: "+") { end += 1 }
    return isMinus
  }

  @inline(__always)
  private mutating func takeDigits(_ bytes: Span<UInt8>) {
    while end < bytes.count {
      let digit = bytes[end] &- UInt8(ascii: "0")
      guard digit < 10 else { return }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      end += 1
    }
  }

  private mutating func takeExponent(_ bytes: Span<UInt8>) -> Bool {
    end += 1
    let isBelow = takeSign(bytes)
    let start = end
    var power = 0
    while end < bytes.count {
      let digit = bytes[end] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      power = min(power * 10 + Int(digit), 1_000_000)
      end += 1
    }
    exponent += isBelow ? -power : power
    return end > start
  }

  /// The nearest value; nil where this road does not lead to it.
  @inline(__always)
  func rounded<Value: BinaryFloatingPoint>() -> Value? {
    guard digits <= 19, exponent.magnitude <= 27 else { return nil }
    if mantissa == 0 { return isNegative ? -0.0 : 0 }
    if let exact: Value = quotient() { return exact }
    return magnitude().map { isNegative ? -$0 : $0 }
  }

  /// Where mantissa and 10^|exponent| are numbers of the type, one operation rounds once (W. D. Clinger,
  /// "How to Read Floating Point Numbers Accurately", PLDI 1990).
  @inline(__always)
  private func quotient<Value: BinaryFloatingPoint>() -> Value? {
    // 10^n is exact as long as 5^n is below 2^precision: n ≤ precision · log 2 / log 5.
    let precision = Value.significandBitCount + 1
    guard mantissa >> UInt64(precision) == 0, exponent.magnitude <= precision * 43 / 100 else {
      return nil
    }
    let whole = Value(isNegative ? -Int(mantissa) : Int(mantissa))
    let power = Value(Self.powersOfTen[Int(exponent.magnitude)])
    return exponent < 0 ? whole / power : whole * power
  }

  private static let powersOfTen: [Double] = (0...22).map { count in
    (0..<count).reduce(1) { power, _ in power * 10 }
  }

  /// mantissa · 5^exponent in integers of 128 bits, of which the upper 64 and whether there is more are
  /// rounded to the type's precision; 2^exponent is exact. 5^27 is the last power below 2^64.
  @inline(__always)
  private func magnitude<Value: BinaryFloatingPoint>() -> Value? {
    let shift = mantissa.leadingZeroBitCount
    let left = mantissa << UInt64(shift)
    let five = Self.powersOfFive[Int(exponent.magnitude)]
    let fiveShift = five.leadingZeroBitCount
    let right = five << UInt64(fiveShift)

    var upper: UInt64
    var hasMore: Bool
    var power = exponent - shift
    if exponent >= 0 {
      let product = left.multipliedFullWidth(by: right)
      (upper, hasMore) = (product.high, product.low != 0)
      power += 64 - fiveShift
      if upper >> 63 == 0 {
        upper = upper << 1 | product.low >> 63
        hasMore = product.low << 1 != 0
        power -= 1
      }
    } else {
      // Halved, the dividend's upper half is below the divisor, as the division demands; the quotient
      // is then at least 2^62.
      let (quotient, rest) = right.dividingFullWidth((left >> 1, left << 63))
      upper = quotient
      hasMore = rest != 0
      power += fiveShift - 63
      if upper >> 63 == 0 {
        // One more digit of the quotient, which is whether twice the rest still holds the divisor.
        let (double, overflow) = rest.addingReportingOverflow(rest)
        let bit: UInt64 = overflow || double >= right ? 1 : 0
        upper = upper << 1 | bit
        hasMore = (bit == 1 ? double &- right : double) != 0
        power -= 1
      }
    }
    let dropped = UInt64(63 - Value.significandBitCount)
    var kept = upper >> dropped
    let lost = upper & (1 << dropped - 1)
    let half: UInt64 = 1 << (dropped - 1)
    if lost > half || lost == half && (hasMore || kept & 1 == 1) { kept += 1 }
    power += Int(dropped)
    guard power.magnitude < 120 else { return nil }
    let scale = Value(
      sign: .plus,
      exponentBitPattern: Value.RawExponent(power + (1 << (Value.exponentBitCount - 1) - 1)),
      significandBitPattern: 0
    )
    return Value(kept) * scale
  }

  private static let powersOfFive: [UInt64] = (0...27).map { count in
    (0..<count).reduce(1) { power, _ in power * 5 }
  }
}
