import Foundation
import TestSupport

/// Holds a value against one of the document's schemas, and is stricter than JSON Schema: a member that
/// the schema does not name is a fault too, because then the document does not say what is answered.
struct SchemaCheck {
  let document: JSON

  /// What is wrong, each with its place; empty when nothing is.
  func faults(_ value: JSON, _ schema: JSON, at place: String = "$") -> [String] {
    if !schema["$ref"].text.isEmpty {
      let name = schema["$ref"].text.split(separator: "/").last.map(String.init) ?? ""
      let target = document["components"]["schemas"][name]
      return target == .null ? ["\(place): no schema \(name)"] : faults(value, target, at: place)
    }
    if !schema["anyOf"].items.isEmpty {
      let choices = schema["anyOf"].items.map { faults(value, $0, at: place) }
      return choices.contains([]) ? [] : ["\(place): fits none of anyOf: \(choices)"]
    }
    if !schema["oneOf"].items.isEmpty {
      let choices = schema["oneOf"].items.map { faults(value, $0, at: place) }
      return choices.filter(\.isEmpty).count == 1 ? [] : ["\(place): not one of oneOf: \(choices)"]
    }
    if !schema["enum"].items.isEmpty, !schema["enum"].items.contains(value) {
      return ["\(place): \(value) is not in the enumeration"]
    }
    return typed(value, schema, at: place)
  }

  private func typed(_ value: JSON, _ schema: JSON, at place: String) -> [String] {
    switch (schema["type"].text, value) {
    case ("object", .object(let members)): return object(members, schema, at: place)
    case ("array", .array(let items)):
      return items.enumerated().flatMap {
        faults($0.element, schema["items"], at: "\(place)[\($0.offset)]")
      }
    case ("string", .text(let text)):
      let pattern = schema["pattern"].text
      let matches =
        pattern.isEmpty || text.range(of: pattern, options: .regularExpression) != nil
      return matches ? [] : ["\(place): “\(text)” does not match \(pattern)"]
    case ("integer", .number(let number)):
      return number == number.rounded() ? [] : ["\(place): \(number) is no integer"]
    case ("number", .number), ("boolean", .bool), ("null", .null), ("", _): return []
    default: return ["\(place): \(value) is no \(schema["type"].text)"]
    }
  }

  private func object(_ members: [String: JSON], _ schema: JSON, at place: String) -> [String] {
    let missing = schema["required"].items.map(\.text).filter { members[$0] == nil }
    var all = missing.map { "\(place).\($0) is missing" }
    for (name, value) in members {
      let own = schema["properties"][name]
      if own != .null {
        all += faults(value, own, at: "\(place).\(name)")
      } else if schema["additionalProperties"] != .null {
        all += faults(value, schema["additionalProperties"], at: "\(place).\(name)")
      } else {
        all.append("\(place).\(name) is not in the schema")
      }
    }
    return all
  }
}
