import FoundationEssentials

/// Where the checkout is, for tests that read fixtures or the sources themselves.
public enum Repository {
  /// The absolute path of the directory that holds `Package.swift`.
  public static let root: String = {
    // This file is Tests/Support/Repository.swift.
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  /// The absolute path of a file or directory given from the root: `Fixtures/vectors/age`.
  public static func path(_ relative: String) -> String { "\(root)/\(relative)" }

  /// The absolute path of a test vector: what lies in `Fixtures/vectors`.
  public static func vector(_ relative: String) -> String { path("Fixtures/vectors/\(relative)") }

  /// The bytes of a file given from the root.
  public static func bytes(_ relative: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(relative))))
  }

  /// The names in a directory given from the root, sorted.
  public static func names(in relative: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(relative)).sorted()
  }
}
