import Foundation
import Testing

/// A test vector in the format of C2SP's age test kit (CCTV, `age/README.md`): header lines, an empty line,
/// the age file.
struct VectorFile {
  enum Outcome: String {
    case success
    case noMatch = "no match"
    case hmacFailure = "HMAC failure"
    case headerFailure = "header failure"
    case armorFailure = "armor failure"
    case payloadFailure = "payload failure"
  }

  struct Malformed: Error { let reason: String }

  var expect: Outcome?
  var payloadDigest: String?
  var fileKey: String?
  var identities: [String] = []
  var passphrases: [String] = []
  var armored = false
  var compressed = false
  var file: [UInt8] = []

  init(reading bytes: [UInt8]) throws {
    var rest = bytes[...]
    while true {
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
        throw Malformed(reason: "no empty line")
      }
      let line = String(decoding: rest[..<end], as: UTF8.self)
      rest = rest[(end + 1)...]
      if line.isEmpty { break }
      guard let colon = line.range(of: ": ") else { throw Malformed(reason: line) }
      try take(String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
    }
    guard expect != nil else { throw Malformed(reason: "no expectation") }
    file = compressed ? try Tool.inflate(Array(rest)) : Array(rest)
  }

  /// A key that is not known here may change what the vector means, so it fails.
  private mutating func take(_ key: String, _ value: String) throws {
    switch key {
    case "expect":
      guard let outcome = Outcome(rawValue: value) else { throw Malformed(reason: value) }
      expect = outcome
    case "payload": payloadDigest = value
    case "file key": fileKey = value
    case "identity": identities.append(value)
    case "passphrase": passphrases.append(value)
    case "armored" where value == "yes": armored = true
    case "compressed" where value == "zlib": compressed = true
    case "comment": break
    default: throw Malformed(reason: "unknown header \(key): \(value)")
    }
  }
}

/// Where vectors are. The C2SP kit is not part of this repository: `EVERPART_VECTORS` names the folder that
/// holds `age/`, or a folder `shared/vectors` lies beside the checkout or beside one of its parents.
enum VectorFolder {
  static let testKit: String? = {
    if let folder = ProcessInfo.processInfo.environment["EVERPART_VECTORS"] {
      return "\(folder)/age"
    }
    var folder = URL(filePath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appending(path: "shared/vectors/age").path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
    }
    return nil
  }()

  static func names(in folder: String?) -> [String] {
    guard let folder else { return [] }
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }
}

/// Programs beside us: peers to test against, each of which may be missing.
enum Tool {
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  private static let pathFolders =
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)

  static func path(_ name: String) -> String? {
    pathFolders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static let age = path("age")
  static let python = path("python3")
  static let hasPyrage = python != nil && (try? run("python3", ["-c", "import pyrage"])) != nil
  static let hasAgeAndPython = age != nil && python != nil

  /// Runs a program to its end and returns what it wrote. Files, not pipes, so that neither side waits.
  @discardableResult
  static func run(_ name: String, _ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    guard let executable = path(name) else { throw Failed(description: "no \(name)") }
    let folder = FileManager.default.temporaryDirectory.appending(path: "tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out", "err"].map { folder.appending(path: $0) }
    try Data(input).write(to: files[0])
    try Data().write(to: files[1])
    try Data().write(to: files[2])
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let complaint = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
      throw Failed(description: "\(name) ended with \(process.terminationStatus): \(complaint)")
    }
    return [UInt8](try Data(contentsOf: files[1]))
  }

  static func inflate(_ bytes: [UInt8]) throws -> [UInt8] {
    let program =
      "import sys, zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))"
    return try run("python3", ["-c", program], input: bytes)
  }

  /// Runs a program on a terminal of its own and answers every prompt with `answer`.
  static func onTerminal(_ command: [String], answer: String) throws {
    let program = """
      import os, pty, sys
      pid, terminal = pty.fork()
      if pid == 0:
          os.execvp(sys.argv[2], sys.argv[2:])
      seen = b""
      while True:
          try:
              part = os.read(terminal, 1024)
          except OSError:
              break
          if not part:
              break
          seen += part
          if seen.rstrip().endswith(b":"):
              os.write(terminal, sys.argv[1].encode() + b"\\n")
              seen = b""
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """
    try run("python3", ["-c", program, answer] + command)
  }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { String(format: "%02x", $0) }.joined()
}
