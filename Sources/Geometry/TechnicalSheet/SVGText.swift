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

  /// A text of outside (`escaped`) that takes at most `width`: lower than `height` where it has to be, down
  /// to the half, and then shortened. Which font a viewer has is not known: widths are those of a wide one.
  static func fitted(
    _ text: String, most: Int, height: Double, width: Double
  ) -> (text: String, height: Double) {
    let scalars = Array(text.unicodeScalars.prefix(most * 4))
    // A capital is about 0.7 of a font's size.
    func long(_ part: ArraySlice<Unicode.Scalar>) -> Double {
      part.reduce(0) { $0 + ems($1) } * height / 0.7
    }
    let least = 0.5
    let ellipsis = scalars.count > most ? height / 0.7 : 0
    let whole = long(scalars.prefix(most)) + ellipsis
    if whole * least <= width {
      return (escaped(text, most: most), height * min(1, width / max(whole, 1e-9)))
    }
    var count = min(most, scalars.count)
    while count > 0, (long(scalars.prefix(count)) + height / 0.7) * least > width { count -= 1 }
    return (escaped(text, most: count), height * least)
  }

  /// How wide a character is, in font sizes, in a wide font.
  private static func ems(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", ".", ",", ":", ";", " ", "|", "'": 0.4
    case "m", "w", "M", "W", "@", "%": 1
    case "A"..."Z": 0.77
    case _ where scalar.value < 0x2000: 0.64
    default: 1
    }
  }

  /// A coordinate, with at most two decimals.
  static func number(_ value: Double) -> String {
    let text = SizeText.millimetres(value.magnitude < 0.005 ? 0 : value)
    return text == "-" ? "0" : text
  }
}
