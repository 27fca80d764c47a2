/// The content types of a package's parts: `[Content_Types].xml` (ECMA-376-2, 6.2.3 and 7.2.3).
struct ContentTypes {
  /// By extension, in lower case.
  private var defaults: [String: String] = [:]
  /// By the key of the part's name.
  private var overrides: [String: String] = [:]

  static let model = "application/vnd.ms-package.3dmanufacturing-3dmodel+xml"
  static let keyStore = "application/vnd.ms-package.3dmanufacturing-keystore+xml"
  static let relationships = "application/vnd.openxmlformats-package.relationships+xml"

  /// Reads the list; throws unless it is one.
  init(_ document: ArraySlice<UInt8>, limits: ThreeMFLimits) throws(MeshRefusal) {
    var scanner = try XMLScanner(
      document, subject: "The list of content types", limits: limits, allowsUTF16: true)
    try scanner.readFlat(root: "Types", in: .contentTypes) {
      (scanner, name) throws(MeshRefusal) in
      try add(name, scanner)
    }
  }

  private mutating func add(_ name: String, _ scanner: XMLScanner) throws(MeshRefusal) {
    func value(_ name: String) throws(MeshRefusal) -> String {
      guard let attribute = scanner.attribute(XMLName.packed(name)) else {
        throw scanner.refusal(.contentType, "has an entry that is not complete")
      }
      return scanner.text(of: attribute)
    }
    let type = try value("ContentType").lowercased()
    let isNew: Bool
    switch name {
    case "Default":
      let ending = try value("Extension").lowercased()
      isNew = defaults.updateValue(type, forKey: ending) == nil
    case "Override":
      // lib3mf leaves out the slash before the key store's name.
      let text = try value("PartName")
      guard let part = PartName(text.hasPrefix("/") ? text : "/" + text) else {
        throw scanner.refusal(.partName, "names a part against the rules")
      }
      isNew = overrides.updateValue(type, forKey: part.key) == nil
    default: throw scanner.refusal(.contentType, "has an element that it cannot have")
    }
    guard isNew else { throw scanner.refusal(.contentType, "says the same twice") }
  }

  /// A part's type, in lower case; nil if the list does not say.
  func type(of part: PartName) -> String? {
    overrides[part.key] ?? part.fileExtension.flatMap { defaults[$0] }
  }
}

extension XMLScanner {
  /// Reads a document of one root element with a list of empty ones, which `take` is called for; throws
  /// where those are more than a package may have entries, or one says more than a name may have bytes.
  mutating func readFlat(
    root: String, in namespace: XMLNamespace,
    _ take: (XMLScanner, String) throws(MeshRefusal) -> Void
  ) throws(MeshRefusal) {
    var taken = 0
    while true {
      switch try next() {
      case .finished: return
      case .end: break
      case .text:
        guard textIsBlank else { throw syntax("has text between its elements") }
      case .start:
        let local = String(decoding: bytes[name.local], as: UTF8.self)
        guard name.namespace == namespace, depth <= 2, depth == 2 || local == root else {
          throw syntax("has an element that it cannot have")
        }
        guard depth == 2 else { continue }
        guard attributes.allSatisfy({ $0.value.count <= limits.nameBytesMax }) else {
          throw refusal(.nameTooLong, "has a value of more than \(limits.nameBytesMax) bytes")
        }
        taken += 1
        guard taken <= limits.entriesMax else {
          throw refusal(.tooLarge, "has more than \(limits.entriesMax) entries")
        }
        try take(self, local)
      }
    }
  }
}
