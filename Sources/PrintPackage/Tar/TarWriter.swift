public import Domain

/// Writes a ustar archive as a stream: for each file a header, the content by the caller, and the
/// padding; then the end. Any tar reads it.
public enum TarWriter {
  /// What every file's content is a multiple of, padding included.
  public static let blockBytes = TarHeader.blockBytes
  /// What comes after the last file.
  public static let end = [UInt8](repeating: 0, count: 2 * TarHeader.blockBytes)

  /// The header before a file's content. Refuses a name that is not safe (see `PackageLayout`) and
  /// a size that the form of sizes does not hold (`package.layout`).
  public static func header(
    name: String, contentBytes: Int, modified: Instant, sizes: TarSizes = .octal
  ) throws(Problem) -> [UInt8] {
    guard
      let header = TarHeader(
        name: name, contentBytes: contentBytes,
        modifiedSeconds: Int(max(0, modified.milliseconds) / 1000), sizes: sizes)
    else {
      throw Problem(
        .invalid, "package.layout",
        "An archive holds names of 1 to 100 plain characters and files below 8 GiB.")
    }
    return header.block
  }

  /// The zeros after a file's content.
  public static func padding(contentBytes: Int) -> [UInt8] {
    let rest = contentBytes % blockBytes
    return [UInt8](repeating: 0, count: rest == 0 ? 0 : blockBytes - rest)
  }

  /// How many bytes a file takes in the archive.
  public static func entryBytes(contentBytes: Int) -> Int {
    blockBytes + contentBytes + padding(contentBytes: contentBytes).count
  }
}
