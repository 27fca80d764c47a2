import Domain
import Matching

/// Writes a decision as the JSON that `JSONEncoder` makes of it, with sorted keys, in a tenth of the
/// time. It is the largest thing that an order stores, and is written while every other writer waits:
/// with `JSONEncoder` it was a quarter of what an order costs. Whatever else is stored goes through
/// `JSONEncoder`; a test holds the two against each other.
struct DecisionText {
  private(set) var text = ""

  init(_ outcome: DecisionOutcome) {
    text.reserveCapacity(8 << 10)
    text += "{\"candidate_count\":\(outcome.candidateCount),\"candidates\":"
    list(outcome.candidates) { writer, candidate in
      writer.text += "{\"bureau\":\"\(candidate.bureau.text)\",\"distance_km\":"
      writer.number(candidate.distanceKilometres)
      writer.text += ",\"machine\":\"\(candidate.machine.text)\","
      writer.text += "\"site\":\"\(candidate.site.text)\"}"
    }
    text += ",\"exclusion_count\":\(outcome.exclusionCount),\"exclusions\":"
    list(outcome.exclusions) { writer, excluded in
      writer.text += "{\"bureau\":\"\(excluded.bureau.text)\","
      if let machine = excluded.machine { writer.text += "\"machine\":\"\(machine.text)\"," }
      writer.text += "\"reasons\":"
      writer.list(excluded.reasons) { writer, reason in
        writer.text += "{\"audience\":\"\(reason.audience.rawValue)\",\"code\":"
        writer.string(reason.code)
        writer.text += ",\"message\":"
        writer.string(reason.message)
        writer.text += "}"
      }
      writer.text += "}"
    }
    text += ",\"reasons\":"
    list(outcome.reasons) { writer, reason in
      writer.text += "{\"audience\":\"\(reason.audience.rawValue)\",\"code\":"
      writer.string(reason.code)
      writer.text += ",\"count\":\(reason.count)}"
    }
    text += "}"
  }

  private mutating func list<Element>(
    _ elements: [Element], _ write: (inout DecisionText, Element) -> Void
  ) {
    text += "["
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      write(&self, element)
    }
    text += "]"
  }

  /// RFC 8259, section 7.
  private mutating func string(_ value: String) {
    guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
      text += "\"\(value)\""
      return
    }
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\u{8}": text += "\\b"
      case "\u{C}": text += "\\f"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\0"..<"\u{10}": text += "\\u000" + String(scalar.value, radix: 16)
      case "\u{10}"..<" ": text += "\\u00" + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  /// A distance: finite, and whole ones without “.0”, as `JSONEncoder` has it.
  private mutating func number(_ value: Double) {
    let digits = value.description
    text += digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
  }
}
