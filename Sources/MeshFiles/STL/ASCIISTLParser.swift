import Geometry

/// The text form of STL, word by word:
///
///     solid NAME
///       facet normal n n n
///         outer loop
///           vertex x y z (three times)
///         endloop
///       endfacet
///     endsolid NAME
///
/// Keywords may be in either case and words on any line, but names reach to the end of theirs. Several
/// solids may follow each other; they are one mesh. Line ends may be LF, CR LF or CR.
struct ASCIISTLParser: Sendable {
  private enum Expected {
    case solid
    case facetOrEnd
    case keyword(Int)
    case normal(Int)
    case coordinate(Int)
  }

  /// What follows `facet`; the numbers come after those in `beforeNumbers`.
  private static let keywords: [[UInt8]] = [
    "normal", "outer", "loop", "vertex", "vertex", "vertex", "endloop", "endfacet",
  ].map { Array($0.utf8) }
  private static let solid = Array("solid".utf8)
  private static let facet = Array("facet".utf8)
  private static let endsolid = Array("endsolid".utf8)

  private let limits: MeshLimits
  private(set) var triangles = 0
  private var expected = Expected.solid
  /// A word that reached the end of the bytes so far and may go on in the next.
  private var halfWord: [UInt8] = []
  private var isInName = false
  private var nameBytes = 0
  private var line = 1
  private var lineBytes = 0
  private var endedWithReturn = false
  private var coordinates: InlineArray<9, Float> = .init(repeating: 0)

  init(limits: MeshLimits) {
    self.limits = limits
  }

  mutating func update(
    _ bytes: Span<UInt8>,
    into sink: inout some FacetSink
  ) throws(MeshRefusal) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x0a || byte == 0x0d {
        try endHalfWord(into: &sink)
        endLine(byte)
        index += 1
        continue
      }
      endedWithReturn = false
      if isInName || MeshDetection.isWhitespace(byte) {
        try endHalfWord(into: &sink)
        try lengthenLine(by: 1)
        if isInName { try extendName(byte) }
        index += 1
        continue
      }
      var end = index + 1
      while end < bytes.count, !MeshDetection.isWhitespace(bytes[end]) { end += 1 }
      try lengthenLine(by: end - index)
      if end == bytes.count || !halfWord.isEmpty {
        for position in index..<end { halfWord.append(bytes[position]) }
      } else {
        try take(bytes.extracting(index..<end), into: &sink)
      }
      index = end
    }
  }

  mutating func finish(into sink: inout some FacetSink) throws(MeshRefusal) {
    // A last word without a line end counts if it can end the file; else it may be half a word.
    switch expected {
    case .solid: try endHalfWord(into: &sink)
    case .facetOrEnd where Self.isWord(halfWord.span, Self.endsolid):
      try endHalfWord(into: &sink)
    default: break
    }
    guard case .solid = expected else {
      throw MeshRefusal(.truncated, "The file ends on line \(line), before its endsolid.")
    }
    guard triangles > 0 else { throw MeshRefusal(.empty, "The file has no facets.") }
  }

  private mutating func endLine(_ byte: UInt8) {
    isInName = false
    nameBytes = 0
    if !(byte == 0x0a && endedWithReturn) { line += 1 }
    endedWithReturn = byte == 0x0d
    lineBytes = 0
  }

  /// Names are counted and forgotten: nothing needs them, and they may hold anything.
  private mutating func extendName(_ byte: UInt8) throws(MeshRefusal) {
    if nameBytes == 0, MeshDetection.isWhitespace(byte) { return }
    nameBytes += 1
    guard nameBytes <= limits.nameBytesMax else {
      throw MeshRefusal(
        .nameTooLong,
        "The name on line \(line) has more than \(limits.nameBytesMax) bytes."
      )
    }
  }

  @inline(__always)
  private mutating func lengthenLine(by count: Int) throws(MeshRefusal) {
    lineBytes += count
    guard lineBytes <= limits.lineBytesMax else {
      throw MeshRefusal(
        .lineTooLong,
        "Line \(line) has more than \(limits.lineBytesMax) bytes."
      )
    }
  }

  private mutating func endHalfWord(into sink: inout some FacetSink) throws(MeshRefusal) {
    guard !halfWord.isEmpty else { return }
    let word = halfWord
    halfWord = []
    try take(word.span, into: &sink)
  }

  private mutating func take(
    _ word: Span<UInt8>,
    into sink: inout some FacetSink
  ) throws(MeshRefusal) {
    switch expected {
    case .solid:
      guard Self.isWord(word, Self.solid) else {
        throw MeshRefusal(.trailingData, "Line \(line): the file goes on after its endsolid.")
      }
      isInName = true
      expected = .facetOrEnd
    case .facetOrEnd:
      if Self.isWord(word, Self.facet) {
        try beginFacet()
      } else if Self.isWord(word, Self.endsolid) {
        isInName = true
        expected = .solid
      } else {
        throw syntax("facet or endsolid")
      }
    case .keyword(let index):
      guard Self.isWord(word, Self.keywords[index]) else {
        throw syntax(String(decoding: Self.keywords[index], as: UTF8.self))
      }
      advance(pastKeyword: index)
    case .normal(let index):
      // Its three words may be anything: `nan` and `-1.#IND` are common, and no one reads them.
      expected = index == 2 ? .keyword(1) : .normal(index + 1)
    case .coordinate(let index):
      coordinates[index] = try coordinate(word)
      if index % 3 < 2 {
        expected = .coordinate(index + 1)
      } else {
        expected = .keyword(4 + index / 3)
        if index == 8 { emit(into: &sink) }
      }
    }
  }

  private mutating func beginFacet() throws(MeshRefusal) {
    guard triangles < limits.trianglesMax else {
      throw MeshRefusal(
        .tooLarge,
        "The file has more than the \(limits.trianglesMax) triangles that are allowed."
      )
    }
    expected = .keyword(0)
  }

  @inline(__always)
  private mutating func advance(pastKeyword index: Int) {
    switch index {
    case 0: expected = .normal(0)
    case 3...5: expected = .coordinate((index - 3) * 3)
    case Self.keywords.count - 1: expected = .facetOrEnd
    default: expected = .keyword(index + 1)
    }
  }

  private mutating func emit(into sink: inout some FacetSink) {
    sink.add(
      Facet(
        Vertex(coordinates[0], coordinates[1], coordinates[2]),
        Vertex(coordinates[3], coordinates[4], coordinates[5]),
        Vertex(coordinates[6], coordinates[7], coordinates[8])
      )
    )
    triangles += 1
  }

  private func coordinate(_ word: Span<UInt8>) throws(MeshRefusal) -> Float {
    switch DecimalNumber.float(word) {
    case .value(let value): return value
    case .notFinite:
      throw MeshRefusal(
        .notFinite,
        "Line \(line): a coordinate is not a finite number of single precision."
      )
    case .malformed: throw syntax("a number such as 12.5 or -1e-3")
    }
  }

  @inline(__always)
  private static func isWord(_ word: Span<UInt8>, _ keyword: [UInt8]) -> Bool {
    guard word.count == keyword.count else { return false }
    for index in word.indices where word[index] | 0x20 != keyword[index] { return false }
    return true
  }

  private func syntax(_ wanted: String) -> MeshRefusal {
    MeshRefusal(.asciiSyntax, "Line \(line): expected \(wanted).")
  }
}
