import FoundationEssentials
import Glibc

/// A directory of a test's own with mode 0700, removed with all that is in it when the last reference
/// goes. Keep the reference for as long as something works in it: `withExtendedLifetime`, a stored
/// property, or ``with(_:)``.
public final class TemporaryDirectory: Sendable {
  /// The directory's absolute path, without a slash at the end.
  public let path: String

  /// Makes an empty directory below the system's temporary directory.
  public init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/everpart-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CocoaError(.fileWriteUnknown)
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  public func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file in it and returns its path.
  @discardableResult
  public func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: path(name)))
    return path(name)
  }

  /// The bytes of a file in it.
  public func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }

  /// The paths of all files below it, relative to it and sorted.
  public func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
      var status = stat()
      return lstat(path(name), &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }.sorted()
  }

  /// Runs a closure with a directory that is removed afterwards.
  public static func with<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (TemporaryDirectory) async throws -> Result
  ) async throws -> Result {
    let directory = try TemporaryDirectory()
    let result = try await body(directory)
    withExtendedLifetime(directory) {}
    return result
  }
}
