/// Reads the header of a PLY file, from `ply` to `end_header`, as its bytes arrive.
///
/// Lines end as the first one does: with LF, CR LF or CR. Only so is it certain where a binary body
/// begins. The header's limits are far beyond what any program writes.
struct PLYHeaderParser: Sendable {
  private static let linesMax = 1024
  private static let elementsMax = 32
  private static let propertiesMax = 256

  private let limits: MeshLimits
  private var line: [UInt8] = []
  private var encoding: PLYHeader.Encoding?
  private var elements: [PLYHeader.Element] = []
  private var properties = 0
  /// Whether lines end with CR LF, CR alone; nil before the first end.
  private var endsWithBoth: Bool?
  private var endsWithReturn = false
  private var awaitsFeed = false
  /// Lines read.
  private(set) var lines = 0

  init(limits: MeshLimits) {
    self.limits = limits
  }

  /// Takes bytes until the header ends, and returns it; nil if it goes on.
  mutating func update(_ bytes: Span<UInt8>, at index: inout Int) throws(MeshRefusal) -> PLYHeader?
  {
    while index < bytes.count {
      let byte = bytes[index]
      if endsWithReturn, endsWithBoth == nil {
        // Behind the CR that ends the first line.
        endsWithBoth = byte == 0x0a
        if byte == 0x0a {
          index += 1
          continue
        }
      }
      index += 1
      if awaitsFeed {
        guard byte == 0x0a else { throw bad("lines end in different ways") }
        awaitsFeed = false
        if let header = try endLine() { return header }
      } else if byte == 0x0d, lines == 0 {
        endsWithReturn = true
        _ = try endLine()
      } else if byte == 0x0d, endsWithReturn {
        if endsWithBoth == true {
          awaitsFeed = true
        } else if let header = try endLine() {
          return header
        }
      } else if byte == 0x0a, !endsWithReturn {
        if let header = try endLine() { return header }
      } else {
        guard byte >= 0x09 else { throw bad("it is not text") }
        guard line.count < limits.lineBytesMax else {
          throw MeshRefusal(
            .lineTooLong,
            "Line \(lines + 1) has more than \(limits.lineBytesMax) bytes."
          )
        }
        line.append(byte)
      }
    }
    return nil
  }

  private mutating func endLine() throws(MeshRefusal) -> PLYHeader? {
    lines += 1
    guard lines <= Self.linesMax else { throw bad("it has more than \(Self.linesMax) lines") }
    let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      .map(String.init)
    line = []
    guard lines > 1 else {
      guard words == ["ply"] else { throw bad("the first line is not ply") }
      return nil
    }
    switch words.first {
    case nil, "comment", "obj_info": break
    case "format": try takeFormat(words)
    case "element": try takeElement(words)
    case "property": try takeProperty(words)
    case "end_header": return try header()
    default: throw bad("there is no such keyword")
    }
    return nil
  }

  private mutating func takeFormat(_ words: [String]) throws(MeshRefusal) {
    guard encoding == nil, words.count == 3, words[2] == "1.0" else {
      throw bad("the format is given twice or not of version 1.0")
    }
    switch words[1] {
    case "ascii": encoding = .ascii
    case "binary_little_endian": encoding = .binaryLittleEndian
    case "binary_big_endian": encoding = .binaryBigEndian
    default: throw bad("the format is neither ascii nor one of the binary ones")
    }
  }

  private mutating func takeElement(_ words: [String]) throws(MeshRefusal) {
    guard words.count == 3, words[2].utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      let count = Int(words[2])
    else { throw bad("an element has a name and a count") }
    guard elements.count < Self.elementsMax else {
      throw bad("it has more than \(Self.elementsMax) elements")
    }
    guard !elements.contains(where: { $0.name == words[1] }) else {
      throw bad("an element is there twice")
    }
    let role: PLYHeader.Element.Role
    var countMax = Int.max
    switch words[1] {
    case "vertex": (role, countMax) = (.vertices, limits.verticesMax)
    case "face": (role, countMax) = (.faces, limits.trianglesMax)
    case "tristrips": role = .strips
    default: role = .other
    }
    guard count <= countMax else {
      throw MeshRefusal(
        .tooLarge,
        "Line \(lines): the header counts \(count); \(countMax) are allowed."
      )
    }
    elements.append(PLYHeader.Element(role: role, name: words[1], count: count))
  }

  private mutating func takeProperty(_ words: [String]) throws(MeshRefusal) {
    guard !elements.isEmpty else { throw bad("a property comes before every element") }
    properties += 1
    guard properties <= Self.propertiesMax else {
      throw bad("it has more than \(Self.propertiesMax) properties")
    }
    let shape: PLYHeader.Property.Shape
    if words.count == 3, let type = PLYHeader.Scalar(words[1]) {
      shape = .scalar(type)
    } else if words.count == 5, words[1] == "list",
      let count = PLYHeader.Scalar(words[2]), count.isInteger,
      let items = PLYHeader.Scalar(words[3])
    {
      shape = .list(count: count, items: items)
    } else {
      throw bad("a property has a type that there is and a name")
    }
    var property = PLYHeader.Property(name: words[words.count - 1], shape: shape)
    let element = elements[elements.count - 1]
    guard !element.properties.contains(where: { $0.name == property.name }) else {
      throw bad("a property is there twice")
    }
    switch (element.role, shape) {
    case (.vertices, .scalar):
      property.axis = ["x", "y", "z"].firstIndex(of: property.name)
    case (.faces, .list(_, let items)), (.strips, .list(_, let items)):
      property.isIndices = ["vertex_indices", "vertex_index"].contains(property.name)
      guard !property.isIndices || items.isInteger else {
        throw bad("the numbers of vertices are no integers")
      }
      guard !property.isIndices || !element.properties.contains(where: \.isIndices) else {
        throw bad("a property is there twice")
      }
    default: break
    }
    elements[elements.count - 1].properties.append(property)
  }

  private func header() throws(MeshRefusal) -> PLYHeader {
    guard let encoding else { throw bad("it names no format") }
    for element in elements {
      switch element.role {
      case .vertices:
        guard element.properties.compactMap(\.axis).count == 3 else {
          throw bad("the vertices have not each of x, y and z")
        }
      case .faces, .strips:
        guard element.count == 0 || element.properties.contains(where: \.isIndices) else {
          throw bad("the faces have no list of vertices")
        }
      case .other: break
      }
    }
    let hasFaces = elements.contains { [.faces, .strips].contains($0.role) && $0.count > 0 }
    guard hasFaces else { throw MeshRefusal(.empty, "The file has no facets.") }
    return PLYHeader(
      encoding: encoding,
      elements: elements.filter { $0.count > 0 && !$0.properties.isEmpty }
    )
  }

  private func bad(_ what: String) -> MeshRefusal {
    MeshRefusal(.badHeader, "Line \(lines == 0 ? 1 : lines) of the PLY header: \(what).")
  }
}
