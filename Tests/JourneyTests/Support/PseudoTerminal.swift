import Foundation
import Glibc

/// A terminal with a test in a person's place.
final class PseudoTerminal {
  /// What a process opens.
  let path: String
  /// All that was shown so far.
  private(set) var shown = ""
  private let person: Int32

  init() throws {
    var (person, process): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 128)
    guard openpty(&person, &process, &name, nil, nil) == 0 else {
      throw Child.Failure(description: "no terminal: \(String(cString: strerror(errno)))")
    }
    close(process)
    _ = fcntl(person, F_SETFD, FD_CLOEXEC)
    _ = fcntl(person, F_SETFL, O_RDWR | O_NONBLOCK)
    self.person = person
    path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { close(person) }

  /// Waits for a question, then types a line. What is typed before the question is thrown away.
  func answer(_ question: String, with line: String) async throws {
    try await eventually("the question \(question)", seconds: 60) {
      look().contains(question) ? true : nil
    }
    let bytes = Array((line + "\n").utf8)
    guard write(person, bytes, bytes.count) == bytes.count else {
      throw Child.Failure(description: "the terminal takes no input")
    }
  }

  /// Takes in what was shown since the last look.
  @discardableResult
  func look() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(person, &buffer, buffer.count)
      guard count > 0 else { return shown }
      shown += String(decoding: buffer[..<count], as: UTF8.self)
    }
  }
}
