/// Text and numbers as SVG takes them.
enum SVGText {
  /// A text of outside on one line: at most `most` characters, without controls and marks that change the
  /// direction of what follows, and escaped (XML 1.0, sections 2.2 and 2.4).
  static func escaped(_ text: String, most: Int) -> String {
    var output = ""
    var count = 0
    for scalar in text.unicodeScalars {
      if count == most {
        output += "…"
        break
      }
      switch scalar.value {
      case 0x26: output += "&amp;"
      case 0x3C: output += "&lt;"
      case 0x3E: output += "&gt;"
      case 0x22: output += "&quot;"
      case 0x27: output += "&#39;"
      case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x200B...0x200F, 0x2060...0x206F, 0xFEFF,
        0xFFF9...0xFFFF:
        continue
      default: output.unicodeScalars.append(scalar)
      }
      count += 1
    }
    return output
  }

  /// A coordinate, with at most two decimals.
  static func number(_ value: Double) -> String {
    let text = SizeText.millimetres(value.magnitude < 0.005 ? 0 : value)
    return text == "-" ? "0" : text
  }
}
