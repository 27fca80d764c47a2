import ArgumentParser
import Domain
import Foundation
import TestSupport
import Testing

@testable import everpart

@Suite("What commands refuse")
struct RefusalTests {
  /// The code that a command is refused with; nil when it is not.
  private func code(_ arguments: String...) async throws -> String? {
    do {
      var command = try Everpart.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return nil
    } catch let problem as Problem {
      return problem.code
    }
  }

  @Test("a file is not sealed or opened over itself, under any of its names")
  func overItself() async throws {
    let directory = try TemporaryDirectory()
    let recipient =
      "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm"
    let path = directory.path("drawing.pdf")
    try directory.write("drawing".utf8, to: "drawing.pdf")
    symlink(path, directory.path("alias"))
    for output in [path, directory.path("alias")] {
      #expect(try await code("seal", "-r", recipient, "-o", output, path) == "file.same")
    }
    #expect(try directory.read("drawing.pdf") == Array("drawing".utf8))
    #expect(try await code("seal", "-r", recipient, "-o", path + ".age", path) == nil)
  }

  @Test("an address without a scheme is told how to begin")
  func scheme() async throws {
    let directory = try TemporaryDirectory()
    try directory.write(SampleKey.unknown.utf8, to: "key")
    for server in ["localhost:8787", "ftp://localhost"] {
      #expect(
        try await code("brand", "orders", "--server", server, "--key-file", directory.path("key"))
          == "cli.server")
    }
  }

  @Test("a recovery that shows nothing before it is done wants to be told that it may")
  func recoverJSON() {
    #expect(throws: (any Error).self) { try Everpart.parseAsRoot(["recover", "--json"]) }
    #expect(throws: Never.self) { try Everpart.parseAsRoot(["recover", "--json", "--yes"]) }
  }

  @Test("nothing of a file goes out that was written to since it was opened", arguments: [0, 1])
  func changedFile(sent: Int) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write([UInt8](repeating: 1, count: 600_000), to: "part.stl")
    let pieces = try FilePieces(path)
    for _ in 0..<sent { #expect(try pieces.next()?.count == 256 << 10) }
    // As long as before, and with a time that no tick of a clock hides.
    try directory.write([UInt8](repeating: 2, count: 600_000), to: "part.stl")
    var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
    #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
    let refusal = #expect(throws: Problem.self) { try pieces.next() }
    #expect(refusal?.code == "file.changed")
    #expect((pieces.failure as? Problem)?.code == "file.changed")
  }

  @Test("an upload wants a regular file")
  func regularFile() async throws {
    let directory = try TemporaryDirectory()
    try directory.write(SampleKey.unknown.utf8, to: "key")
    try directory.write("{}".utf8, to: "profile.json")
    #expect(
      try await code(
        "brand", "upload", "/dev/null", "--profile", directory.path("profile.json"), "--units", "1",
        "--key-file", directory.path("key")) == "file.not_regular")
  }

  @Test("a file that is kept is told with what would replace it")
  func kept() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("before".utf8, to: "archive.tar")
    let refusal = #expect(throws: Problem.self) { try OutputFile(path, replacing: false) }
    #expect(refusal?.code == "file.exists" && refusal?.detail.contains("--force") == true)
    #expect(try directory.read("archive.tar") == Array("before".utf8))
  }
}
