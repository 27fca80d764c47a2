import Domain
import Glibc

/// Which file a path leads to, under whatever name; found without opening it.
struct FileIdentity: Hashable {
  private let device: UInt
  private let number: UInt

  /// - Parameter path: nil where there is nothing.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Of what is read: `-` or nil is standard input.
  init?(ofInput path: String?) {
    if let path, path != "-" {
      self.init(path)
      return
    }
    var status = stat()
    guard fstat(0, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
  }
}

/// Refuses an output that is a file that is read: it would take the place of what it was made from. Inputs that
/// cannot be read are refused when their turn comes.
///
/// - Parameter inputs: of all files that are read.
func checkOutput(_ output: String?, isNoneOf inputs: Set<FileIdentity>) throws(Problem) {
  guard let output, output != "-", let identity = FileIdentity(output), inputs.contains(identity)
  else { return }
  throw Problem(
    .invalid, "file.same", "\(output) is the file that is read: write to another one.")
}

/// The same, where one file is read.
func checkOutput(_ output: String?, isNot input: String?) throws(Problem) {
  try checkOutput(output, isNoneOf: Set([FileIdentity(ofInput: input)].compactMap(\.self)))
}
