import Foundation
import TestSupport

/// The repository's own Swift files, read as text.
struct Sources {
  let path: String
  let text: String

  /// The Swift files below a folder given from the root, without nested build folders.
  static func files(in folder: String) throws -> [Sources] {
    let root = Repository.path(folder)
    let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return try names.sorted().filter { $0.hasSuffix(".swift") && !$0.contains(".build") }.map {
      Sources(
        path: "\(folder)/\($0)",
        text: try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8))
    }
  }

  /// The lines without comments, numbered from 1.
  var code: [(number: Int, line: String)] {
    text.components(separatedBy: "\n").enumerated().compactMap { index, line in
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      return trimmed.hasPrefix("//") ? nil : (index + 1, line)
    }
  }

  /// The modules that the file imports.
  var imports: [String] {
    code.compactMap { _, line in
      let words = line.split(separator: " ").map(String.init)
      guard let at = words.firstIndex(of: "import"), at <= 2, words.count > at + 1 else {
        return nil
      }
      let kinds: Set<String> = ["struct", "class", "enum", "func", "protocol", "typealias", "var"]
      let name =
        kinds.contains(words[at + 1]) && words.count > at + 2 ? words[at + 2] : words[at + 1]
      return name.split(separator: ".").first.map(String.init)
    }
  }
}
