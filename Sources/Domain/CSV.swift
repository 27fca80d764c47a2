/// Comma-separated values (RFC 4180) that a spreadsheet shows and does not run.
public enum CSV {
  /// What a file begins with, so that spreadsheets take it for UTF-8 and not for the system's old code page.
  public static let mark = "\u{FEFF}"
  // The wide forms are the same signs to a spreadsheet that is set to Chinese or Japanese.
  private static let risky = "=+-@\t\r\n'\0\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars
  private static let quoted = ",\"\r\n".unicodeScalars

  /// A line of cells with its line end.
  public static func line(_ cells: [String]) -> String {
    cells.map(cell).joined(separator: ",") + "\r\n"
  }

  /// A cell. One that a spreadsheet would take for a formula gets an apostrophe before it, which makes
  /// it text (OWASP, “CSV injection”); so does one that begins with an apostrophe, so that taking the
  /// first one away gives every cell back.
  public static func cell(_ text: String) -> String {
    let isRisky = text.unicodeScalars.first.map(risky.contains) ?? false
    let safe = isRisky ? "'" + text : text
    guard safe.unicodeScalars.contains(where: quoted.contains) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}
