import Foundation
import TestSupport
import Testing

extension Journeys {
  @Test("the demonstration ends with four orders delivered and one explained")
  func demo() async throws {
    let root = try TemporaryDirectory()
    let demo = try Child(
      try Product.require(),
      [
        "demo", "--seconds", "0.3", "--directory", root.path("demo"), "--parts",
        Repository.path("Fixtures/parts"),
      ], output: root.path("out"), errors: root.path("err"),
      environment: ["TMPDIR": root.path, "NO_COLOR": "1"])
    try await eventually("the demonstration's end: \(demo.text)", seconds: 300) { demo.status }
    let said = (try? String(contentsOfFile: root.path("err"), encoding: .utf8)) ?? ""
    #expect(demo.exitCode == 0, "\(said)\n\(demo.text)")
    #expect(
      demo.text.contains("4 orders delivered, 1 explained as unmakeable"), "\(said)\n\(demo.text)")
  }
}
