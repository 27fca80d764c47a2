import Foundation

/// A child process with its output in files, killed with the last reference.
final class Child {
  let pid: pid_t
  private var status: Int32?

  init(
    _ executable: String, _ arguments: [String], output: String = "/dev/null",
    errors: String = "/dev/null", environment: [String: String] = [:]
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var line = ([executable] + arguments).map { strdup($0) } + [nil]
    var settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { (line + settings).forEach { free($0) } }
    var child: pid_t = 0
    let spawned = posix_spawnp(&child, executable, &actions, nil, &line, &settings)
    guard spawned == 0 else {
      throw Failure("\(executable) does not start: \(String(cString: strerror(spawned)))")
    }
    pid = child
  }

  deinit {
    guard isRunning else { return }
    kill(pid, SIGKILL)
    wait()
  }

  var isRunning: Bool {
    if status == nil {
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid { self.status = status }
    }
    return status == nil
  }

  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    while self.status == nil {
      if waitpid(pid, &status, 0) == pid { self.status = status }
    }
    return self.status ?? 0
  }

  /// The most memory that it had resident so far, in bytes; nil once it has ended. (What `wait4`
  /// tells instead is never less than the parent had when it started the child.)
  var residentPeak: Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  // MARK: programs that run to their end

  /// Runs a program and returns how many seconds it took.
  @discardableResult
  static func seconds(
    _ executable: String, _ arguments: [String], output: String = "/dev/null",
    environment: [String: String] = [:]
  ) throws -> Double {
    let start = uptime()
    let child = try Child(executable, arguments, output: output, environment: environment)
    let status = child.wait()
    let seconds = uptime() - start
    guard status == 0 else {
      throw Failure("\(executable) \(arguments.joined(separator: " ")) ended with \(status)")
    }
    return seconds
  }

  /// Runs a program and returns the most memory that it had resident. Not to be timed: it is looked at
  /// all the while.
  static func peak(_ executable: String, _ arguments: [String]) throws -> Int {
    let child = try Child(executable, arguments)
    var peak = 0
    while child.isRunning {
      peak = max(peak, child.residentPeak ?? 0)
      usleep(200)
    }
    return peak
  }

  /// Runs a program and returns what it wrote as JSON.
  static func json(
    _ executable: String, _ arguments: [String], in directory: String
  ) throws -> JSON {
    let file = "\(directory)/output.json"
    try seconds(executable, arguments, output: file)
    return try JSON([UInt8](try Data(contentsOf: URL(filePath: file))))
  }
}
