/// Reads the polygons of a PLY file.
///
/// Elements and properties may come in any order, faces before vertices too; those that are no geometry
/// are passed over exactly. In the text form each element stands on a line of its own. Every count is
/// checked against what follows, and nothing is allocated for it.
struct PLYParser: Sendable {
  private let limits: MeshLimits
  private var headerParser: PLYHeaderParser
  private var header: PLYHeader?
  private var text: PLYTextBody
  private var binary: PLYBinaryBody

  init(limits: MeshLimits) {
    self.limits = limits
    headerParser = PLYHeaderParser(limits: limits)
    text = PLYTextBody(limits: limits, after: 0)
    binary = PLYBinaryBody(limits: limits)
  }

  mutating func update(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    var index = 0
    if header == nil {
      guard let read = try headerParser.update(bytes, at: &index) else { return }
      header = read
      text = PLYTextBody(limits: limits, after: headerParser.lines)
      text.elements.begin(read)
      binary.begin(read)
    }
    let body = bytes.extracting(index..<bytes.count)
    if header?.encoding == .ascii {
      try text.update(body)
    } else {
      try binary.update(body)
    }
  }

  /// Ends the file.
  mutating func finish() throws(MeshRefusal) -> (format: MeshFormat, soup: PolygonSoup) {
    guard let header else {
      throw MeshRefusal(
        .truncated,
        "The file ends on line \(headerParser.lines + 1), before its end_header."
      )
    }
    if header.encoding == .ascii { try text.finish() } else { try binary.finish() }
    let soup = header.encoding == .ascii ? text.elements.soup : binary.elements.soup
    text = PLYTextBody(limits: limits, after: 0)
    binary = PLYBinaryBody(limits: limits)
    return (header.format, soup)
  }
}
