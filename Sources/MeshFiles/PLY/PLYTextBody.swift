/// Reads what follows the header of a PLY file in text form.
struct PLYTextBody: Sendable {
  private var lines: LineCutter
  var elements: PLYElements

  /// A body that begins behind `line` lines.
  init(limits: MeshLimits, after line: Int) {
    lines = LineCutter(bytesMax: limits.polygonLineBytesMax, after: line)
    elements = PLYElements(limits: limits)
  }

  mutating func update(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    var index = 0
    while let line = try lines.next(bytes, at: &index) {
      switch line {
      case .inside(let range): try take(bytes.extracting(range))
      case .carried(let line): try take(line.span)
      }
    }
  }

  mutating func finish() throws(MeshRefusal) {
    if let last = lines.rest() { try take(last.span) }
    try elements.finish()
  }

  private mutating func take(_ line: Span<UInt8>) throws(MeshRefusal) {
    var index = 0
    guard !isAtEnd(line, &index) else { return }
    guard let properties = elements.element?.properties else {
      throw MeshRefusal(.trailingData, "Line \(lines.number): the file goes on after its elements.")
    }
    for property in properties {
      switch property.shape {
      case .scalar:
        if let axis = property.axis {
          try elements.take(try coordinate(line, &index), axis: axis)
        } else {
          try skip(line, &index)
        }
      case .list: try list(of: property, line, &index)
      }
    }
    guard isAtEnd(line, &index) else { throw syntax("no more values than the header announces") }
    try elements.endElement()
  }

  private mutating func list(
    of property: PLYHeader.Property,
    _ line: Span<UInt8>,
    _ index: inout Int
  ) throws(MeshRefusal) {
    let count = try integer(line, &index)
    guard count >= 0 else { throw syntax("a count that is not negative") }
    guard property.isIndices else {
      for _ in 0..<count { try skip(line, &index) }
      return
    }
    try elements.beginIndices(count: count)
    for _ in 0..<count { try elements.take(index: try integer(line, &index)) }
    try elements.endIndices()
  }

  private func coordinate(
    _ line: Span<UInt8>,
    _ index: inout Int
  ) throws(MeshRefusal) -> Double {
    guard !isAtEnd(line, &index) else { throw tooFew }
    let start = index
    let value: Double? = DecimalNumber.scan(line, at: &index)
    if let value, isAtSpace(line, index) { return value }
    let isNamed = DecimalNumber.isNamedNonNumber(line.extracting(start..<line.count))
    guard isNamed else { throw syntax("a number such as 12.5 or -1e-3") }
    return .nan
  }

  private func integer(_ line: Span<UInt8>, _ index: inout Int) throws(MeshRefusal) -> Int {
    guard !isAtEnd(line, &index) else { throw tooFew }
    let value = DecimalInteger.scan(line, at: &index)
    guard let value, isAtSpace(line, index) else { throw syntax("a whole number") }
    return value
  }

  private func skip(_ line: Span<UInt8>, _ index: inout Int) throws(MeshRefusal) {
    guard !isAtEnd(line, &index) else { throw tooFew }
    while !isAtSpace(line, index) { index += 1 }
  }

  @inline(__always)
  private func isAtEnd(_ line: Span<UInt8>, _ index: inout Int) -> Bool {
    while index < line.count, MeshDetection.isWhitespace(line[index]) { index += 1 }
    return index == line.count
  }

  @inline(__always)
  private func isAtSpace(_ line: Span<UInt8>, _ index: Int) -> Bool {
    index == line.count || MeshDetection.isWhitespace(line[index])
  }

  private var tooFew: MeshRefusal { syntax("as many values as the header announces") }

  private func syntax(_ wanted: String) -> MeshRefusal {
    MeshRefusal(.asciiSyntax, "Line \(lines.number): expected \(wanted).")
  }
}
