/// How sizes are written: in millimetres, a point, at most two decimals, no zeros at the end.
enum SizeText {
  static func millimetres(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return "-" }
    if value.magnitude >= 0.005 || value == 0 {
      let hundredths = Int((value.magnitude * 100).rounded())
      var text = String(hundredths / 100)
      let rest = hundredths % 100
      if rest != 0 {
        text += rest < 10 ? ".0\(rest)" : rest % 10 == 0 ? ".\(rest / 10)" : ".\(rest)"
      }
      return value < 0 ? "-" + text : text
    }
    return "0.00"
  }
}
