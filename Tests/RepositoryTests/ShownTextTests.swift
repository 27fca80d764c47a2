import Domain
import Testing

@testable import everpart

@Suite("What the command line shows")
struct ShownTextTests {
  private let hostile = "a\u{1B}[2Jb\u{9B}31mc\u{7F}d\u{202E}e\u{E0041}f"

  @Test("no text from outside moves the cursor, whichever way it is shown")
  func plain() throws {
    let value: JSONValue = .object([hostile: .string(hostile)])
    for shown in [
      value.text, JSONValue.string(hostile).text, JSONValue.array([value]).text,
      try jsonText(value),
    ] {
      #expect(shown.isPlainText(maximumBytes: 1000), "\(shown.debugDescription)")
    }
  }

  @Test("JSON for a terminal is the same JSON, and ordinary text stays as it is")
  func json() throws {
    #expect(
      try jsonText(JSONValue.object(["k": .string("\u{7F}\u{9B}\u{E0041}ü\u{200D}")]))
        == #"{"k":"\u007f\u009b\udb40\udc41ü"# + "\u{200D}\"}")
  }

  @Test(
    "every sum of money can be shown",
    arguments: [
      (Int64.min, "-92233720368547758.08"), (-5, "-0.05"), (0, "0.00"), (1290, "12.90"),
      (Int64.max, "92233720368547758.07"),
    ])
  func money(minor: Int64, text: String) {
    let value: JSONValue = ["minor_units": .integer(minor), "currency": "EUR"]
    #expect(value.money == text + " EUR")
  }
}
