/// Text as it may stand in an XML document.
enum XMLEscape {
  /// The text as an attribute's value or an element's content: markup as references, white space as
  /// blanks, and without the characters that XML does not have.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\t", "\n", "\r": escaped += " "
      default:
        let isControl = 0x7f...0x9f ~= scalar.value
        if XMLCharacters.isCharacter(scalar.value) && !isControl {
          escaped.unicodeScalars.append(scalar)
        }
      }
    }
    return escaped
  }
}
