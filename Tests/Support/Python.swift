public import Foundation

/// Peers that are Python modules. Tests beside one are skipped where `python3` on the path cannot import it.
public enum Python {
  /// Whether `python3` can import these modules: `lib3mf, cryptography`.
  public static func has(_ modules: String) -> Bool { run("-c", "import \(modules)") != nil }

  /// What `python3` writes; nil where there is none, or where it failed.
  public static func run(_ arguments: String...) -> Data? { run(arguments) }

  /// What `python3` writes; nil where there is none, or where it failed.
  public static func run(_ arguments: [String]) -> Data? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? data : nil
  }
}
