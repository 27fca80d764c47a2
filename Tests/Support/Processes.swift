public import Foundation
import Glibc

/// Looks at processes from outside, as `/proc` shows them.
public enum Processes {
  /// A process that this one, or another, has started.
  public struct Found: Sendable {
    /// Its identifier.
    public let pid: pid_t
    /// Its command line.
    public let words: [String]
  }

  /// The children of a process whose command is `everpart COMMAND`, or another program's.
  public static func own(_ command: String, of parent: pid_t = getpid()) -> [Found] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.compactMap { pid in
      guard status(pid)["PPid"] == "\(parent)" else { return nil }
      let words = (FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data())
        .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return words.dropFirst().first == command ? Found(pid: pid, words: words) : nil
    }
  }

  /// The lines of a process's status by their names; none when it is gone.
  public static func status(_ pid: pid_t) -> [String: String] {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").reduce(into: [:]) { status, line in
      guard let colon = line.firstIndex(of: ":") else { return }
      status[String(line[..<colon])] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
  }

  /// Looks again and again until there is something: what a process does by itself tells nobody.
  @discardableResult
  public static func eventually<Value>(
    _ what: String, seconds: Double = 120, _ look: () async throws -> Value?
  ) async throws -> Value {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      if let value = try await look() { return value }
      guard ContinuousClock.now < end else { throw Missing(what: what) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// What was waited for in vain.
  public struct Missing: Error, CustomStringConvertible {
    let what: String
    /// A sentence.
    public var description: String { "waited in vain for \(what)" }
  }
}
