extension ModelReader {
  /// Reads `<resources>` (core specification, 3.4.2).
  mutating func readResources() throws(MeshRefusal) {
    try checkAttributes([])
    while try nextChild() {
      switch (scanner.name.namespace, scanner.name.packed) {
      case (.core, .basematerials): try readBaseMaterials()
      case (.core, .object): try readObject()
      case (.core, _): throw unexpected
      case (.materials, _): try readMaterial()
      default: try readForeignResource()
      }
    }
  }

  /// Enters a resource under its identifier, which no other in the model may have.
  mutating func add(_ resource: Resource, as identifier: UInt32) throws(MeshRefusal) {
    guard model.resources.updateValue(resource, forKey: identifier) == nil else {
      throw scanner.refusal(.duplicateIdentifier, "has two resources with one identifier")
    }
    try count()
  }

  /// Counts a resource or a build item.
  mutating func count() throws(MeshRefusal) {
    context.resources += 1
    guard context.resources <= context.limits.threeMF.resourcesMax else {
      throw scanner.refusal(
        .tooLarge, "has more than \(context.limits.threeMF.resourcesMax) resources and items")
    }
  }

  /// Reads `<basematerials>` (chapter 5).
  private mutating func readBaseMaterials() throws(MeshRefusal) {
    try checkAttributes([.id])
    let identifier = try required(.id, SchemaTypes.identifier)
    var group = PropertyGroup(kind: .baseMaterials, count: 0)
    while try nextCoreChild() {
      guard scanner.name.packed == .base else { throw unexpected }
      try checkAttributes([.name, .displaycolor])
      _ = try required(.name) { $0 }
      _ = try required(.displaycolor) { SchemaTypes.isColor($0) ? $0 : nil }
      try endElement()
      group.count += 1
    }
    guard group.count > 0 else { throw scanner.refusal(.element, "has base materials without one") }
    context.readPast.insert(.materials)
    try add(.properties(group), as: identifier)
  }

  /// A resource of an extension that is not read. If it has an identifier then properties may refer to
  /// it, and nothing else may have it.
  private mutating func readForeignResource() throws(MeshRefusal) {
    let identifier = scanner.attribute(.id).flatMap {
      SchemaTypes.identifier(scanner.value(of: $0))
    }
    try skipForeign()
    if let identifier {
      try add(.properties(PropertyGroup(kind: .unknown, count: 0)), as: identifier)
    }
  }

  /// The group of properties with that identifier.
  func properties(_ identifier: UInt32) throws(MeshRefusal) -> PropertyGroup {
    switch model.resources[identifier] {
    case .properties(let group): return group
    case nil: throw undefined
    default: throw scanner.refusal(.wrongReference, "takes another resource for properties")
    }
  }

  var undefined: MeshRefusal {
    scanner.refusal(.undefinedReference, "refers to a resource that does not precede it")
  }

  /// Refuses an index that its group does not have.
  func check(_ index: UInt32, in group: PropertyGroup) throws(MeshRefusal) {
    guard group.kind == .unknown || index < group.count else {
      throw scanner.refusal(.propertyIndex, "has a property index that its group does not have")
    }
  }
}
