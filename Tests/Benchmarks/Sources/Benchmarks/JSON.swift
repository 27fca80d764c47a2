import Foundation

/// Any JSON, for requests and for looking into answers.
struct JSON {
  let value: Any

  init(_ value: Any) { self.value = value }

  init(_ bytes: [UInt8]) throws {
    value = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
  }

  subscript(_ name: String) -> JSON { JSON((value as? [String: Any])?[name] ?? NSNull()) }

  var text: String { value as? String ?? "" }
  var number: Double { (value as? NSNumber)?.doubleValue ?? .nan }
  var elements: [JSON] { (value as? [Any] ?? []).map { JSON($0) } }

  var bytes: [UInt8] {
    get throws { [UInt8](try JSONSerialization.data(withJSONObject: value)) }
  }
}
