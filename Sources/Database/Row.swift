/// One row of a result, read by column name. Every accessor throws ``DatabaseError/columnMissing(_:)``
/// for a name that the statement does not return and ``DatabaseError/columnMismatch(column:expected:)``
/// for a value of another type; NULL is a mismatch except where the name says `OrNil`.
public struct Row: Sendable, Hashable {
  /// Shared by the rows of one result. A few names: a linear search beats a dictionary.
  let columns: [String]
  let values: [SQLValue]

  /// The value of a column, whatever it is.
  public func value(_ column: String) throws -> SQLValue {
    guard let index = columns.firstIndex(of: column) else {
      throw DatabaseError.columnMissing(column)
    }
    return values[index]
  }

  /// A text.
  public func text(_ column: String) throws -> String {
    try textOrNil(column) ?? mismatch(column, "text")
  }

  /// A text, or nil for NULL.
  public func textOrNil(_ column: String) throws -> String? {
    switch try value(column) {
    case .text(let text): text
    case .null: nil
    default: try mismatch(column, "text")
    }
  }

  /// An integer.
  public func integer(_ column: String) throws -> Int64 {
    try integerOrNil(column) ?? mismatch(column, "integer")
  }

  /// An integer, or nil for NULL.
  public func integerOrNil(_ column: String) throws -> Int64? {
    switch try value(column) {
    case .integer(let integer): integer
    case .null: nil
    default: try mismatch(column, "integer")
    }
  }

  /// An integer of the type that the context asks for; one that does not fit is a mismatch.
  public func integer<T: FixedWidthInteger>(_ column: String, as type: T.Type = T.self) throws -> T
  {
    try T(exactly: integer(column) as Int64) ?? mismatch(column, "\(T.self)")
  }

  /// An integer of the type that the context asks for, or nil for NULL.
  public func integerOrNil<T: FixedWidthInteger>(
    _ column: String,
    as type: T.Type = T.self
  ) throws -> T? {
    guard let integer: Int64 = try integerOrNil(column) else { return nil }
    return try T(exactly: integer) ?? mismatch(column, "\(T.self)")
  }

  /// Bytes.
  public func blob(_ column: String) throws -> [UInt8] {
    try blobOrNil(column) ?? mismatch(column, "blob")
  }

  /// Bytes, or nil for NULL.
  public func blobOrNil(_ column: String) throws -> [UInt8]? {
    switch try value(column) {
    case .blob(let bytes): bytes
    case .null: nil
    default: try mismatch(column, "blob")
    }
  }

  /// A boolean stored as 0 or 1; another number is a mismatch.
  public func bool(_ column: String) throws -> Bool {
    switch try value(column) {
    case .integer(0): false
    case .integer(1): true
    default: try mismatch(column, "0 or 1")
    }
  }

  /// A double.
  public func real(_ column: String) throws -> Double {
    try realOrNil(column) ?? mismatch(column, "real")
  }

  /// A double, or nil for NULL.
  public func realOrNil(_ column: String) throws -> Double? {
    switch try value(column) {
    case .real(let double): double
    case .null: nil
    default: try mismatch(column, "real")
    }
  }

  private func mismatch<T>(_ column: String, _ expected: String) throws -> T {
    throw DatabaseError.columnMismatch(column: column, expected: expected)
  }
}
