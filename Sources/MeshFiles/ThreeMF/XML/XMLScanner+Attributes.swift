extension XMLScanner {
  /// Reads attributes and namespace declarations up to the end of a start tag; true if it ends the
  /// element as well.
  mutating func readAttributes() throws(MeshRefusal) -> Bool {
    attributes.removeAll(keepingCapacity: true)
    var declarations = 0
    while true {
      let before = at
      skipSpace()
      let next = byte(at)
      if next == 0x3e || next == 0x2f && byte(at + 1) == 0x3e {
        if !attributes.isEmpty || declarations > 0 { try resolveAttributes() }
        at += next == 0x3e ? 1 : 2
        return next == 0x2f
      }
      guard at > before else { throw syntax("has a tag that is not well-formed") }
      guard attributes.count + declarations < limits.attributesMax else {
        throw refusal(.xmlLimit, "has an element with more than \(limits.attributesMax) attributes")
      }
      if try !readAttribute() { declarations += 1 }
    }
  }

  /// False for a namespace declaration.
  private mutating func readAttribute() throws(MeshRefusal) -> Bool {
    let start = at
    let (colon, end) = try qualifiedName(at: start)
    at = end
    skipSpace()
    guard byte(at) == 0x3d else { throw syntax("has an attribute without a value") }
    at += 1
    skipSpace()
    let quote = byte(at)
    guard quote == 0x22 || quote == 0x27 else { throw syntax("has a value without quotes") }
    at += 1
    let valueStart = at
    let isPlain = try skipValue(quote)
    let value = valueStart..<at
    at += 1
    let local = (colon.map { $0 + 1 } ?? start)..<end
    let attribute = XMLAttribute(
      name: XMLName(namespace: .none, local: local, packed: packed(local)),
      qualified: start..<end, value: value, isPlain: isPlain)
    let isDefault = colon == nil && bytes[start..<end].elementsEqual("xmlns".utf8)
    if isDefault || colon.map({ bytes[start..<$0].elementsEqual("xmlns".utf8) }) ?? false {
      try declare(attribute, prefix: isDefault ? end..<end : local)
      return false
    }
    attributes.append(attribute)
    return true
  }

  private mutating func declare(
    _ attribute: XMLAttribute, prefix: Range<Int>
  ) throws(MeshRefusal) {
    let element = declarationsBefore
    guard bindings.declares(bytes[prefix], after: element) == false else {
      throw syntax("has an attribute twice")
    }
    guard bindings.declare(prefix: bytes[prefix], name: value(of: attribute)) else {
      throw refusal(.xmlNamespace, "declares a namespace against the rules, or too many")
    }
  }

  /// Goes to the closing quote; true if the value needs no decoding.
  private mutating func skipValue(_ quote: UInt8) throws(MeshRefusal) -> Bool {
    var isPlain = true
    while true {
      let next = byte(at)
      if next == quote { return isPlain }
      switch next {
      case 0x26:
        isPlain = false
        at = try endOfReference(at: at)
      case 0x3c: throw syntax("has < in a value")
      case 0x09, 0x0a, 0x0d:
        isPlain = false
        at += 1
      default: at = try endOfCharacter(at: at)
      }
    }
  }

  /// Gives each attribute its namespace, and refuses one that is there twice, by its prefixed name or
  /// by what that stands for (Namespaces in XML 1.0, section 6.3).
  private mutating func resolveAttributes() throws(MeshRefusal) {
    for index in attributes.indices {
      let attribute = attributes[index]
      let local = attribute.name.local
      if attribute.qualified.lowerBound < local.lowerBound {
        let prefix = attribute.qualified.lowerBound..<(local.lowerBound - 1)
        attributes[index].name.namespace = try resolve(prefix)
      }
      let name = attributes[index].name
      for other in attributes[..<index]
      where other.name.packed == name.packed && other.name.namespace == name.namespace {
        guard bytes[other.name.local] != bytes[local] else {
          throw syntax("has an attribute twice")
        }
      }
    }
  }

  /// What a prefix stands for.
  func resolve(_ prefix: Range<Int>) throws(MeshRefusal) -> XMLNamespace {
    guard let namespace = bindings.namespace(of: bytes[prefix]) else {
      throw refusal(.xmlNamespace, "uses a namespace prefix that is not declared")
    }
    return namespace
  }

  /// An attribute of the element that was last started; nil if it has none of that name.
  func attribute(_ name: UInt64, in namespace: XMLNamespace = .none) -> XMLAttribute? {
    attributes.first { $0.name.is(name, in: namespace) }
  }

  /// An attribute's value, references replaced and white space as blanks (XML 1.0, 3.3.3).
  func value(of attribute: XMLAttribute) -> ArraySlice<UInt8> {
    attribute.isPlain
      ? bytes[attribute.value]
      : decoded(attribute.value, isVerbatim: false, isAttribute: true)[...]
  }

  /// An attribute's value as text.
  func text(of attribute: XMLAttribute) -> String {
    String(decoding: value(of: attribute), as: UTF8.self)
  }
}
