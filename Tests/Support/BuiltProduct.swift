import Foundation

/// The executable under test, beside the test bundle in the build directory.
public enum BuiltProduct {
  /// Its path; nil where it is not built.
  public static let path: String? = {
    let running = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    for start in [running, CommandLine.arguments.first].compactMap(\.self) {
      var folder = URL(filePath: start).deletingLastPathComponent()
      for _ in 0..<6 {
        let candidate = folder.appending(path: "everpart").path
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory),
          !isDirectory.boolValue, FileManager.default.isExecutableFile(atPath: candidate)
        {
          return candidate
        }
        folder.deleteLastPathComponent()
      }
    }
    return nil
  }()

  /// What a test says that needs it and does not find it.
  public static let missing = "the executable everpart is not beside the test bundle"
}
