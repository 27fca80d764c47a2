/// The simple types of the 3MF schema (core specification, appendix B.1), read from an attribute's bytes.
enum SchemaTypes {
  /// Bytes that a number may have: far more than any double needs.
  static let numberBytesMax = 1024

  /// `ST_Number`; nil where it is none. Infinite where it is too large for a double.
  static func number(_ value: ArraySlice<UInt8>) -> Double? {
    let digits = collapsed(value)
    guard digits.count <= numberBytesMax, isNumber(digits) else { return nil }
    var end = 0
    return DecimalNumber.scan(Array(digits).span, at: &end)
  }

  /// `ST_ResourceID`: 1 to 2^31 − 1.
  static func identifier(_ value: ArraySlice<UInt8>) -> UInt32? {
    let number = index(value)
    return number == 0 ? nil : number
  }

  /// `ST_ResourceIndex`: 0 to 2^31 − 1.
  static func index(_ value: ArraySlice<UInt8>) -> UInt32? {
    var digits = collapsed(value)
    if digits.first == 0x2b { digits = digits.dropFirst() }
    guard !digits.isEmpty else { return nil }
    var number: UInt32 = 0
    for byte in digits {
      guard byte &- 0x30 < 10, number <= 0x7fff_ffff / 10 else { return nil }
      number = number * 10 + UInt32(byte &- 0x30)
      guard number <= 0x7fff_ffff else { return nil }
    }
    return number
  }

  /// `xs:boolean`.
  static func boolean(_ value: ArraySlice<UInt8>) -> Bool? {
    switch String(decoding: collapsed(value), as: UTF8.self) {
    case "1", "true": true
    case "0", "false": false
    default: nil
    }
  }

  /// A list of `ST_ResourceID` or `ST_ResourceIndex` between white space.
  static func indices(_ value: ArraySlice<UInt8>) -> [UInt32]? {
    var numbers: [UInt32] = []
    for word in Words(value) {
      guard let number = index(word) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// How many methods `ST_BlendMethods` lists; nil where it is none.
  static func blendMethods(_ value: ArraySlice<UInt8>) -> Int? {
    var count = 0
    for word in Words(value) {
      guard word.elementsEqual("mix".utf8) || word.elementsEqual("multiply".utf8) else {
        return nil
      }
      count += 1
    }
    return count
  }

  /// What stands between white space, one after the other: all at once they would take sixteen times as much
  /// memory as a list of single digits.
  struct Words: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ value: ArraySlice<UInt8>) { rest = value }

    mutating func next() -> ArraySlice<UInt8>? {
      rest = rest.drop(while: XMLCharacters.isSpace)
      guard !rest.isEmpty else { return nil }
      let word = rest.prefix { !XMLCharacters.isSpace($0) }
      rest = rest[word.endIndex...]
      return word
    }
  }

  /// `ST_Matrix3D`; nil where it is none. Its numbers may be infinite.
  static func matrix(_ value: ArraySlice<UInt8>) -> Transform? {
    let words = value.split(
      maxSplits: 12, omittingEmptySubsequences: true, whereSeparator: XMLCharacters.isSpace)
    var numbers: [Double] = []
    for word in words {
      guard let number = number(word) else { return nil }
      numbers.append(number)
    }
    guard numbers.count == 12 else { return nil }
    func row(_ index: Int) -> SIMD3<Double> {
      SIMD3(numbers[3 * index], numbers[3 * index + 1], numbers[3 * index + 2])
    }
    return Transform(x: row(0), y: row(1), z: row(2), origin: row(3))
  }

  /// `ST_ColorValue`: `#RRGGBB` or `#RRGGBBAA`.
  static func isColor(_ value: ArraySlice<UInt8>) -> Bool {
    (value.count == 7 || value.count == 9) && value.first == 0x23
      && value.dropFirst().allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 6 }
  }

  /// Without white space at either end (`whiteSpace="collapse"`).
  private static func collapsed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var value = value
    while let first = value.first, XMLCharacters.isSpace(first) { value = value.dropFirst() }
    while let last = value.last, XMLCharacters.isSpace(last) { value = value.dropLast() }
    return value
  }

  /// The schema's pattern: `[+−] (digits [. digits] | . digits) [e [+−] digits]`.
  private static func isNumber(_ value: ArraySlice<UInt8>) -> Bool {
    var rest = value
    func digits() -> Int {
      let count = rest.prefix { $0 &- 0x30 < 10 }.count
      rest = rest.dropFirst(count)
      return count
    }
    func sign() {
      if rest.first == 0x2b || rest.first == 0x2d { rest = rest.dropFirst() }
    }
    sign()
    let whole = digits()
    if rest.first == 0x2e {
      rest = rest.dropFirst()
      guard digits() > 0 else { return false }
    } else if whole == 0 {
      return false
    }
    if rest.first == 0x65 || rest.first == 0x45 {
      rest = rest.dropFirst()
      sign()
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
