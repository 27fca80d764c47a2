import Foundation
import Glibc
import Synchronization

/// A child process with its output in files. Foundation's `Process` would wait for ever on a child
/// whose own children live on.
final class Child: Sendable {
  let arguments: [String]
  /// Standard output, of this start alone.
  let output: String
  let pid: pid_t
  private let ended = Mutex<Int32?>(nil)

  struct Failure: Error, CustomStringConvertible { let description: String }

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - output: a file for standard output, made anew.
  ///   - errors: a file that standard error is appended to.
  ///   - environment: added to this process's own.
  ///   - input: a file for standard input.
  ///   - ownSession: apart from this process's terminal; `input` becomes its terminal if it is one.
  init(
    _ executable: String, _ arguments: [String], output: String, errors: String,
    environment: [String: String] = [:], input: String = "/dev/null", ownSession: Bool = false
  ) throws {
    self.arguments = arguments
    self.output = output
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // POSIX_SPAWN_SETSID, which Swift's Glibc does not show.
    if ownSession { posix_spawnattr_setflags(&attributes, 0x80) }
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var line = ([executable] + arguments).map { strdup($0) } + [nil]
    var settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { (line + settings).forEach { free($0) } }
    var child: pid_t = 0
    let spawned = posix_spawn(&child, executable, &actions, &attributes, &line, &settings)
    guard spawned == 0 else { throw Failure(description: String(cString: strerror(spawned))) }
    pid = child
  }

  deinit { kill() }

  /// The signal that ended it or its exit code, as `wait` tells; nil while it runs.
  var status: Int32? {
    ended.withLock { ended in
      var status: Int32 = 0
      if ended == nil, waitpid(pid, &status, WNOHANG) == pid { ended = status }
      return ended
    }
  }

  var isRunning: Bool { status == nil }

  /// Whether SIGKILL ended it.
  var wasKilled: Bool { status.map { $0 & 0x7F == SIGKILL } ?? false }

  /// The exit code, if it came to its end by itself.
  var exitCode: Int32? { status.flatMap { $0 & 0x7F == 0 ? $0 >> 8 & 0xFF : nil } }

  /// Kills it as a power cut would, or by another signal, and waits until it is gone.
  func kill(by signal: Int32 = SIGKILL) {
    guard isRunning else { return }
    Glibc.kill(pid, signal)
    wait()
  }

  /// Waits until it has ended.
  func wait() {
    ended.withLock { ended in
      var status: Int32 = 0
      while ended == nil, waitpid(pid, &status, 0) < 0, errno == EINTR {}
      if ended == nil { ended = status }
    }
  }

  /// Asks it to end.
  func terminate() { if isRunning { Glibc.kill(pid, SIGTERM) } }

  /// Sends it a signal that does not end it, SIGSTOP or SIGCONT.
  func signal(_ number: Int32) { if isRunning { Glibc.kill(pid, number) } }

  /// The environment that a child of its own was started with, by that child's first argument; nil
  /// while there is no such child.
  func environment(ofChild argument: String) -> [String]? {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
    let words = { (path: String) in
      (FileManager.default.contents(atPath: path) ?? Data()).split(separator: 0)
        .map { String(decoding: $0, as: UTF8.self) }
    }
    for task in tasks {
      let children = FileManager.default.contents(atPath: "/proc/\(pid)/task/\(task)/children")
      for child in String(decoding: children ?? Data(), as: UTF8.self).split(separator: " ")
      where words("/proc/\(child)/cmdline").dropFirst().first == argument {
        return words("/proc/\(child)/environ")
      }
    }
    return nil
  }

  /// The most memory that it has held at once (`VmHWM`), in KiB; nil when it is gone.
  var peakResidentKiB: Int? {
    let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
  }

  /// What it has written to standard output.
  var text: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
}
