/// Where a reader of a PLY's body is among its elements, and what it has gathered: the part that text
/// and binary have in common.
struct PLYElements: Sendable {
  private let limits: MeshLimits
  private var coming: ArraySlice<PLYHeader.Element> = []
  private var vertexCount = 0
  private var position = SIMD3<Double>.zero
  private(set) var soup: PolygonSoup

  /// The element that is being read; nil behind the last.
  private(set) var element: PLYHeader.Element?
  /// How many of them are still to come, the one that was begun included.
  private(set) var remaining = 0

  /// Corners of the face, or of the run of a strip, so far.
  private var corners = 0
  /// The last two corners of a strip.
  private var strip: (UInt32, UInt32) = (0, 0)

  init(limits: MeshLimits) {
    self.limits = limits
    soup = PolygonSoup(limits: limits)
  }

  mutating func begin(_ header: PLYHeader) {
    coming = header.elements[...]
    vertexCount = header.vertexCount
    nextKind()
  }

  private mutating func nextKind() {
    element = coming.popFirst()
    remaining = element?.count ?? 0
  }

  /// The number of the element that is being read, counted from 1.
  private var number: Int { (element?.count ?? 0) - remaining + 1 }

  /// Ends an element all of whose properties were taken.
  @inline(__always)
  mutating func endElement() throws(MeshRefusal) {
    if element?.role == .vertices { try soup.addVertex(position.x, position.y, position.z) }
    remaining -= 1
    if remaining == 0 { nextKind() }
  }

  @inline(__always)
  mutating func take(_ value: Double, axis: Int) throws(MeshRefusal) {
    // False for what is not a number, too.
    guard value.magnitude <= Double(Float.greatestFiniteMagnitude) else {
      throw MeshRefusal(
        .notFinite,
        "Vertex \(number) has a coordinate that is not a finite number of single precision's range."
      )
    }
    position[axis] = value
  }

  /// Begins the list of a face's or a strip's vertices.
  @inline(__always)
  mutating func beginIndices(count: Int) throws(MeshRefusal) {
    corners = 0
    guard element?.role == .faces else { return }
    guard count >= 3 else {
      throw MeshRefusal(.countMismatch, "Face \(number) has fewer than three corners.")
    }
    guard count <= limits.polygonCornersMax else {
      throw MeshRefusal(
        .tooLarge,
        "Face \(number) has more than \(limits.polygonCornersMax) corners."
      )
    }
  }

  @inline(__always)
  mutating func take(index: Int) throws(MeshRefusal) {
    if element?.role == .strips, index == -1 {
      corners = 0
      return
    }
    guard index >= 0, index < vertexCount else {
      throw MeshRefusal(
        .indexOutOfRange,
        "Face \(number) uses a vertex that there is not; there are \(vertexCount)."
      )
    }
    if element?.role == .faces {
      soup.addCorner(UInt32(index))
      corners += 1
    } else {
      try extendStrip(UInt32(index))
    }
  }

  @inline(__always)
  mutating func endIndices() throws(MeshRefusal) {
    if element?.role == .faces { try soup.endFace(corners: corners) }
  }

  /// Each corner of a strip makes a triangle with the two before it, every second one turned round. One
  /// that repeats a corner is the strip's way to turn, not a facet.
  private mutating func extendStrip(_ corner: UInt32) throws(MeshRefusal) {
    let (a, b) = strip
    if corners >= 2, a != b, b != corner, corner != a {
      let isTurned = !corners.isMultiple(of: 2)
      soup.addCorner(isTurned ? b : a)
      soup.addCorner(isTurned ? a : b)
      soup.addCorner(corner)
      try soup.endFace(corners: 3)
      // Here it takes a byte to make one.
      try soup.checkDensity(vertices: vertexCount)
    }
    strip = (b, corner)
    corners += 1
  }

  func finish() throws(MeshRefusal) {
    guard let element else { return }
    throw MeshRefusal(
      .truncated,
      "The header counts \(element.count) of an element; the file ends in number \(number)."
    )
  }
}
