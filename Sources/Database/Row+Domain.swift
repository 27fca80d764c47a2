public import Domain

extension Identifier: SQLConvertible {
  /// The identifier's text.
  public var sqlValue: SQLValue { .text(text) }
}

extension Instant: SQLConvertible {
  /// Milliseconds since the Unix epoch.
  public var sqlValue: SQLValue { .integer(milliseconds) }
}

extension CalendarDay: SQLConvertible {
  /// Days since 1970-01-01.
  public var sqlValue: SQLValue { .integer(Int64(daysSinceEpoch)) }
}

extension Row {
  /// An identifier of the kind that the context asks for.
  public func identifier<Kind>(
    _ column: String, as kind: Identifier<Kind>.Type = Identifier<Kind>.self
  ) throws -> Identifier<Kind> {
    guard let value = Identifier<Kind>(try text(column)) else {
      throw DatabaseError.columnMismatch(column: column, expected: "\(Kind.prefix)_…")
    }
    return value
  }

  /// An identifier, or nil for NULL.
  public func identifierOrNil<Kind>(
    _ column: String, as kind: Identifier<Kind>.Type = Identifier<Kind>.self
  ) throws -> Identifier<Kind>? {
    try textOrNil(column) == nil ? nil : identifier(column)
  }

  /// An instant stored as milliseconds.
  public func instant(_ column: String) throws -> Instant {
    Instant(milliseconds: try integer(column))
  }

  /// An instant stored as milliseconds, or nil for NULL.
  public func instantOrNil(_ column: String) throws -> Instant? {
    try integerOrNil(column).map(Instant.init(milliseconds:))
  }

  /// A day stored as days since 1970-01-01.
  public func day(_ column: String) throws -> CalendarDay {
    CalendarDay(daysSinceEpoch: try integer(column))
  }

  /// A country code.
  public func country(_ column: String) throws -> Country {
    guard let country = Country(try text(column)) else {
      throw DatabaseError.columnMismatch(column: column, expected: "ISO 3166-1")
    }
    return country
  }

  /// An amount in minor units of the row's `currency`.
  public func money(_ column: String) throws -> Money {
    guard let currency = Currency(try text("currency")) else {
      throw DatabaseError.columnMismatch(column: "currency", expected: "ISO 4217")
    }
    return Money(minorUnits: try integer(column), currency: currency)
  }

  /// A value whose text form an enum of ours names.
  public func named<Value: RawRepresentable>(
    _ column: String, as type: Value.Type = Value.self
  ) throws -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: try text(column)) else {
      throw DatabaseError.columnMismatch(column: column, expected: "\(Value.self)")
    }
    return value
  }
}
