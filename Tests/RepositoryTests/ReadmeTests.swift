import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import everpart

@Test("every command that a document shows is one that the command line takes")
func commandsExist() throws {
  var shown = 0
  for document in try documents() {
    for words in document.commands where words.first == "everpart" {
      shown += 1
      let arguments = Array(words.dropFirst())
      // A line with “…” for options leaves out what is required: its subcommand and the options that
      // it does name have to exist.
      let hasOptions = arguments.contains { $0.hasPrefix("-") }
      if words.last == "…" || (words.count <= 3 && !hasOptions) {
        #expect(
          subcommand(arguments) != nil, "\(document.path): \(words.joined(separator: " "))")
      } else {
        #expect(
          throws: Never.self, "\(document.path): \(words.joined(separator: " "))"
        ) { _ = try Everpart.parseAsRoot(arguments) }
      }
    }
  }
  #expect(shown >= 20, "the documents show only \(shown) commands: are they still read?")
}

@Test("every script and every file that a document names is there")
func filesExist() throws {
  for document in try documents() {
    for words in document.commands where words.first?.hasPrefix("Deploy/") == true {
      #expect(
        FileManager.default.isExecutableFile(atPath: Repository.path(words[0])),
        "\(document.path): \(words[0])")
    }
    let folder = document.path.split(separator: "/").dropLast().joined(separator: "/")
    for match in document.text.matches(of: /\]\((?<target>[^)#:]+)\)/) {
      let target = "\(folder)/\(match.output.target)"
      #expect(
        FileManager.default.fileExists(atPath: Repository.path(target)),
        "\(document.path): \(target)")
    }
  }
}

@Test("a command that does not exist would be found")
func missingCommands() {
  #expect(subcommand(["brand", "upload"]) != nil)
  #expect(subcommand(["brand", "sing"]) == nil)
  #expect(throws: (any Error).self) {
    _ = try Everpart.parseAsRoot(["order", "place", "prt_…", "--color", "red"])
  }
}

@Test("every command says its name, which is dear to make of its type's")
func commandsAreNamed() {
  func commands(below command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    [command] + command.configuration.subcommands.flatMap(commands)
  }
  let all = commands(below: Everpart.self)
  #expect(all.count > 50)
  for command in all { #expect(command.configuration.commandName != nil, "\(command)") }
}

private struct Document {
  let path: String
  let text: String

  /// The words of each command: indented lines, lines of fenced blocks, and code spans that begin with
  /// `everpart`.
  var commands: [[String]] {
    let lines = text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let spans = text.matches(of: /`(everpart [^`\n]+)`/).map { String($0.output.1) }
    return (lines + spans).map(words)
  }

  /// As a shell would split a line: quotes, a comment, and what goes to or comes from files.
  private func words(_ line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character == " " {
        if let ended = word { words.append(ended) }
        word = nil
      } else if character == "#" && word == nil || "<>|&".contains(character) {
        break
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}

/// The README and what the modules tell of themselves.
private func documents() throws -> [Document] {
  let below = try Repository.names(in: "Sources").flatMap { module in
    try Repository.names(in: "Sources/\(module)").filter { $0.hasSuffix(".md") }.map {
      "Sources/\(module)/\($0)"
    }
  }
  return try (["README.md", "Fixtures/parts/README.md"] + below).map {
    Document(path: $0, text: String(decoding: try Repository.bytes($0), as: UTF8.self))
  }
}

/// The type of the subcommand that words lead to; nil when one of them is none.
private func subcommand(_ words: [String]) -> (any ParsableCommand.Type)? {
  var command: any ParsableCommand.Type = Everpart.self
  for word in words {
    let below =
      command.configuration.subcommands
      + command.configuration.groupedSubcommands.flatMap(\.subcommands)
    if below.isEmpty { return command }
    guard let next = below.first(where: { $0._commandName == word }) else { return nil }
    command = next
  }
  return command
}
