/// The models of a package: the root, and those that it refers to (production extension).
struct ModelSet {
  /// An object by the number of its model and its number in that.
  struct Place: Hashable {
    let model: Int
    let object: Int
  }

  /// The root is the first.
  private(set) var models: [Model] = []
  private var numbers: [String: Int] = [:]
  private(set) var context: ModelReader.Context
  /// Keys of the pictures that the models so far refer to, and that are in the package.
  private var pictures: Set<String> = []

  /// Reads what a package has to build; `content` gives what a part holds, decrypted if need be.
  init(
    _ package: inout Package, limits: MeshLimits,
    content: (PartName, inout Package) throws(MeshRefusal) -> ArraySlice<UInt8>
  ) throws(MeshRefusal) {
    context = ModelReader.Context(limits: limits)
    let root = try Self.rootPart(&package, &context)
    let related = try package.relationships(of: root)
    let tickets = related.targets(RelationshipType.printTicket)
    guard tickets.count <= 1 else {
      throw MeshRefusal(.printTicket, "The 3D model has more than one print ticket.")
    }
    if !tickets.isEmpty { context.readPast.insert(.printTicket) }
    try read(root, isRoot: true, related, &package, content)
    let others = Set(related.targets(RelationshipType.model).map(\.key))
    let items = models[0].items
    let components = models[0].objects.flatMap { object in
      if case .components(let components) = object.content { components } else { [] as [Component] }
    }
    for part in (components + items).compactMap(\.path) where numbers[part.key] == nil {
      guard others.contains(part.key) else {
        throw MeshRefusal(
          .relationships, "The 3D model refers to another that it has no relationship to.")
      }
      try read(part, isRoot: false, try package.relationships(of: part), &package, content)
    }
  }

  /// The package's one start part (core specification, 2.1.1).
  private static func rootPart(
    _ package: inout Package, _ context: inout ModelReader.Context
  ) throws(MeshRefusal) -> PartName {
    let relationships = try package.relationships(of: .root)
    let roots = relationships.targets(RelationshipType.model)
    guard roots.count == 1 else {
      throw MeshRefusal(
        .startPart,
        roots.isEmpty ? "The package has no 3D model." : "The package has several roots.")
    }
    // One that is missing is an error for those who look at it (2.1), and slicers leave it out.
    let thumbnails = relationships.targets(RelationshipType.thumbnail)
    if !thumbnails.isEmpty { context.readPast.insert(.thumbnails) }
    return roots[0]
  }

  private mutating func read(
    _ part: PartName, isRoot: Bool, _ related: Relationships, _ package: inout Package,
    _ content: (PartName, inout Package) throws(MeshRefusal) -> ArraySlice<UInt8>
  ) throws(MeshRefusal) {
    guard package.contains(part) else {
      throw MeshRefusal(.missingPart, "A 3D model that the package refers to is not in it.")
    }
    guard package.type(of: part) == ContentTypes.model else {
      throw MeshRefusal(.contentType, "A 3D model has not the content type of one.")
    }
    for target in related.targets(RelationshipType.printTicket) where !package.contains(target) {
      throw MeshRefusal(.missingPart, "The 3D model's print ticket is not in the package.")
    }
    // Some have the relationship to a picture on the root alone.
    for type in [RelationshipType.texture, RelationshipType.thumbnail] {
      for picture in related.targets(type) where package.contains(picture) {
        pictures.insert(picture.key)
      }
    }
    let document = try content(part, &package)
    var reader = try ModelReader(
      document, isRoot: isRoot, pictures: pictures, context: context)
    try reader.read()
    context = reader.context
    numbers[part.key] = models.count
    models.append(reader.model)
  }

  /// Where what a component refers to is, as seen from the model that says so.
  func place(of component: Component, from model: Int) throws(MeshRefusal) -> Place {
    let number = component.path.flatMap { numbers[$0.key] } ?? model
    guard case .object(let object) = models[number].resources[component.identifier] else {
      throw MeshRefusal(
        .undefinedReference, "The 3D model refers to an object that another does not have.")
    }
    return Place(model: number, object: object)
  }

  subscript(place: Place) -> ObjectResource { models[place.model].objects[place.object] }
}
