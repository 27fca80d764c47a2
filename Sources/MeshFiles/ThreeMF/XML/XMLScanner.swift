/// Reads an XML document in memory, event by event: elements, their attributes, and text.
///
/// Strict: a document that is not well-formed (XML 1.0, fifth edition, and Namespaces in XML 1.0) is
/// refused when the scanner gets to where it is not. There are no document types, hence no entities
/// but the five predefined, nothing that expands, and nothing to fetch. Nothing is copied: names and
/// values are ranges of the document, until somebody asks for them.
struct XMLScanner {
  enum Event {
    /// An element begins: `name` and `attributes` are its.
    case start
    /// An element ends.
    case end
    /// Text between tags: `textIsBlank` and `text()` tell of it. It may come in several pieces.
    case text
    /// The document is over, and was well-formed.
    case finished
  }

  /// The document, which may be a part of something larger: positions in it are that's.
  let bytes: ArraySlice<UInt8>
  let limits: ThreeMFLimits
  /// What a refusal calls the document, with an article.
  let subject: String
  /// The next byte to read.
  var at: Int
  /// The element that was last started.
  private(set) var name = XMLName(namespace: .none, local: 0..<0, packed: 0)
  var attributes: [XMLAttribute] = []
  var bindings = XMLBindings()
  /// Whether the last text was only white space.
  private(set) var textIsBlank = true

  private struct Open {
    let qualified: Range<Int>
    let bindings: Int
  }
  private var open: [Open] = []
  private var isEmptyElement = false
  private var hasRoot = false
  private var textRange = 0..<0
  private var isVerbatim = false

  /// How many declarations were in force before the element that was last started.
  var declarationsBefore: Int { open.last?.bindings ?? 0 }

  /// Bytes that are still to be read.
  var left: Int { bytes.endIndex - at }

  /// How many elements are open.
  var depth: Int { open.count }

  /// A scanner at the start of a document. UTF-16 is read where `allowsUTF16`; 3MF's own parts must be
  /// UTF-8 (core specification, 2.3.2).
  init(
    _ document: ArraySlice<UInt8>, subject: String, limits: ThreeMFLimits, allowsUTF16: Bool = false
  ) throws(MeshRefusal) {
    self.subject = subject
    self.limits = limits
    let encoding = XMLEncoding(of: document)
    if encoding == .utf16 {
      guard allowsUTF16, let text = XMLEncoding.transcoded(document) else {
        throw MeshRefusal(.xmlEncoding, "\(subject) is not UTF-8.")
      }
      bytes = text[...]
    } else {
      bytes = document
    }
    at = bytes.startIndex
    if encoding == .utf8, bytes.starts(with: [0xef, 0xbb, 0xbf]) { at += 3 }
    if hasPrefix("<?xml", at: at), XMLCharacters.isSpace(byte(at + 5)) {
      try readDeclaration(encoding)
    }
  }

  /// The byte at `index`, or 0, which no document has, behind the end.
  @inline(__always)
  func byte(_ index: Int) -> UInt8 { index < bytes.endIndex ? bytes[index] : 0 }

  /// The next event; nothing follows `finished`.
  mutating func next() throws(MeshRefusal) -> Event {
    if isEmptyElement {
      isEmptyElement = false
      close()
      return .end
    }
    while at < bytes.endIndex {
      guard bytes[at] == 0x3c else {
        try readText()
        if open.isEmpty { continue }
        return .text
      }
      switch byte(at + 1) {
      case 0x2f:
        try readEndTag()
        return .end
      case 0x3f: try skipInstruction()
      case 0x21:
        if hasPrefix("<!--", at: at) {
          try skipComment()
        } else if depth > 0, hasPrefix("<![CDATA[", at: at) {
          try readVerbatim()
          return .text
        } else if hasPrefix("<!DOCTYPE", at: at) {
          throw refusal(.xmlDocumentType, "has a document type declaration")
        } else {
          throw syntax("has markup that XML does not know")
        }
      default:
        try readStartTag()
        return .start
      }
    }
    guard hasRoot, open.isEmpty else { throw syntax("ends before its last element does") }
    return .finished
  }

  /// Passes over the rest of the element that was last started.
  mutating func skipElement() throws(MeshRefusal) {
    let outside = depth - 1
    while depth > outside { _ = try next() }
  }

  private mutating func readStartTag() throws(MeshRefusal) {
    guard !(hasRoot && open.isEmpty) else { throw syntax("has more than one root element") }
    guard open.count < limits.elementDepthMax else {
      throw refusal(.xmlLimit, "nests elements deeper than \(limits.elementDepthMax)")
    }
    hasRoot = true
    let start = at + 1
    let (colon, end) = try qualifiedName(at: start)
    open.append(Open(qualified: start..<end, bindings: bindings.count))
    at = end
    isEmptyElement = try readAttributes()
    var namespace = bindings.defaultNamespace
    if let colon { namespace = try resolve(start..<colon) }
    let local = (colon.map { $0 + 1 } ?? start)..<end
    name = XMLName(namespace: namespace, local: local, packed: packed(local))
  }

  private mutating func readEndTag() throws(MeshRefusal) {
    guard let element = open.last else { throw syntax("ends an element that it did not start") }
    let start = at + 2
    let end = start + element.qualified.count
    guard end < bytes.endIndex, bytes[start..<end] == bytes[element.qualified] else {
      throw syntax("ends another element than the last it started")
    }
    at = end
    skipSpace()
    guard byte(at) == 0x3e else { throw syntax("ends another element than the last it started") }
    at += 1
    close()
  }

  private mutating func close() {
    bindings.restore(open.removeLast().bindings)
  }

  // MARK: Text

  private mutating func readText() throws(MeshRefusal) {
    let start = at
    var isBlank = true
    while at < bytes.endIndex {
      let byte = bytes[at]
      if byte == 0x3c { break }
      if XMLCharacters.isSpace(byte) {
        at += 1
        continue
      }
      isBlank = false
      if byte == 0x26 {
        at = try endOfReference(at: at)
      } else if byte == 0x5d, hasPrefix("]]>", at: at) {
        throw syntax("has ]]> outside of a CDATA section")
      } else {
        at = try endOfCharacter(at: at)
      }
    }
    guard isBlank || !open.isEmpty else { throw syntax("has text outside of its root element") }
    textRange = start..<at
    textIsBlank = isBlank
    isVerbatim = false
  }

  private mutating func readVerbatim() throws(MeshRefusal) {
    let start = at + 9
    at = start
    while !hasPrefix("]]>", at: at) { at = try endOfCharacter(at: at) }
    textRange = start..<at
    textIsBlank = false
    isVerbatim = true
    at += 3
  }

  /// The last text, references replaced and line ends as one (XML 1.0, 2.11).
  func text() -> String {
    String(decoding: decoded(textRange, isVerbatim: isVerbatim, isAttribute: false), as: UTF8.self)
  }
}
