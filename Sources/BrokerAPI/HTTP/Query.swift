import Domain
import FoundationEssentials

/// A request's query, read strictly: a name that the route does not know, one that comes twice, and
/// text that is not UTF-8 are refused, so that a mistyped parameter never means "all".
struct Query: Sendable {
  private let values: [String: String]

  /// - Throws: `request.query`.
  init(_ query: String?, allowing names: [String]) throws(Problem) {
    var values: [String: String] = [:]
    for pair in (query ?? "").split(separator: "&").prefix(50) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decode(parts[0]),
        let value = Self.decode(parts.count > 1 ? parts[1] : "")
      else { throw Self.refusal("The query is not percent-encoded UTF-8.") }
      guard names.contains(name) else {
        throw Self.refusal(
          "There is no parameter “\(name.printable(maximumCharacters: 40))” here"
            + (names.isEmpty ? "." : ", only \(names.joined(separator: ", "))."))
      }
      guard values.updateValue(value, forKey: name) == nil else {
        throw Self.refusal("The parameter “\(name)” comes twice.")
      }
    }
    self.values = values
  }

  /// A parameter's text, or nil.
  subscript(_ name: String) -> String? { values[name] }

  /// A parameter that is a whole number within a range, or what it is when left out.
  func integer(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws(Problem)
    -> Int
  {
    guard let text = values[name] else { return standard }
    guard text.utf8.count <= 12, text.utf8.allSatisfy({ (48...57).contains($0) }),
      let value = Int(text), range.contains(value)
    else {
      throw Self.refusal(
        "The parameter “\(name)” is a whole number from \(range.lowerBound) to "
          + "\(range.upperBound).")
    }
    return value
  }

  /// A parameter that is an identifier, or nil.
  func identifier<Kind>(_ name: String) throws(Problem) -> Identifier<Kind>? {
    guard let text = values[name] else { return nil }
    guard let value = Identifier<Kind>(text) else {
      throw Self.refusal(
        "The parameter “\(name)” is an identifier that begins with \(Kind.prefix)_.")
    }
    return value
  }

  /// A parameter that is one of a few names, or nil.
  func named<Name: RawRepresentable & CaseIterable>(_ name: String) throws(Problem) -> Name?
  where Name.RawValue == String {
    guard let text = values[name] else { return nil }
    guard let value = Name(rawValue: text) else {
      let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw Self.refusal("The parameter “\(name)” is one of \(names).")
    }
    return value
  }

  static func refusal(_ detail: String) -> Problem { Problem(.malformed, "request.query", detail) }

  private static func decode(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard rest.count >= 2, let high = digit(rest.removeFirst()),
          let low = digit(rest.removeFirst())
        else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
