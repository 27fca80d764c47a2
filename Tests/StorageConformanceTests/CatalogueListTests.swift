import FoundationEssentials
import TestSupport
import Testing

@testable import Database

@Suite("the list of catalogues")
struct CatalogueListTests {
  /// The sources of all modules but Database, by their path from the root.
  private static func sources() throws -> [(path: String, text: String)] {
    let all = try FileManager.default.subpathsOfDirectory(atPath: Repository.path("Sources"))
    return try all.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Database/") }.sorted().map {
      ($0, String(decoding: try Repository.bytes("Sources/\($0)"), as: UTF8.self))
    }
  }

  @Test("holds every store that has statements")
  func complete() throws {
    let listed = Set(catalogues.map { "\($0)" })
    for (path, text) in try Self.sources() {
      for match in text.matches(of: /(?:enum|struct|extension)\s+(\w+)\s*:[^{]*StatementCatalogue/)
      {
        #expect(listed.contains(String(match.1)), "\(path): add \(match.1) to Catalogues.swift")
      }
    }
  }

  @Test("finds every statement in its store's list")
  func everyStatementIsListed() throws {
    var declared = 0
    for (path, text) in try Self.sources() {
      let lists = text.matches(of: /static\s+let\s+statements[^=]*=\s*\[([^\]]*)\]/).flatMap {
        $0.1.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      }
      for match in text.matches(of: /let\s+(\w+)\s*=\s*Statement\(/) {
        declared += 1
        #expect(lists.contains(match.1), "\(path): \(match.1) is not in `statements`")
      }
    }
    #expect(declared == catalogues.reduce(0) { $0 + $1.statements.count })
  }

  @Test("finds no statement that is written where it is run")
  func noStatementIsInline() throws {
    for (path, text) in try Self.sources() {
      let written = text.matches(of: /\bStatement\(/).count
      let declared = text.matches(of: /let\s+\w+\s*=\s*Statement\(/).count
      #expect(written == declared, "\(path): declare each statement in a StatementCatalogue")
    }
  }
}
