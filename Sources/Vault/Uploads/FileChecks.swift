public import Domain

/// What a file may be called and what it may claim to be.
public enum FileChecks {
  static let nameBytesMax = 120

  /// A name that is safe as the last part of a path everywhere, because bureaus' tools will use it
  /// so (`file.name`).
  public static func checkName(_ name: String) throws(Problem) {
    let forbidden: Set<Character> = ["/", "\\", ":", "*", "?", "\"", "<", ">", "|"]
    guard name.isPlainText(maximumBytes: nameBytesMax), !name.contains(where: forbidden.contains),
      let first = name.first, let last = name.last, ![".", "-", " "].contains(first),
      ![".", " "].contains(last)
    else {
      throw Problem(
        .invalid, "file.name",
        "A file's name has 1 to \(nameBytesMax) bytes, no path separators, control characters or "
          + "any of : * ? \" < > |, does not begin with a dot, dash or space, and does not end "
          + "with a dot or space.")
    }
  }

  /// The media type without parameters, in lower case.
  static func mediaType(_ header: String, for purpose: FilePurpose) throws(Problem) -> String {
    let type = header.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
    guard purpose.mediaTypes.contains(type) else {
      let what =
        purpose == .geometry
        ? "The geometry of a design is an STL, OBJ, PLY, 3MF or STEP file" : "This is a document"
      throw Problem(
        .mediaType, "file.media_type",
        "\(what): send a file for the purpose “\(purpose.rawValue)” as "
          + "\(purpose.mediaTypes.joined(separator: ", ")).")
    }
    return type
  }

  /// Refuses a unit for what has no coordinates (`file.unit`).
  static func checkUnit(_ unit: MeshUnit?, for purpose: FilePurpose) throws(Problem) {
    guard unit == nil || purpose == .geometry else {
      throw Problem(.invalid, "file.unit", "Only a mesh has a unit; this is a document.")
    }
  }
}
