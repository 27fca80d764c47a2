import Domain
import Glibc

/// The folder that a catalogue's files are in. No name in a catalogue reaches outside of it.
struct ImportFolder {
  private let root: String

  init(_ path: String) throws {
    guard let resolved = realpath(path, nil) else { throw SystemFailure(path) }
    defer { free(resolved) }
    root = String(cString: resolved)
    var status = stat()
    guard stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw SystemFailure(path, code: ENOTDIR)
    }
  }

  /// A file's path, with every symbolic link followed. A backslash separates folders too, as a spreadsheet
  /// on Windows has them.
  ///
  /// - Throws: `import.file_outside` for a name that leads out of the folder, also through a link;
  ///   `import.file_missing`; `file.not_regular`.
  func path(of name: String) throws(Problem) -> String {
    let name = String(name.map { $0 == "\\" ? "/" : $0 })
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let hasDrive = name.dropFirst().first == ":"
    guard !name.isEmpty, !name.hasPrefix("/"), !hasDrive, !parts.contains(".."),
      name.isPlainText(maximumBytes: 1000)
    else { throw Self.outside(name) }
    guard let resolved = realpath("\(root)/\(name)", nil) else {
      throw Problem(
        .absent, "import.file_missing", "There is no file “\(Terminal.plain(name))” in the folder.")
    }
    defer { free(resolved) }
    let path = String(cString: resolved)
    guard path.hasPrefix(root == "/" ? "/" : root + "/") else { throw Self.outside(name) }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Problem(
        .invalid, "file.not_regular", "“\(Terminal.plain(name))” is not a regular file.")
    }
    return path
  }

  private static func outside(_ name: String) -> Problem {
    Problem(
      .invalid, "import.file_outside",
      "“\(Terminal.plain(name))” is no name of a file in the folder: no absolute path, no “..”, and no link "
        + "that leads out of it.")
  }
}
