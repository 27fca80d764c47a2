/// Decimal numbers as the nearest double.
enum Decimal64 {
  /// Powers of ten that a double holds exactly.
  static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The value of what has been checked to be a number; infinite where it is too large.
  static func value(_ digits: ArraySlice<UInt8>) -> Double? {
    Double(String(decoding: digits, as: UTF8.self))
  }
}
