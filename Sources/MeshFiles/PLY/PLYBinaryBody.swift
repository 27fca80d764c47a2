/// Reads what follows the header of a PLY file in binary form, of either byte order.
struct PLYBinaryBody: Sendable {
  /// What must be there whole before it is read: neighbouring scalars, or the count of a list.
  private enum Segment: Sendable {
    case scalars(bytes: Int, coordinates: [Coordinate])
    case list(count: PLYHeader.Scalar, items: PLYHeader.Scalar, isIndices: Bool)

    var bytes: Int {
      switch self {
      case .scalars(let bytes, _): bytes
      case .list(let count, _, _): count.bytes
      }
    }
  }

  private struct Coordinate: Sendable {
    let axis: Int
    let offset: Int
    let type: PLYHeader.Scalar
  }

  private(set) var elements: PLYElements
  private var isBigEndian = false
  /// Those of the element that is being read, and the one that comes next.
  private var segments: [Segment] = []
  private var segment = 0
  /// Items of a begun list that are still to come.
  private var items = 0
  /// The begun segment or item at the end of the bytes so far.
  private var partial: [UInt8] = []

  init(limits: MeshLimits) {
    elements = PLYElements(limits: limits)
  }

  mutating func begin(_ header: PLYHeader) {
    isBigEndian = header.encoding == .binaryBigEndian
    elements.begin(header)
    plan()
  }

  mutating func update(_ bytes: Span<UInt8>) throws(MeshRefusal) {
    let raw = bytes.bytes
    var index = 0
    while index < bytes.count {
      guard elements.element != nil else {
        throw MeshRefusal(.trailingData, "The file goes on after its elements.")
      }
      let wanted = unitBytes
      if partial.isEmpty, bytes.count - index >= wanted {
        index += try take(raw, from: index)
        continue
      }
      let added = min(wanted - partial.count, bytes.count - index)
      for position in index..<(index + added) { partial.append(bytes[position]) }
      index += added
      guard partial.count == wanted else { return }
      let unit = partial
      partial = []
      _ = try take(unit.span.bytes, from: 0)
    }
  }

  func finish() throws(MeshRefusal) {
    try elements.finish()
  }

  /// Bytes of the next segment or item.
  private var unitBytes: Int {
    if items > 0, case .list(_, let type, _) = segments[segment] { return type.bytes }
    return segments[segment].bytes
  }

  /// Reads the next segment, or as many of a list's items as are there; returns their bytes.
  @inline(__always)
  private mutating func take(_ raw: RawSpan, from offset: Int) throws(MeshRefusal) -> Int {
    switch segments[segment] {
    case .scalars(let bytes, let coordinates):
      for coordinate in coordinates {
        let value = number(raw, at: offset + coordinate.offset, coordinate.type)
        try elements.take(value, axis: coordinate.axis)
      }
      try endSegment()
      return bytes
    case .list(let count, let type, let isIndices):
      guard items == 0 else { return try takeItems(raw, from: offset, type, isIndices) }
      items = integer(raw, at: offset, count)
      guard items >= 0 else {
        throw MeshRefusal(.countMismatch, "The count of a list is negative.")
      }
      if isIndices { try elements.beginIndices(count: items) }
      if items == 0 { try endSegment() }
      return count.bytes
    }
  }

  @inline(__always)
  private mutating func takeItems(
    _ raw: RawSpan,
    from offset: Int,
    _ type: PLYHeader.Scalar,
    _ isIndices: Bool
  ) throws(MeshRefusal) -> Int {
    let taken = min(items, (raw.byteCount - offset) / type.bytes)
    if isIndices {
      for item in 0..<taken {
        try elements.take(index: integer(raw, at: offset + item * type.bytes, type))
      }
    }
    items -= taken
    if items == 0 {
      if isIndices { try elements.endIndices() }
      try endSegment()
    }
    return taken * type.bytes
  }

  @inline(__always)
  private mutating func endSegment() throws(MeshRefusal) {
    segment += 1
    guard segment == segments.count else { return }
    segment = 0
    let isLast = elements.remaining == 1
    try elements.endElement()
    if isLast { plan() }
  }

  private mutating func plan() {
    segments = []
    var bytes = 0
    var coordinates: [Coordinate] = []
    func endScalars() {
      if bytes > 0 { segments.append(.scalars(bytes: bytes, coordinates: coordinates)) }
      (bytes, coordinates) = (0, [])
    }
    for property in elements.element?.properties ?? [] {
      switch property.shape {
      case .scalar(let type):
        if let axis = property.axis {
          coordinates.append(Coordinate(axis: axis, offset: bytes, type: type))
        }
        bytes += type.bytes
      case .list(let count, let items):
        endScalars()
        segments.append(.list(count: count, items: items, isIndices: property.isIndices))
      }
    }
    endScalars()
  }
}

// MARK: Numbers

extension PLYBinaryBody {
  @inline(__always)
  private func number(_ raw: RawSpan, at offset: Int, _ type: PLYHeader.Scalar) -> Double {
    switch type {
    case .float32: Double(Float(bitPattern: load(raw, offset, UInt32.self)))
    case .float64: Double(bitPattern: load(raw, offset, UInt64.self))
    default: Double(integer(raw, at: offset, type))
    }
  }

  @inline(__always)
  private func integer(_ raw: RawSpan, at offset: Int, _ type: PLYHeader.Scalar) -> Int {
    switch type {
    case .int8: Int(Int8(bitPattern: load(raw, offset, UInt8.self)))
    case .uint8: Int(load(raw, offset, UInt8.self))
    case .int16: Int(Int16(bitPattern: load(raw, offset, UInt16.self)))
    case .uint16: Int(load(raw, offset, UInt16.self))
    case .int32: Int(Int32(bitPattern: load(raw, offset, UInt32.self)))
    case .uint32: Int(load(raw, offset, UInt32.self))
    // The header allows no others where whole numbers are wanted.
    case .float32, .float64: 0
    }
  }

  /// "unsafe" is about types with invariants, of which integers have none; the bounds are checked.
  @inline(__always)
  private func load<Word: FixedWidthInteger & BitwiseCopyable>(
    _ raw: RawSpan,
    _ offset: Int,
    _ type: Word.Type
  ) -> Word {
    let word = raw.unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    return isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word)
  }
}
