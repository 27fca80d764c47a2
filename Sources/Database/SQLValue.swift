/// One value as an engine stores it. Booleans are 0 and 1, instants are integer milliseconds, money is
/// integer minor units, JSON is text: there is no other type in a column.
public enum SQLValue: Sendable, Hashable {
  /// SQL NULL.
  case null
  /// A 64-bit integer (`BIGINT`).
  case integer(Int64)
  /// A double (`DOUBLE PRECISION`).
  case real(Double)
  /// Text without NUL (`TEXT`).
  case text(String)
  /// Bytes (`BYTEA`).
  case blob([UInt8])
}

/// A value that can be an argument of a statement.
public protocol SQLConvertible {
  /// The value as it is stored.
  var sqlValue: SQLValue { get }
}

extension SQLValue: SQLConvertible {
  /// Itself.
  public var sqlValue: SQLValue { self }
}

extension SQLValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral
{
  /// `nil` is NULL.
  public init(nilLiteral: ()) { self = .null }
  /// An integer literal.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A floating-point literal.
  public init(floatLiteral value: Double) { self = .real(value) }
  /// A string literal.
  public init(stringLiteral value: String) { self = .text(value) }
  /// `true` is 1, `false` is 0.
  public init(booleanLiteral value: Bool) { self = .integer(value ? 1 : 0) }
}

extension Int: SQLConvertible {
  /// A 64-bit integer.
  public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLConvertible {
  /// A 64-bit integer.
  public var sqlValue: SQLValue { .integer(self) }
}

extension Double: SQLConvertible {
  /// A double.
  public var sqlValue: SQLValue { .real(self) }
}

extension Bool: SQLConvertible {
  /// 0 or 1.
  public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension String: SQLConvertible {
  /// Text; a NUL in it is refused when the statement runs.
  public var sqlValue: SQLValue { .text(self) }
}

extension Array: SQLConvertible where Element == UInt8 {
  /// Bytes.
  public var sqlValue: SQLValue { .blob(self) }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
  /// The wrapped value, or NULL.
  public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}
