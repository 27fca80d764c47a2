import Dispatch
import FoundationEssentials
import Glibc
import TestSupport

/// A PostgreSQL 15 of a test's own, made in a temporary directory and gone with the closure. It listens
/// on a socket in that directory only.
struct PostgresServer: Sendable {
  private let directory: String

  private static let binaries = "/usr/lib/postgresql/15/bin"

  /// Whether the server's programs are here, and a user who may run them: it refuses root.
  static let isInstalled: Bool = {
    let programs = ["initdb", "pg_ctl", "psql"].map { "\(binaries)/\($0)" }
    guard programs.allSatisfy(FileManager.default.isExecutableFile) else { return false }
    return getuid() != 0 || (try? run(["id", "-u"]).status) == 0
  }()

  /// Runs a closure with an empty database whose text is compared by bytes.
  static func with<T: Sendable>(
    _ body: @escaping @Sendable (PostgresServer) throws -> T
  ) async throws -> T {
    // All of it waits for child processes, so it stays off the threads that tasks share.
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try withServer(body) })
      }
    }
  }

  private static func withServer<T>(_ body: (PostgresServer) throws -> T) throws -> T {
    let made = try run(["mktemp", "-d", "/tmp/everpart-postgres-XXXXXX"])
    try made.check()
    let server = PostgresServer(directory: String(made.output.prefix { $0 != "\n" }))
    defer { _ = try? run(["rm", "-rf", server.directory]) }
    try run([
      "\(binaries)/initdb", "-A", "trust", "-U", "everpart", "--locale=C", "--encoding=UTF8",
      "--no-sync", "-D", server.data,
    ]).check()
    try run([
      "\(binaries)/pg_ctl", "-w", "-D", server.data, "-l", "\(server.directory)/log",
      "-o", "-F -k \(server.directory) -c listen_addresses=''", "start",
    ]).check()
    defer {
      _ = try? run(["\(binaries)/pg_ctl", "-w", "-m", "immediate", "-D", server.data, "stop"])
    }
    return try body(server)
  }

  private var data: String { "\(directory)/data" }

  /// Runs a script; the first error stops it and is thrown.
  func execute(_ script: String) throws {
    try psql(script, stopsAtErrors: true).check()
  }

  /// Prepares each statement and returns the errors, by the statement's index.
  func prepare(_ statements: [String]) throws -> [Int: String] {
    let script = statements.enumerated().map { index, sql in
      "\\warn @@\(index)\nPREPARE statement_\(index) AS \(sql)\n;"
    }
    // `\warn` writes to where the errors go, so that each is found after its statement's mark.
    let result = try psql(script.joined(separator: "\n") + "\n\\warn @@end\n", stopsAtErrors: false)
    guard result.errors.contains("@@end") else { throw Failure(description: result.errors) }
    var errors: [Int: String] = [:]
    for part in result.errors.split(separator: "@@") {
      let lines = part.split(separator: "\n")
      guard let index = lines.first.flatMap({ Int($0) }), lines.count > 1 else { continue }
      errors[index] = lines.dropFirst().joined(separator: "\n")
    }
    return errors
  }

  private func psql(_ script: String, stopsAtErrors: Bool) throws -> Output {
    try Self.run(
      [
        "\(Self.binaries)/psql", "-X", "-q", "-v", "ON_ERROR_STOP=\(stopsAtErrors ? 1 : 0)",
        "-h", directory, "-U", "everpart", "-d", "postgres", "-f", "-",
      ] + (stopsAtErrors ? ["--single-transaction"] : []),
      input: script
    )
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private struct Output {
    var status: Int32
    var output: String
    var errors: String

    func check() throws {
      guard status == 0 else { throw Failure(description: "\(status): \(errors)\(output)") }
    }
  }

  /// Runs a program, as `postgres` if we are root.
  ///
  /// Foundation's `Process` would wait for ever: it takes a program for running while anything holds the
  /// descriptor that it inherited, and the server that `pg_ctl` leaves behind does.
  @discardableResult
  private static func run(_ command: [String], input: String = "") throws -> Output {
    let files = try TemporaryDirectory()
    for (name, content) in [("in", input), ("out", ""), ("err", "")] {
      try files.write(content.utf8, to: name)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, files.path("in"), O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, files.path("out"), O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, files.path("err"), O_WRONLY, 0)
    // From a directory that every user may enter.
    let line = ["env", "-C", "/"] + (getuid() == 0 ? ["runuser", "-u", "postgres", "--"] : [])
    var arguments = (line + command).map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var child: pid_t = 0
    let spawned = posix_spawn(&child, "/usr/bin/env", &actions, nil, &arguments, environ)
    guard spawned == 0 else { throw Failure(description: String(cString: strerror(spawned))) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return Output(
      status: status,
      output: String(decoding: try files.read("out"), as: UTF8.self),
      errors: String(decoding: try files.read("err"), as: UTF8.self)
    )
  }
}
