/// An Open Packaging Conventions package in a ZIP archive (ECMA-376-2): parts by name, their content types
/// and relationships.
///
/// Only what is asked for is inflated. Parts that nobody asks for, such as textures, thumbnails and what
/// slicers leave for themselves, are never looked into: a slicer once ran commands from such a part.
struct Package {
  private var archive: ZIPArchive
  /// By the key of their names; an entry that is no part's is in no one's way.
  private let parts: [String: ZIPEntry]
  private let types: ContentTypes
  let limits: ThreeMFLimits

  /// Opens a package; throws unless its directory and its list of content types are sound.
  init(_ bytes: [UInt8], limits: ThreeMFLimits) throws(MeshRefusal) {
    archive = try ZIPArchive(bytes, limits: limits)
    self.limits = limits
    var parts: [String: ZIPEntry] = [:]
    var list: ZIPEntry?
    for entry in archive.entries {
      if entry.name.key == "[content_types].xml" {
        list = entry
      } else if let name = PartName(entry.name) {
        parts[name.key] = entry
      }
    }
    guard let list else {
      throw MeshRefusal(.contentType, "The archive has no list of content types.")
    }
    try Self.check(sizeOfList: list.size, limits)
    types = try ContentTypes(try archive.content(of: list), limits: limits)
    self.parts = parts
    try checkPrefixes()
  }

  /// No part's name may go on where another's ends (6.2.2.3): `/a` and `/a/b` cannot both be files.
  private func checkPrefixes() throws(MeshRefusal) {
    // With a slash before every other byte, such a pair is neighbours.
    let keys = parts.keys.map { $0.utf8.map { $0 == 0x2f ? 0 : $0 } }
    let sorted = keys.sorted { $0.lexicographicallyPrecedes($1) }
    for (key, next) in zip(sorted, sorted.dropFirst()) where next.starts(with: key + [0]) {
      throw MeshRefusal(.partName, "A part's name continues another's.")
    }
  }

  private static func check(
    sizeOfList size: Int, _ limits: ThreeMFLimits
  ) throws(MeshRefusal) {
    guard size <= limits.listBytesMax else {
      throw MeshRefusal(
        .tooLarge,
        "A list of relationships or content types has more than \(limits.listBytesMax) bytes.")
    }
  }

  /// Whether there is a part of that name.
  func contains(_ part: PartName) -> Bool { parts[part.key] != nil }

  /// A part's content type, in lower case; nil if the package does not say.
  func type(of part: PartName) -> String? { types.type(of: part) }

  /// Bytes of a part's content, before it is inflated; nil without the part.
  func size(of part: PartName) -> Int? { parts[part.key]?.size }

  /// A part's content.
  mutating func content(of part: PartName) throws(MeshRefusal) -> ArraySlice<UInt8> {
    guard let entry = parts[part.key] else {
      throw MeshRefusal(.missingPart, "A part that the package refers to is not in it.")
    }
    return try archive.content(of: entry)
  }

  /// Inflates what a part turned out to hold once it was decrypted, as if it were an entry.
  mutating func inflated(_ stored: [UInt8]) throws(MeshRefusal) -> [UInt8] {
    try archive.inflated(stored)
  }

  /// The relationships of a part, or of the package itself (`PartName.root`); none where it has no list.
  mutating func relationships(of source: PartName) throws(MeshRefusal) -> Relationships {
    let part = source.relationships
    guard contains(part) else { return Relationships() }
    let type = type(of: part)
    guard type == ContentTypes.relationships else {
      throw MeshRefusal(.contentType, "A list of relationships has not the type of one.")
    }
    try Self.check(sizeOfList: size(of: part) ?? 0, limits)
    return try Relationships(try content(of: part), of: source, limits: limits)
  }
}
