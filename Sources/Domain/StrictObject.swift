/// A JSON object all of whose members are known, for formats in which a misspelt member must not pass for one
/// that was left out.
public struct StrictObject {
  private struct Member: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private let members: KeyedDecodingContainer<Member>

  /// The object that a decoder is at.
  ///
  /// - Parameter names: the members that it may have.
  /// - Throws: a ``StrictRefusal`` of the first other one in the order of names.
  public init(_ decoder: any Decoder, members names: Set<String>) throws {
    members = try decoder.container(keyedBy: Member.self)
    let unknown = members.allKeys.lazy.map(\.stringValue).filter { !names.contains($0) }
    if let name = unknown.min() {
      throw refusal(
        name, "There is no such member here, only \(names.sorted().joined(separator: ", ")).")
    }
  }

  /// A member that has to be there.
  public func value<Value: Decodable>(_ name: String) throws -> Value {
    try placed(name) { try members.decode(Value.self, forKey: $0) }
  }

  /// A member that may be left out or null.
  public func optional<Value: Decodable>(_ name: String) throws -> Value? {
    try placed(name) { try members.decodeIfPresent(Value.self, forKey: $0) }
  }

  /// Of a number that its type cannot hold Foundation's decoder throws an error of its own, which does not say
  /// where it is.
  private func placed<Value>(_ name: String, _ decode: (Member) throws -> Value) throws -> Value {
    do {
      return try decode(Member(stringValue: name))
    } catch  where !(error is DecodingError || error is StrictRefusal) {
      throw refusal(name, "It is out of range.")
    }
  }

  /// A number in a range.
  public func number<Number: Decodable & Comparable>(
    _ name: String, in range: ClosedRange<Number>
  ) throws -> Number {
    let number: Number = try value(name)
    try check(
      range.contains(number), name, "It lies between \(range.lowerBound) and \(range.upperBound).")
    return number
  }

  /// Text without control characters, which may be left out or null.
  public func optionalText(_ name: String, bytesMax: Int = 200) throws -> String? {
    try optional(name) as String? == nil ? nil : try text(name, bytesMax: bytesMax)
  }

  /// Text without control characters.
  public func text(_ name: String, bytesMax: Int = 200) throws -> String {
    let text: String = try value(name)
    try check(
      text.isPlainText(maximumBytes: bytesMax), name,
      "It has 1 to \(bytesMax) bytes and no control characters.")
    return text
  }

  /// Texts without control characters; none when it is left out or null.
  public func texts(_ name: String, countMax: Int, bytesMax: Int = 200) throws -> [String] {
    let texts: [String] = try optional(name) ?? []
    try check(texts.count <= countMax, name, "There are at most \(countMax).")
    try check(
      texts.allSatisfy { $0.isPlainText(maximumBytes: bytesMax) }, name,
      "Each has 1 to \(bytesMax) bytes and no control characters.")
    return texts
  }

  /// Refuses a member unless something holds of it.
  public func check(_ holds: Bool, _ name: String, _ message: @autoclosure () -> String) throws {
    if !holds { throw refusal(name, message()) }
  }

  /// Why a member is refused.
  public func refusal(_ name: String, _ message: String) -> StrictRefusal {
    StrictRefusal(at: members.codingPath + [Member(stringValue: name)], message)
  }
}

/// What is wrong with a JSON document, and where.
public struct StrictRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// `bureaus[2].machines[0].process`; empty for the whole.
  public let place: String
  /// What is wrong, in a sentence.
  public let message: String

  /// What is wrong at a place.
  public init(at place: String, _ message: String) {
    (self.place, self.message) = (place, message)
  }

  init(at path: [any CodingKey], _ message: String) {
    place = path.reduce(into: "") { place, key in
      if let index = key.intValue {
        place += "[\(index)]"
      } else {
        let name = key.stringValue.isPlainText(maximumBytes: 100) ? key.stringValue : "?"
        place += (place.isEmpty ? "" : ".") + name
      }
    }
    self.message = message
  }

  /// What a decoder says, or the refusal itself; another error as one of the whole document.
  public init(_ error: any Error) {
    switch error {
    case let refusal as StrictRefusal: self = refusal
    case DecodingError.keyNotFound(let key, let context):
      self.init(at: context.codingPath + [key], "It is missing.")
    case DecodingError.valueNotFound(_, let context):
      self.init(at: context.codingPath, "It is null.")
    case DecodingError.typeMismatch(_, let context):
      self.init(at: context.codingPath, "It is of another kind.")
    case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
      // Our own refusals begin so; a decoder's speak of itself.
      let isOurs = context.debugDescription.hasPrefix("not ")
      self.init(
        at: context.codingPath,
        isOurs ? "It is \(context.debugDescription)." : "It is out of range.")
    default: self.init(at: [], "It is not JSON.")
    }
  }

  /// The place and what is wrong there, in one line.
  public var description: String { place.isEmpty ? message : "\(place): \(message)" }
}
