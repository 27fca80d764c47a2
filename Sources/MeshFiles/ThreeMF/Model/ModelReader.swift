/// Reads one 3D model part: 3MF core specification, with what its extensions do to it.
///
/// The order of elements, their attributes and the values of those are held against the schema
/// (appendix B.1). Elements and attributes of other namespaces are read past, wherever they stand
/// (2.3.3.1).
struct ModelReader {
  /// What the models of a package share.
  struct Context {
    let limits: MeshLimits
    /// Triangles of all models so far.
    var triangles = 0
    /// Resources and build items of all models so far.
    var resources = 0
    var readPast: Set<MeshDocument.ReadPast> = []
  }

  var scanner: XMLScanner
  var context: Context
  var model = Model()
  /// Whether it is the package's root: the only one with paths to others and with a build that counts.
  let isRoot: Bool
  /// Parts that the model may refer to as pictures, by the keys of their names.
  let pictures: Set<String>
  private(set) var requiresSlices = false

  init(
    _ document: ArraySlice<UInt8>, isRoot: Bool, pictures: Set<String>, context: Context
  ) throws(MeshRefusal) {
    let subject = isRoot ? "The 3D model" : "A 3D model beside the root"
    scanner = try XMLScanner(document, subject: subject, limits: context.limits.threeMF)
    self.isRoot = isRoot
    self.pictures = pictures
    self.context = context
  }

  /// Reads the document; `model` and `context` are then whole.
  mutating func read() throws(MeshRefusal) {
    while try scanner.next() != .start {}
    guard scanner.name.is(.model) else {
      throw scanner.refusal(.element, "does not begin with a model of the core namespace")
    }
    try readModelAttributes()
    // metadata*, resources, build, in this order.
    var passed = 0
    var metadata: Set<String> = []
    while try nextCoreChild() {
      switch scanner.name.packed {
      case .metadata where passed == 0:
        try readMetadata(&metadata, isModels: true)
      case .resources where passed == 0:
        passed = 1
        try readResources()
      case .build where passed == 1:
        passed = 2
        try readBuild()
      default: throw unexpected
      }
    }
    guard passed == 2 else { throw scanner.refusal(.element, "has no resources or no build") }
    // Only comments and the like may follow the root element.
    while try scanner.next() != .finished {}
  }

  private mutating func readModelAttributes() throws(MeshRefusal) {
    try checkAttributes([.unit, .requiredextensions, .recommendedextensions])
    if let unit = scanner.attribute(.unit) {
      guard let known = LengthUnit(rawValue: scanner.text(of: unit)) else {
        throw scanner.refusal(.attributeValue, "has a unit that 3MF does not know")
      }
      model.unit = known
    }
    for namespace in try extensions(.requiredextensions) {
      if let reason = namespace.refusalWhereRequired {
        throw scanner.refusal(reason.code, "requires \(reason.name)")
      }
      if namespace == .slice { requiresSlices = true }
    }
    for namespace in try extensions(.recommendedextensions)
    where namespace.refusalWhereRequired != nil {
      context.readPast.insert(.recommendedExtension)
    }
  }

  /// The namespaces whose prefixes a model attribute lists, each once.
  private func extensions(_ attribute: UInt64) throws(MeshRefusal) -> [XMLNamespace] {
    guard let list = scanner.attribute(attribute) else { return [] }
    var namespaces: [XMLNamespace] = []
    var known: Set<XMLNamespace> = []
    for prefix in SchemaTypes.Words(scanner.value(of: list)) {
      guard let namespace = scanner.bindings.namespace(of: prefix) else {
        throw scanner.refusal(.undeclaredExtension, "lists an extension that it does not declare")
      }
      if known.insert(namespace).inserted { namespaces.append(namespace) }
    }
    return namespaces
  }

  // MARK: What every element needs

  /// Goes to the next child of the element that is being read, of whatever namespace; false at its end.
  mutating func nextChild() throws(MeshRefusal) -> Bool {
    while true {
      switch try scanner.next() {
      case .start: return true
      case .text:
        guard scanner.textIsBlank else {
          throw scanner.refusal(.strayText, "has text where there is none in 3MF")
        }
      case .end, .finished: return false
      }
    }
  }

  /// The same for children of the core namespace; others are read past.
  mutating func nextCoreChild() throws(MeshRefusal) -> Bool {
    while try nextChild() {
      if scanner.name.namespace == .core { return true }
      try skipForeign()
    }
    return false
  }

  /// Passes over an element that is not of the core namespace.
  mutating func skipForeign() throws(MeshRefusal) {
    if let what = scanner.name.namespace.readPast { context.readPast.insert(what) }
    try scanner.skipElement()
  }

  /// Ends an element that has no children in the core namespace.
  mutating func endElement() throws(MeshRefusal) {
    guard try !nextCoreChild() else { throw unexpected }
  }

  var unexpected: MeshRefusal {
    scanner.refusal(.element, "has an element where the schema has another or none")
  }

  /// Holds the attributes of a core element against those it may have. Those of other namespaces are
  /// free, but for xml and xsi (2.3.2 and 2.3.4), of which only `xml:lang` is defined (2.3.5).
  ///
  /// `marks` are what widespread slicers write beyond the schema, and what leaves the shape as it is.
  mutating func checkAttributes(
    _ allowed: [UInt64], marks: [UInt64] = []
  ) throws(MeshRefusal) {
    for attribute in scanner.attributes {
      switch attribute.name.namespace {
      case .none where allowed.contains(attribute.name.packed): break
      case .none where marks.contains(attribute.name.packed):
        context.readPast.insert(.slicerMarks)
      case .none, .core:
        throw scanner.refusal(.attribute, "has an attribute that the schema does not have")
      case .xml where attribute.name.packed == .lang: break
      case .xml, .schemaInstance:
        throw scanner.refusal(.forbiddenAttribute, "has a forbidden xml or xsi attribute")
      default: break
      }
    }
  }

  /// A required attribute's value, read by `type`.
  func required<Value>(
    _ name: UInt64, _ type: (ArraySlice<UInt8>) -> Value?
  ) throws(MeshRefusal) -> Value {
    guard let value = try optional(name, type) else {
      throw scanner.refusal(.attribute, "lacks an attribute that the schema requires")
    }
    return value
  }

  /// An attribute's value, read by `type`; nil without the attribute.
  func optional<Value>(
    _ name: UInt64, _ type: (ArraySlice<UInt8>) -> Value?
  ) throws(MeshRefusal) -> Value? {
    guard let attribute = scanner.attribute(name) else { return nil }
    guard let value = type(scanner.value(of: attribute)) else {
      throw scanner.refusal(.attributeValue, "has a value that is not of its attribute's type")
    }
    return value
  }
}
