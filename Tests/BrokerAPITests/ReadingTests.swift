import Domain
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import BrokerAPI

@Suite("Small readers", .timeLimit(.minutes(2)))
struct ReadingTests {
  @Test("a query is percent-decoded, and a plus is a space")
  func query() throws {
    let query = try Query(
      "name=a%20b%C3%A4+c&limit=7&empty=", allowing: ["name", "limit", "empty"])
    #expect(query["name"] == "a bä c")
    #expect(query["empty"] == "")
    #expect(query["other"] == nil)
    #expect(try query.integer("limit", in: 1...10, default: 3) == 7)
    #expect(try query.integer("absent", in: 1...10, default: 3) == 3)
  }

  @Test("an escaped NUL is found whatever backslashes stand before it")
  func nul() {
    #expect(JSONBody.hasEscapedNUL(Array(#"{"a":"\u0000"}"#.utf8)))
    #expect(JSONBody.hasEscapedNUL(Array(#"{"a":"\\\u0000"}"#.utf8)))
    #expect(!JSONBody.hasEscapedNUL(Array(#"{"a":"\\u0000"}"#.utf8)))
    #expect(!JSONBody.hasEscapedNUL(Array(#"{"a":"\u0001"}"#.utf8)))
    #expect(!JSONBody.hasEscapedNUL(Array(#"{"a":"\"#.utf8)))
  }

  @Test("a path table tells methods of a known path from an unknown path")
  func paths() {
    let table = PathTable([("/a/{id}", "GET"), ("/a/{id}", "PUT"), ("/a/b/c", "POST")])
    #expect(table.methods(at: "/a/1") == ["GET", "HEAD", "PUT"])
    #expect(table.methods(at: "/a/b/c") == ["POST"])
    #expect(table.methods(at: "/a") == [])
    #expect(table.methods(at: "/a/1/2") == [])
  }

  @Test("an error of ours says nothing to the caller of what it was")
  func internalErrors() {
    struct Secret: Error { let path = "/secret" }
    let problem = Problem(describing: Secret())
    #expect(problem.kind == .failed && problem.code == "internal")
    #expect(!problem.detail.contains("secret"))
    #expect(problem.privateDetail?.contains("secret") == true)
  }

  @Test("what the database holds and cannot be read is never the caller's fault")
  func ownRows() throws {
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Int].self, from: Data("{}".utf8))
    }
    let problem = Problem(describing: try #require(error))
    #expect(problem.kind == .failed && problem.privateDetail != nil)
  }

  @Test("text for the log has no control characters and an end")
  func printable() {
    #expect("a\u{1b}[31mb\nc".printable(maximumCharacters: 100) == "a?[31mb?c")
    #expect("abcdef".printable(maximumCharacters: 3) == "abc")
  }

  /// Ends when its task is cancelled, and not before.
  private static func untilCancelled() async throws {
    let (stream, source) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    withExtendedLifetime(source) {}
    try Task.checkCancellation()
  }

  @Test("an operation that takes longer than its limit is cancelled and refused")
  func timeLimit() async throws {
    let (ended, end) = AsyncStream.makeStream(of: Bool.self)
    let problem = await #expect(throws: Problem.self) {
      try await withTimeLimit(.milliseconds(10), on: globalConcurrentExecutor) {
        defer { end.yield(Task.isCancelled) }
        try await Self.untilCancelled()
      }
    }
    #expect(problem?.code == "request.timeout")
    #expect(await ended.first { _ in true } == true)
    #expect(try await withTimeLimit(.seconds(60), on: globalConcurrentExecutor) { 7 } == 7)
  }

  @Test("the operation is cancelled before its caller goes on")
  func cancelledFirst() async throws {
    // A caller goes on to read what the operation was reading, and a connection stands one reader only.
    let isCancelled = Mutex(false)
    await #expect(throws: Problem.self) {
      try await withTimeLimit(.milliseconds(10), on: globalConcurrentExecutor) {
        try await withTaskCancellationHandler {
          try await Self.untilCancelled()
        } onCancel: {
          isCancelled.withLock { $0 = true }
        }
      }
    }
    #expect(isCancelled.withLock { $0 })
  }

  @Test("a caller who is cancelled cancels the operation")
  func cancelledCaller() async throws {
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let caller = Task {
      try await withTimeLimit(.seconds(600), on: globalConcurrentExecutor) {
        begin.yield()
        try await Self.untilCancelled()
      }
    }
    _ = await begun.first { _ in true }
    caller.cancel()
    await #expect(throws: CancellationError.self) { try await caller.value }
  }

  @Test("the answer does not wait for an operation that does not heed its limit")
  func unheededLimit() async throws {
    let (stream, source) = AsyncStream.makeStream(of: Void.self)
    let problem = await #expect(throws: Problem.self) {
      try await withTimeLimit(.milliseconds(10), on: globalConcurrentExecutor) {
        // Like a write: it goes on whatever becomes of who asked for it.
        await Task { for await _ in stream {} }.value
      }
    }
    #expect(problem?.code == "request.timeout")
    source.finish()
  }
}
