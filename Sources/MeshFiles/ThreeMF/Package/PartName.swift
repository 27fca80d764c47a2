/// The name of a part in a package (ECMA-376-2, 6.2.2): an absolute path such as `/3D/3dmodel.model`.
struct PartName {
  let text: String
  /// Equal for names that the packaging conventions take for one.
  let key: String

  /// Nil for what is no part's name, such as one with an empty segment or one that ends in a dot, and for
  /// what is longer than the name of a ZIP entry can be.
  init?(_ text: String) {
    guard text.hasPrefix("/"), 2...(1 + Int(UInt16.max)) ~= text.utf8.count,
      let name = ZIPName(Array(text.utf8.dropFirst())[...]), !name.isDirectory
    else { return nil }
    self.init(name)
  }

  /// The part that a ZIP entry is; nil for an entry that is none, which is read past. Characters that
  /// the conventions want escaped are let pass as they are, as everybody does.
  init?(_ name: ZIPName) {
    // 3MF (core specification, 2.2.3) wants no leading dot in the last segment.
    let segments = name.text.utf8.split(separator: 0x2f)
    guard !name.isDirectory, segments.allSatisfy({ $0.last != 0x2e }),
      name.text == "_rels/.rels" || segments.last?.first != 0x2e
    else { return nil }
    text = "/" + name.text
    key = "/" + name.key
  }

  /// The package itself, as the source of relationships.
  static let root = PartName(text: "/", key: "/")

  private init(text: String, key: String) {
    self.text = text
    self.key = key
  }

  /// What follows the last dot of the last segment, in lower case; nil without one.
  var fileExtension: String? {
    let last = key.split(separator: "/").last ?? ""
    return last.lastIndex(of: ".").map { String(last[last.index(after: $0)...]) }
  }

  /// The part that holds this part's relationships (6.5.2).
  var relationships: PartName {
    func place(_ name: String) -> String {
      let slash = name.lastIndex(of: "/") ?? name.startIndex
      return "\(name[...slash])_rels/\(name[name.index(after: slash)...]).rels"
    }
    return PartName(text: place(text), key: place(key))
  }

  /// The part that a reference names which stands in this part (RFC 3986, section 5.2, for paths
  /// alone); nil if it leads out of the package or is no part's name.
  func resolving(_ reference: String) -> PartName? {
    guard !reference.isEmpty, !reference.hasPrefix("//"),
      !reference.contains(where: { $0 == "?" || $0 == "#" || $0 == "\\" })
    else { return nil }
    var segments =
      reference.hasPrefix("/") ? [] : text.split(separator: "/").dropLast().map(String.init)
    for segment in reference.split(separator: "/") {
      switch segment {
      case ".": break
      case "..":
        guard segments.popLast() != nil else { return nil }
      default: segments.append(String(segment))
      }
    }
    return PartName("/" + segments.joined(separator: "/"))
  }
}
