/// A moment: whole milliseconds since 1970-01-01T00:00:00Z. Written in JSON as RFC 3339 in UTC.
public struct Instant: Hashable, Comparable, Sendable {
  /// Milliseconds since the Unix epoch.
  public let milliseconds: Int64

  /// The moment that many milliseconds after the Unix epoch.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Earlier is less.
  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  /// The moment a duration later, to the millisecond.
  public static func + (instant: Self, duration: Duration) -> Self {
    let parts = duration.components
    return Self(
      milliseconds: instant.milliseconds + parts.seconds * 1000
        + parts.attoseconds / 1_000_000_000_000_000)
  }

  /// The calendar day in UTC.
  public var day: CalendarDay {
    CalendarDay(daysSinceEpoch: Int(milliseconds.flooredQuotient(86_400_000)))
  }

  /// Reads `YYYY-MM-DDThh:mm:ss[.sss]Z`; `nil` for any other form.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 || bytes.count == 24, bytes[10] == UInt8(ascii: "T"),
      bytes.last == UInt8(ascii: "Z"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"),
      let day = CalendarDay(String(text.prefix(10))),
      let hour = decimal(bytes[11..<13]), hour < 24,
      let minute = decimal(bytes[14..<16]), minute < 60,
      let second = decimal(bytes[17..<19]), second < 60
    else { return nil }
    var fraction = 0
    if bytes.count == 24 {
      guard bytes[19] == UInt8(ascii: "."), let value = decimal(bytes[20..<23]) else { return nil }
      fraction = value
    }
    milliseconds =
      Int64(day.daysSinceEpoch) * 86_400_000
      + Int64(((hour * 60 + minute) * 60 + second) * 1000 + fraction)
  }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC with milliseconds: `2026-03-01T09:30:00.000Z`.
  public var description: String {
    let inDay = Int(milliseconds - Int64(day.daysSinceEpoch) * 86_400_000)
    let (hour, minute) = (inDay / 3_600_000, inDay / 60_000 % 60)
    let (second, fraction) = (inDay / 1000 % 60, inDay % 1000)
    return "\(day)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
      + ".\(padded(fraction, 3))Z"
  }
}

extension Instant: Codable {
  /// Decodes the RFC 3339 form.
  public init(from decoder: any Decoder) throws {
    self = try decodeText(decoder, "an RFC 3339 instant in UTC", Self.init(_:))
  }

  /// Encodes the RFC 3339 form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// A day of the Gregorian calendar, without a time zone: what a certificate is valid on.
public struct CalendarDay: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let daysSinceEpoch: Int

  /// The day that many days after 1970-01-01.
  public init(daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }

  /// Reads `YYYY-MM-DD` and refuses days that no month has.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = decimal(bytes[0..<4]), let month = decimal(bytes[5..<7]),
      let day = decimal(bytes[8..<10]), (1...12).contains(month), day >= 1
    else { return nil }
    // Days from civil date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted.flooredQuotient(400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    daysSinceEpoch = era * 146_097 + dayOfEra - 719_468
    guard description == text else { return nil }
  }

  /// Earlier is less.
  public static func < (left: Self, right: Self) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }

  /// The day that many days later.
  public static func + (day: Self, days: Int) -> Self {
    Self(daysSinceEpoch: day.daysSinceEpoch + days)
  }
}

extension CalendarDay: CustomStringConvertible {
  /// ISO 8601: `2026-03-01`.
  public var description: String {
    let shifted = daysSinceEpoch + 719_468
    let era = shifted.flooredQuotient(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}

extension CalendarDay: Codable {
  /// Decodes the ISO 8601 form.
  public init(from decoder: any Decoder) throws {
    self = try decodeText(decoder, "a day as YYYY-MM-DD", Self.init(_:))
  }

  /// Encodes the ISO 8601 form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension BinaryInteger {
  fileprivate func flooredQuotient(_ divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

private func decimal(_ bytes: ArraySlice<UInt8>) -> Int? {
  var value = 0
  for byte in bytes {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    value = value * 10 + Int(byte - UInt8(ascii: "0"))
  }
  return value
}

private func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

func decodeText<Value>(
  _ decoder: any Decoder, _ expected: String, _ parse: (String) -> Value?
) throws -> Value {
  let container = try decoder.singleValueContainer()
  guard let value = parse(try container.decode(String.self)) else {
    throw DecodingError.dataCorruptedError(in: container, debugDescription: "not \(expected)")
  }
  return value
}
