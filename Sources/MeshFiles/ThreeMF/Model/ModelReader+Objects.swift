extension ModelReader {
  /// Reads an `<object>` (core specification, chapter 4).
  mutating func readObject() throws(MeshRefusal) {
    try checkAttributes([.id, .type, .thumbnail, .partnumber, .name, .pid, .pindex])
    let identifier = try required(.id, SchemaTypes.identifier)
    let kind = try optional(.type) {
      ObjectResource.Kind(rawValue: String(decoding: $0, as: UTF8.self))
    }
    let name = scanner.attribute(.name).map { Self.shortened(scanner.text(of: $0)) }
    if let part = try optional(.thumbnail, { PartName(String(decoding: $0, as: UTF8.self)) }) {
      context.readPast.insert(.thumbnails)
      try checkPicture(part)
    }
    // Slice extension, chapter 3: such a mesh is only to look at, where the slices are required.
    let isApproximate =
      requiresSlices
      && scanner.attribute(.meshresolution, in: .slice).map { scanner.text(of: $0) } == "lowres"
    let properties = try defaultProperties()
    var hasGroup = false
    var content: ObjectResource.Content?
    while try nextCoreChild() {
      switch scanner.name.packed {
      case .metadatagroup where !hasGroup && content == nil:
        hasGroup = true
        try readMetadataGroup()
      case .mesh where content == nil:
        content = .mesh(try readMesh(kind ?? .model, properties))
      case .components where content == nil:
        content = .components(try readComponents())
      default: throw unexpected
      }
    }
    guard let content else {
      throw scanner.refusal(.element, "has an object without a mesh or components")
    }
    // Only now: an object cannot be a component of itself.
    try add(.object(model.objects.count), as: identifier)
    model.objects.append(
      ObjectResource(
        kind: kind ?? .model, name: name, content: content, isApproximate: isApproximate))
  }

  /// The object's group of properties; its index is one of the group's.
  private func defaultProperties() throws(MeshRefusal) -> PropertyGroup? {
    let index = try optional(.pindex, SchemaTypes.index)
    guard let identifier = try optional(.pid, SchemaTypes.identifier) else {
      guard index == nil else {
        throw scanner.refusal(.propertyIndex, "has a property index without a group")
      }
      return nil
    }
    let group = try properties(identifier)
    if let index { try check(index, in: group) }
    return group
  }

  /// Reads `<components>` (4.2), of at least one.
  private mutating func readComponents() throws(MeshRefusal) -> [Component] {
    try checkAttributes([])
    var components: [Component] = []
    while try nextCoreChild() {
      guard scanner.name.packed == .component else { throw unexpected }
      try checkAttributes([.objectid, .transform])
      components.append(try component())
      try endElement()
      try count()
    }
    guard !components.isEmpty else {
      throw scanner.refusal(.element, "has components without one")
    }
    return components
  }

  /// What a `<component>` or an `<item>` refers to. An object of the same model must precede it; whether
  /// another model has the object is seen when that is read.
  private func component() throws(MeshRefusal) -> Component {
    let identifier = try required(.objectid, SchemaTypes.identifier)
    let transform = try optional(.transform, SchemaTypes.matrix) ?? .identity
    guard transform.isFinite else {
      throw scanner.refusal(.notFinite, "has a transform that is not finite")
    }
    guard transform.determinant != 0 else {
      throw scanner.refusal(.singularTransform, "has a transform that flattens what it is for")
    }
    var path: PartName?
    if let attribute = scanner.attribute(.path, in: .production) {
      // Production extension, chapter 2: only the root refers to other models.
      guard isRoot else {
        throw scanner.refusal(.forbiddenPath, "refers to another model")
      }
      path = PartName(scanner.text(of: attribute))
      guard path != nil else {
        throw scanner.refusal(.partName, "has a path that is not a part's name")
      }
    }
    if path == nil {
      switch model.resources[identifier] {
      case .object: break
      case nil: throw undefined
      default: throw scanner.refusal(.wrongReference, "takes another resource for an object")
      }
    }
    return Component(path: path, identifier: identifier, transform: transform)
  }

  /// Reads `<build>` (3.4.3). Only the root's is to be built; that of another model is ignored
  /// (production extension, chapter 2).
  mutating func readBuild() throws(MeshRefusal) {
    guard isRoot else { return try scanner.skipElement() }
    try checkAttributes([])
    while try nextCoreChild() {
      guard scanner.name.packed == .item else { throw unexpected }
      try checkAttributes([.objectid, .transform, .partnumber], marks: [.printable])
      // Who wrote it leaves such an item out, and everybody else makes it: that is for a person to settle.
      guard try optional(.printable, SchemaTypes.boolean) ?? true else {
        throw scanner.refusal(
          .unprintedItem, "has a part in its build that its slicer was told not to print")
      }
      model.items.append(try component())
      try count()
      var hasGroup = false
      while try nextCoreChild() {
        guard scanner.name.packed == .metadatagroup, !hasGroup else { throw unexpected }
        hasGroup = true
        try readMetadataGroup()
      }
    }
  }
}
