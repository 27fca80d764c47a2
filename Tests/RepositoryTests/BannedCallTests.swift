import Foundation
import Testing

/// A call that our sources may not contain, what to use instead, and where it is allowed.
struct BannedCall: CustomTestStringConvertible, Sendable {
  let pattern: String
  let instead: String
  var allowedIn: [String] = []
  var testDescription: String { pattern }
}

private let banned: [BannedCall] = [
  BannedCall(pattern: #"\bDate\(\)"#, instead: "ambient.now()"),
  BannedCall(pattern: #"\bDate\.now\b"#, instead: "ambient.now()"),
  BannedCall(pattern: #"\bUUID\(\)"#, instead: "ambient.identifier(at:)"),
  BannedCall(
    pattern: #"\.random\((?!in: [^)]*using:)"#,
    instead: ".random(in:using:) with a generator passed in"),
  BannedCall(
    pattern: #"\bSystemRandomNumberGenerator\b"#, instead: "the Ambient's generator",
    allowedIn: ["Sources/Domain/Ambient+System.swift"]),
  BannedCall(pattern: #"\btry!"#, instead: "a thrown error"),
  BannedCall(pattern: #"\bfatalError\("#, instead: "a thrown error"),
  BannedCall(
    pattern: #"(?<![\w.])print\("#, instead: "a Logger, or a result that the command line prints",
    allowedIn: ["Sources/everpart/"]),
  BannedCall(pattern: #"\b(TODO|FIXME|XXX)\b"#, instead: "an issue, or the work itself"),
]

@Test("no source contains a banned call", arguments: banned)
func noBannedCalls(call: BannedCall) throws {
  let expression = try NSRegularExpression(pattern: call.pattern)
  for file in try Sources.files(in: "Sources")
  where !call.allowedIn.contains(where: { file.path.hasPrefix($0) }) {
    for (number, line) in file.code {
      let range = NSRange(line.startIndex..., in: line)
      #expect(
        expression.firstMatch(in: line, range: range) == nil,
        "\(file.path):\(number): use \(call.instead)")
    }
  }
}

@Test("@unchecked Sendable stands beside the sentence that proves it")
func uncheckedIsProved() throws {
  for file in try Sources.files(in: "Sources") {
    let lines = file.text.components(separatedBy: "\n")
    for (index, line) in lines.enumerated() where line.contains("@unchecked Sendable") {
      let before = lines[max(0, index - 12)..<index]
      #expect(
        before.contains { $0.trimmingCharacters(in: .whitespaces).hasPrefix("//") },
        "\(file.path):\(index + 1) does not say why it is safe")
    }
  }
}

@Test("no source file is longer than 400 lines")
func filesAreShort() throws {
  for file in try Sources.files(in: "Sources") + Sources.files(in: "Tests") {
    #expect(
      file.text.components(separatedBy: "\n").count <= 401, "\(file.path) holds several ideas")
  }
}
