import Domain

/// What lies where in a package: `manifest.json`, `ticket.age`, then `files/<name>.age` in the
/// manifest's order.
public enum PackageLayout {
  /// The signed manifest: a DSSE envelope in JSON.
  public static let manifestName = "manifest.json"
  /// The sealed ticket.
  public static let ticketName = "ticket.age"
  /// What a package is sent as.
  public static let mediaType = "application/x-tar"
  static let nameBytesMax = 80

  /// The archive's entry for a file of the manifest.
  static func entryName(_ name: String) -> String { "files/\(name).age" }

  /// Whether a manifest may call a file so: one path component of at most 80 plain characters.
  static func isSafe(_ name: String) -> Bool {
    name.utf8.count <= nameBytesMax && !name.utf8.contains(UInt8(ascii: "/"))
      && TarHeader.isSafe(name)
  }

  /// Names for the archive, one for each of a revision's file names and in their order: foreign
  /// characters become `_`, long ones are cut before their extension, and a name that is then taken
  /// (upper and lower case counted as equal, because some file systems do) gets a number.
  public static func names(for fileNames: [String]) -> [String] {
    // The ticket lies beside the files, where a package is opened into a folder.
    var taken: Set<String> = ["ticket.json"]
    return fileNames.map { fileName in
      let (stem, ending) = parts(fileName)
      var name = stem + ending
      var number = 2
      while !taken.insert(name.lowercased()).inserted {
        let suffix = "-\(number)\(ending)"
        name = String(stem.prefix(nameBytesMax - suffix.utf8.count)) + suffix
        number += 1
      }
      return name
    }
  }

  private static func parts(_ fileName: String) -> (stem: String, ending: String) {
    let plain = String(
      decoding: fileName.unicodeScalars.map { scalar -> UInt8 in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "-": UInt8(scalar.value)
        default: UInt8(ascii: "_")
        }
      }, as: UTF8.self)
    let visible = String(plain.drop { $0 == "." })
    guard !visible.isEmpty else { return ("file", "") }
    let dot = visible.lastIndex(of: ".") ?? visible.endIndex
    let ending = String(visible[dot...])
    guard ending.utf8.count <= 12, dot > visible.startIndex else {
      return (String(visible.prefix(nameBytesMax)), "")
    }
    return (String(visible[..<dot].prefix(nameBytesMax - ending.utf8.count)), ending)
  }

  static func sum(_ first: Int, _ second: Int) -> Int? {
    let (sum, overflow) = first.addingReportingOverflow(second)
    return overflow ? nil : sum
  }
}

/// How much of a package is read before it is refused (`package.layout`).
public struct PackageLimits: Sendable, Hashable {
  /// The manifest's envelope, which is held in memory.
  public var manifestBytesMax = 1 << 20
  /// The sealed ticket, which is held in memory.
  public var ticketBytesMax = 1 << 20
  /// A file's header, which is held in memory.
  public var headerBytesMax = 128 << 10
  /// A sealed file.
  public var fileBytesMax = 8 << 30 - 1
  /// All sealed files together.
  public var totalBytesMax = 64 << 30

  /// The limits that a broker keeps: 8 GiB a file, 64 GiB a package.
  public init() {}
}
