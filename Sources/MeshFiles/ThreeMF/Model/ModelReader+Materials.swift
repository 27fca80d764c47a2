/// The materials and properties extension (1.2.1), read past but for its identifiers and references, so
/// that what refers to it can be held against it. It does not change any shape.
extension ModelReader {
  /// Reads a resource of the extension.
  mutating func readMaterial() throws(MeshRefusal) {
    context.readPast.insert(.materials)
    let identifier = try required(.id, SchemaTypes.identifier)
    var resource = Resource.other
    switch scanner.name.packed {
    case .colorgroup:
      resource = try readGroup(.colors) { (reader) throws(MeshRefusal) in
        _ = try reader.required(.color) { SchemaTypes.isColor($0) ? $0 : nil }
      }
    case .texture2d:
      try readTexture()
      resource = .texture
    case .texture2dgroup:
      guard case .texture = model.resources[try required(.texid, SchemaTypes.identifier)] else {
        throw scanner.refusal(.wrongReference, "has texture coordinates without a texture")
      }
      resource = try readGroup(.textureCoordinates)
    case .compositematerials:
      let base = try properties(try required(.matid, SchemaTypes.identifier))
      guard base.kind == .baseMaterials else {
        throw scanner.refusal(.wrongReference, "mixes something else than base materials")
      }
      for index in try required(.matindices, SchemaTypes.indices) { try check(index, in: base) }
      resource = try readGroup(.compositeMaterials)
    case .multiproperties:
      let layers = try required(.pids, SchemaTypes.indices)
      try checkLayers(layers)
      // One for each layer but the first at most (chapter 5).
      if try optional(.blendmethods, SchemaTypes.blendMethods) ?? 0 >= layers.count {
        throw scanner.refusal(.wrongReference, "has more blend methods than layers to blend")
      }
      resource = try readGroup(.multiProperties)
    default: try scanner.skipElement()
    }
    try add(resource, as: identifier)
  }

  /// Counts a group's members and holds each against `check`.
  private mutating func readGroup(
    _ kind: PropertyGroup.Kind, _ check: (ModelReader) throws(MeshRefusal) -> Void = { _ in }
  ) throws(MeshRefusal) -> Resource {
    var group = PropertyGroup(kind: kind, count: 0)
    while try nextChild() {
      if scanner.name.namespace == .materials {
        try check(self)
        group.count += 1
      }
      try scanner.skipElement()
    }
    return .properties(group)
  }

  /// A texture's picture must be in the package and be a PNG or a JPEG (chapter 6).
  private mutating func readTexture() throws(MeshRefusal) {
    context.readPast.insert(.textures)
    _ = try required(.contenttype) { type in
      ["image/png", "image/jpeg"].contains(String(decoding: type, as: UTF8.self)) ? type : nil
    }
    try checkPicture(try required(.path) { PartName(String(decoding: $0, as: UTF8.self)) })
    try scanner.skipElement()
  }

  /// A picture must be in the package, and its model must have a relationship to it.
  func checkPicture(_ part: PartName) throws(MeshRefusal) {
    guard pictures.contains(part.key) else {
      throw scanner.refusal(.missingPart, "names a picture that it has no relationship to")
    }
  }

  /// The layers of a `<multiproperties>` (chapter 5): at most one material, which comes first, at most
  /// one group of colours, and none that has layers itself.
  private func checkLayers(_ identifiers: [UInt32]) throws(MeshRefusal) {
    var colors = 0
    for (layer, identifier) in identifiers.enumerated() {
      switch try properties(identifier).kind {
      case .baseMaterials, .compositeMaterials:
        guard layer == 0 else { throw layers }
      case .colors:
        colors += 1
        guard colors == 1 else { throw layers }
      case .multiProperties: throw layers
      case .textureCoordinates, .unknown: break
      }
    }
    guard !identifiers.isEmpty else { throw layers }
  }

  private var layers: MeshRefusal {
    scanner.refusal(.wrongReference, "has multiproperties with layers that cannot be combined")
  }
}
