/// The namespace of an XML name: one that means something here, or one of the document's own.
enum XMLNamespace: Hashable {
  /// No namespace: that of attributes without a prefix.
  case none
  case xml, schemaInstance
  case contentTypes, relationships
  case core, production, alternatives, materials, triangleSets, beamLattice, beamBalls, slice
  case volumetric, implicit, booleans, displacement, secureContent, xmlEncryption
  /// The document's n-th namespace that is none of these.
  case other(Int)

  /// The namespaces of XML, of the packaging conventions (ECMA-376-2), of the 3MF core specification
  /// (appendix C.3) and of its extensions, each from its specification's appendix.
  static let known: [String: XMLNamespace] = [
    "http://www.w3.org/XML/1998/namespace": .xml,
    "http://www.w3.org/2001/XMLSchema-instance": .schemaInstance,
    "http://schemas.openxmlformats.org/package/2006/content-types": .contentTypes,
    "http://schemas.openxmlformats.org/package/2006/relationships": .relationships,
    "http://schemas.microsoft.com/3dmanufacturing/core/2015/02": .core,
    "http://schemas.microsoft.com/3dmanufacturing/production/2015/06": .production,
    "http://schemas.microsoft.com/3dmanufacturing/production/alternatives/2021/04": .alternatives,
    "http://schemas.microsoft.com/3dmanufacturing/material/2015/02": .materials,
    "http://schemas.microsoft.com/3dmanufacturing/trianglesets/2021/07": .triangleSets,
    "http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02": .beamLattice,
    "http://schemas.microsoft.com/3dmanufacturing/beamlattice/balls/2020/07": .beamBalls,
    "http://schemas.microsoft.com/3dmanufacturing/slice/2015/07": .slice,
    "http://schemas.3mf.io/3dmanufacturing/volumetric/2022/01": .volumetric,
    "http://schemas.3mf.io/3dmanufacturing/implicit/2023/12": .implicit,
    "http://schemas.3mf.io/3dmanufacturing/booleanoperations/2023/07": .booleans,
    "http://schemas.3mf.io/3dmanufacturing/displacement/2023/10": .displacement,
    "http://schemas.3mf.io/3dmanufacturing/displacement/2022/07": .displacement,
    "http://schemas.microsoft.com/3dmanufacturing/securecontent/2019/04": .secureContent,
    "http://www.w3.org/2001/04/xmlenc#": .xmlEncryption,
  ]
}

/// The namespace declarations that are in force (Namespaces in XML 1.0).
struct XMLBindings {
  private struct Binding {
    let prefix: ArraySlice<UInt8>
    let namespace: XMLNamespace
  }

  /// Declarations in force at once, and distinct namespaces in a document.
  static let countMax = 64

  private var bindings: [Binding] = []
  private var others: [String: Int] = [:]
  /// That of elements without a prefix.
  private(set) var defaultNamespace = XMLNamespace.none

  /// How many declarations are in force; `restore` takes it.
  var count: Int { bindings.count }

  /// Takes a declaration; false if the rules on `xml`, `xmlns` and empty names forbid it, or it is one
  /// too many.
  mutating func declare(prefix: ArraySlice<UInt8>, name: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    let isXML = prefix.elementsEqual("xml".utf8)
    guard bindings.count < Self.countMax, !prefix.elementsEqual("xmlns".utf8),
      text != "http://www.w3.org/2000/xmlns/", !text.isEmpty || prefix.isEmpty
    else { return false }
    let namespace: XMLNamespace
    if text.isEmpty {
      namespace = .none
    } else if let known = XMLNamespace.known[text] {
      namespace = known
    } else {
      guard others.count < Self.countMax || others[text] != nil else { return false }
      namespace = .other(others[text, default: others.count])
      others[text] = others[text] ?? others.count
    }
    guard isXML == (namespace == .xml) else { return false }
    bindings.append(Binding(prefix: prefix, namespace: namespace))
    if prefix.isEmpty { defaultNamespace = namespace }
    return true
  }

  /// Whether a prefix was declared after there were `count` declarations.
  func declares(_ prefix: ArraySlice<UInt8>, after count: Int) -> Bool {
    bindings[count...].contains { $0.prefix.elementsEqual(prefix) }
  }

  /// Drops what was declared after there were `count` declarations.
  mutating func restore(_ count: Int) {
    guard bindings.count > count else { return }
    bindings.removeLast(bindings.count - count)
    defaultNamespace = bindings.last { $0.prefix.isEmpty }?.namespace ?? .none
  }

  /// What a prefix stands for; nil if it is not declared.
  func namespace(of prefix: ArraySlice<UInt8>) -> XMLNamespace? {
    if let binding = bindings.last(where: { $0.prefix.elementsEqual(prefix) }) {
      return binding.namespace
    }
    return prefix.elementsEqual("xml".utf8) ? .xml : nil
  }
}
