extension ModelReader {
  /// Reads a `<metadata>` (core specification, 3.4.1). `names` are those that its parent has so far.
  mutating func readMetadata(
    _ names: inout Set<String>, isModels: Bool
  ) throws(MeshRefusal) {
    try checkAttributes([.name, .preserve, .type])
    guard let attribute = scanner.attribute(.name) else {
      throw scanner.refusal(.metadata, "has metadata without a name")
    }
    let name = scanner.text(of: attribute)
    try checkMetadataName(name)
    guard names.insert(name).inserted else {
      throw scanner.refusal(.metadata, "has two metadata of one name")
    }
    _ = try optional(.preserve, SchemaTypes.boolean)
    // The metadata of other models than the root are ignored (production extension, 3.2).
    let isTitle = isModels && isRoot && name == "Title"
    var title = ""
    while true {
      switch try scanner.next() {
      case .start where scanner.name.namespace == .core: throw unexpected
      case .start: try skipForeign()
      case .text where isTitle && title.utf8.count < Self.titleBytesMax: title += scanner.text()
      case .text: break
      case .end, .finished:
        if isTitle { model.title = Self.shortened(title) }
        return
      }
    }
  }

  /// A name is a QName; a prefixed one must be of a declared namespace other than the default one.
  private func checkMetadataName(_ name: String) throws(MeshRefusal) {
    let parts = name.utf8.split(separator: 0x3a, omittingEmptySubsequences: false)
    guard !name.isEmpty, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else {
      throw scanner.refusal(.metadata, "has metadata whose name is not one")
    }
    guard parts.count == 2 else { return }
    guard scanner.bindings.namespace(of: Array(parts[0])[...]) != nil else {
      throw scanner.refusal(.metadata, "has metadata of a namespace that is not declared")
    }
  }

  /// Reads a `<metadatagroup>`, of at least one metadata.
  mutating func readMetadataGroup() throws(MeshRefusal) {
    try checkAttributes([])
    var names: Set<String> = []
    while try nextCoreChild() {
      guard scanner.name.packed == .metadata else { throw unexpected }
      try readMetadata(&names, isModels: false)
    }
    guard !names.isEmpty else {
      throw scanner.refusal(.element, "has a metadatagroup without metadata")
    }
  }

  static let titleBytesMax = 256

  /// At most `titleBytesMax` bytes of a text, whole characters.
  static func shortened(_ text: String) -> String {
    var text = text
    while text.utf8.count > titleBytesMax {
      text = String(decoding: text.utf8.prefix(titleBytesMax - 4), as: UTF8.self)
    }
    return text
  }
}
