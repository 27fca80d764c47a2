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
    try directory.write("evp_live_x".utf8, to: "key")
    for server in ["localhost:8787", "ftp://localhost"] {
      #expect(
        try await code("brand", "orders", "--server", server, "--key-file", directory.path("key"))
          == "cli.server")
    }
  }

  @Test("an upload wants a regular file")
  func regularFile() async throws {
    let directory = try TemporaryDirectory()
    try directory.write("evp_live_x".utf8, to: "key")
    try directory.write("{}".utf8, to: "profile.json")
    #expect(
      try await code(
        "brand", "upload", "/dev/null", "--profile", directory.path("profile.json"), "--units", "1",
        "--key-file", directory.path("key")) == "file.not_regular")
  }
}
