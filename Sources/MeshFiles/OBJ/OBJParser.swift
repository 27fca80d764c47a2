/// Reads the polygons of a Wavefront OBJ file.
///
/// "Object Files (.obj)", appendix B1 of the Advanced Visualizer manual, Wavefront. Of its statements,
/// `v`, `f` (and its old name `fo`) and `o` say what the part is. An `o` begins a body, a `g` does not:
/// groups divide surfaces. All others are checked for being statements and read past: nothing that
/// they name is opened.
///
/// - Numbers of vertices may be those of vertices further on: the format numbers them over the whole
///   file, and some programs write faces first. Negative ones count back from the last vertex so far.
/// - A weight or a colour after the coordinates is read past.
/// - Free-form surfaces (`surf`, and the old `bsp`, `bzp`, `cdp`) are refused, as are `call`, which
///   inserts another file, and `csh`, which runs a command: without them the part would not be whole.
///   Curves, points and lines are no surface and read past.
/// - A statement that the format does not know is refused. It may be the rest of a damaged line.
/// - A line that ends in `\` goes on in the next, but for a comment.
///
/// There is no end mark: a file that was cut within its last number is a valid file.
struct OBJParser: Sendable {
  private let limits: MeshLimits
  private var lines: LineCutter
  private var soup: PolygonSoup
  /// The highest vertex number that a face used, counted from 0, and the line of that face.
  private var highest: (vertex: Int, line: Int) = (-1, 0)

  init(limits: MeshLimits) {
    self.limits = limits
    lines = LineCutter(bytesMax: limits.polygonLineBytesMax, joins: true)
    soup = PolygonSoup(limits: limits)
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

  /// Ends the file.
  mutating func finish() throws(MeshRefusal) -> PolygonSoup {
    if let last = lines.rest() { try take(last.span) }
    guard highest.vertex < soup.vertexCount else {
      throw MeshRefusal(
        .indexOutOfRange,
        "Line \(highest.line): the face uses vertex \(highest.vertex + 1) of \(soup.vertexCount)."
      )
    }
    let whole = soup
    soup = PolygonSoup(limits: limits)
    return whole
  }

  @inline(__always)
  private mutating func take(_ line: Span<UInt8>) throws(MeshRefusal) {
    var index = 0
    skipSpace(line, &index)
    guard index < line.count else { return }
    let second = index + 1 < line.count ? line[index + 1] : 0x20
    switch (line[index], MeshDetection.isWhitespace(second)) {
    case (UInt8(ascii: "v"), true): try vertex(line, from: index + 1)
    case (UInt8(ascii: "f"), true): try face(line, from: index + 1)
    case (UInt8(ascii: "#"), _): break
    default: try other(line, from: index)
    }
  }

  private mutating func vertex(_ line: Span<UInt8>, from start: Int) throws(MeshRefusal) {
    var index = start
    let x = try coordinate(line, &index)
    let y = try coordinate(line, &index)
    let z = try coordinate(line, &index)
    // A weight (of rational curves and surfaces), a colour, or a colour with opacity.
    var more = 0
    while !isAtEnd(line, &index) {
      let start = index
      let number: Double? = DecimalNumber.scan(line, at: &index)
      if number == nil || !isAtSpace(line, index) {
        // Colours that are not numbers are common, and no one reads them.
        guard DecimalNumber.isNamedNonNumber(line.extracting(start..<line.count)) else {
          throw syntax("numbers behind a vertex")
        }
        while !isAtSpace(line, index) { index += 1 }
      }
      more += 1
    }
    guard more == 0 || more == 1 || more == 3 || more == 4 else {
      throw syntax("three coordinates, and perhaps a weight or a colour")
    }
    try soup.addVertex(x, y, z)
  }

  @inline(__always)
  private func coordinate(
    _ line: Span<UInt8>,
    _ index: inout Int
  ) throws(MeshRefusal) -> Double {
    skipSpace(line, &index)
    let start = index
    let value: Double? = DecimalNumber.scan(line, at: &index)
    guard let value, isAtSpace(line, index) else { throw badCoordinate(line, from: start) }
    guard value.magnitude <= Double(Float.greatestFiniteMagnitude) else { throw notFinite }
    return value
  }

  private mutating func face(_ line: Span<UInt8>, from start: Int) throws(MeshRefusal) {
    var index = start
    var corners = 0
    while !isAtEnd(line, &index) {
      guard let number = DecimalInteger.scan(line, at: &index) else {
        throw syntax("the number of a vertex")
      }
      // Texture and normal, by whose numbers no one goes.
      while index < line.count, isReference(line[index]) { index += 1 }
      guard isAtSpace(line, index) else { throw syntax("corners such as 7 or 7/8/9") }
      corners += 1
      guard corners <= limits.polygonCornersMax else {
        throw MeshRefusal(
          .tooLarge,
          "Line \(lines.number): the face has more than \(limits.polygonCornersMax) corners."
        )
      }
      soup.addCorner(try vertexIndex(number))
    }
    guard corners >= 3 else { throw syntax("a face of three corners or more") }
    try soup.endFace(corners: corners)
  }

  @inline(__always)
  private mutating func vertexIndex(_ number: Int) throws(MeshRefusal) -> UInt32 {
    let index = number > 0 ? number - 1 : soup.vertexCount + number
    guard number != 0, index >= 0, index < limits.verticesMax else {
      throw MeshRefusal(
        .indexOutOfRange,
        number == 0
          ? "Line \(lines.number): vertices are numbered from 1, not 0."
          : "Line \(lines.number): the face uses a vertex that cannot be."
      )
    }
    if index > highest.vertex { highest = (index, lines.number) }
    return UInt32(index)
  }

  private mutating func other(_ line: Span<UInt8>, from start: Int) throws(MeshRefusal) {
    var index = start
    while !isAtSpace(line, index) { index += 1 }
    let word = line.extracting(start..<index)
    switch OBJStatement(word) {
    case .readPast: return
    case .face: try face(line, from: index)
    case .object: try soup.beginObject(name: try name(line, from: index))
    case .surface:
      throw MeshRefusal(
        .unsupported,
        "Line \(lines.number): free-form surfaces are not read; export the part as polygons."
      )
    case .outside:
      throw MeshRefusal(
        .unsupported,
        "Line \(lines.number): statements that insert files or run commands are not followed."
      )
    case nil: throw syntax("a statement of OBJ")
    }
  }

  private func name(_ line: Span<UInt8>, from start: Int) throws(MeshRefusal) -> String? {
    var index = start
    skipSpace(line, &index)
    var end = line.count
    while end > index, MeshDetection.isWhitespace(line[end - 1]) { end -= 1 }
    guard end - index <= limits.nameBytesMax else {
      throw MeshRefusal(
        .nameTooLong,
        "The name on line \(lines.number) has more than \(limits.nameBytesMax) bytes."
      )
    }
    guard end > index else { return nil }
    return String(decoding: (index..<end).map { line[$0] }, as: UTF8.self)
  }
}

// MARK: Words

extension OBJParser {
  @inline(__always)
  private func skipSpace(_ line: Span<UInt8>, _ index: inout Int) {
    while index < line.count, MeshDetection.isWhitespace(line[index]) { index += 1 }
  }

  @inline(__always)
  private func isAtSpace(_ line: Span<UInt8>, _ index: Int) -> Bool {
    index == line.count || MeshDetection.isWhitespace(line[index])
  }

  /// Whether nothing follows but space or a comment.
  @inline(__always)
  private func isAtEnd(_ line: Span<UInt8>, _ index: inout Int) -> Bool {
    skipSpace(line, &index)
    return index == line.count || line[index] == UInt8(ascii: "#")
  }

  @inline(__always)
  private func isReference(_ byte: UInt8) -> Bool {
    // '/', '-' and the digits.
    byte &- UInt8(ascii: "/") < 11 || byte == UInt8(ascii: "-")
  }

  private func badCoordinate(_ line: Span<UInt8>, from start: Int) -> MeshRefusal {
    let isNamed = DecimalNumber.isNamedNonNumber(line.extracting(start..<line.count))
    return isNamed ? notFinite : syntax("three coordinates such as 12.5 or -1e-3")
  }

  private var notFinite: MeshRefusal {
    MeshRefusal(
      .notFinite,
      "Line \(lines.number): a coordinate is not a finite number of single precision's range."
    )
  }

  private func syntax(_ wanted: String) -> MeshRefusal {
    MeshRefusal(.asciiSyntax, "Line \(lines.number): expected \(wanted).")
  }
}
