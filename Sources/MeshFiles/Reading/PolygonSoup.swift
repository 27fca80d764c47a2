import Geometry

/// Vertices and polygons over their numbers, as OBJ and PLY hold them: what a parser fills before it can
/// know the vertices that a polygon uses.
///
/// Costs 24 bytes a vertex and 4 a corner while the file is read.
struct PolygonSoup: Sendable {
  private struct Position: Sendable {
    let x: Double
    let y: Double
    let z: Double
  }
  /// A face of more than three corners.
  private struct Polygon: Sendable {
    let firstCorner: UInt32
    let corners: UInt32
  }
  private struct Object: Sendable {
    var name: String?
    let firstCorner: Int
    let firstPolygon: Int
  }

  /// Triangles that a mesh may have for each vertex. A surface in space has about two, and even one with
  /// as many handles as its vertices can carry has not many more (P. McMullen, Ch. Schulz, J. M. Wills,
  /// "Polyhedral 2-manifolds in E³ with unusually large genus", Israel Journal of Mathematics 46
  /// (1983)); beyond that, facets lie upon facets, to fill memory with few bytes.
  static let trianglesPerVertexMax = 64
  /// What is allowed besides, to small files.
  private static let trianglesFree = 4096

  private let limits: MeshLimits
  private var vertices = BlockList<Position>()
  private var corners = BlockList<UInt32>()
  private var polygons = BlockList<Polygon>()
  private var objects = [Object(name: nil, firstCorner: 0, firstPolygon: 0)]
  /// Triangles that the faces so far will be cut into.
  private(set) var triangles = 0

  init(limits: MeshLimits) {
    self.limits = limits
  }

  var vertexCount: Int { vertices.count }

  /// Takes the next vertex, whose coordinates must have been checked.
  @inline(__always)
  mutating func addVertex(_ x: Double, _ y: Double, _ z: Double) throws(MeshRefusal) {
    guard vertices.count < limits.verticesMax else {
      throw MeshRefusal(
        .tooLarge,
        "The file has more than the \(limits.verticesMax) vertices that are allowed."
      )
    }
    vertices.append(Position(x: x, y: y, z: z))
  }

  /// Takes the next corner of the face that `endFace` ends. That it is the number of a vertex is to be
  /// checked before `bodies` is called.
  @inline(__always)
  mutating func addCorner(_ vertex: UInt32) {
    corners.append(vertex)
  }

  /// Ends a face whose last `count` corners were added, at least three.
  @inline(__always)
  mutating func endFace(corners count: Int) throws(MeshRefusal) {
    triangles += count - 2
    guard triangles <= limits.trianglesMax else {
      throw MeshRefusal(
        .tooLarge,
        "The file has more than the \(limits.trianglesMax) triangles that are allowed."
      )
    }
    guard count > 3 else { return }
    polygons.append(
      Polygon(firstCorner: UInt32(corners.count - count), corners: UInt32(count))
    )
  }

  /// Throws if the triangles so far are too many for a number of vertices.
  func checkDensity(vertices: Int) throws(MeshRefusal) {
    guard triangles <= Self.trianglesFree + Self.trianglesPerVertexMax * vertices else {
      throw MeshRefusal(
        .tooComplex,
        "The file has more than \(Self.trianglesPerVertexMax) triangles for each of its vertices."
      )
    }
  }

  /// Begins an object; one without faces leaves no trace.
  mutating func beginObject(name: String?) throws(MeshRefusal) {
    if objects[objects.count - 1].firstCorner == corners.count { objects.removeLast() }
    // One more, which may stay without faces.
    guard objects.count <= limits.bodiesMax else { throw tooManyObjects }
    objects.append(
      Object(name: name, firstCorner: corners.count, firstPolygon: polygons.count)
    )
  }

  /// The objects' triangles, in the order in which they began, each with the vertices it uses and no
  /// other. Objects that use a vertex in common, directly or through others, are one body with the name
  /// of the first: an object that begins halfway through a surface does not cut it.
  func bodies(unit: LengthUnit) throws(MeshRefusal) -> [(name: String?, mesh: Mesh)] {
    guard objects.count <= limits.bodiesMax || cornerRange(of: limits.bodiesMax).isEmpty else {
      throw tooManyObjects
    }
    try checkDensity(vertices: vertices.count)
    var triangulator = PolygonTriangulator()
    var numbers = [UInt32](repeating: .max, count: vertices.count)
    var bodies: [(name: String?, mesh: Mesh)] = []
    let groups = connected()
    for members in groups {
      var body = Body(
        soup: self,
        numbers: numbers,
        unit: unit.millimetres,
        triangles: groups.count == 1 ? triangles : 0
      )
      numbers = []
      for object in members { try body.add(object, &triangulator) }
      if let mesh = body.finish() { bodies.append((objects[members[0]].name, mesh)) }
      numbers = body.numbers
    }
    guard !bodies.isEmpty else { throw MeshRefusal(.empty, "The file has no facets.") }
    return bodies
  }

  private var tooManyObjects: MeshRefusal {
    MeshRefusal(.tooLarge, "The file has more than \(limits.bodiesMax) objects.")
  }

  private func cornerRange(of object: Int) -> Range<Int> {
    let end = object + 1 < objects.count ? objects[object + 1].firstCorner : corners.count
    return objects[object].firstCorner..<end
  }

  /// The objects in groups that use vertices in common.
  private func connected() -> [[Int]] {
    guard objects.count > 1 else { return [[0]] }
    // Parents come before their children, so the first of a group is its root.
    var parents = Array(objects.indices)
    func root(_ object: Int) -> Int {
      var node = object
      while parents[node] != node {
        parents[node] = parents[parents[node]]
        node = parents[node]
      }
      return node
    }
    var users = [Int32](repeating: -1, count: vertices.count)
    for object in objects.indices {
      for index in cornerRange(of: object) {
        let vertex = Int(corners[index])
        if users[vertex] < 0 {
          users[vertex] = Int32(object)
        } else if users[vertex] != object {
          let (a, b) = (root(Int(users[vertex])), root(object))
          parents[max(a, b)] = min(a, b)
        }
      }
    }
    var groups: [[Int]] = Array(repeating: [], count: objects.count)
    for object in objects.indices { groups[root(object)].append(object) }
    return groups.filter { !$0.isEmpty }
  }

  /// Collects the triangles of one body.
  private struct Body {
    let soup: PolygonSoup
    /// The body's number of each of the soup's vertices; `UInt32.max` before it is used.
    var numbers: [UInt32]
    let unit: Double
    private var used: [UInt32] = []
    private var corners: [UInt32] = []
    private var polygon: [SIMD3<Double>] = []

    /// A body for which so many triangles are certain to come.
    init(soup: PolygonSoup, numbers: [UInt32], unit: Double, triangles: Int) {
      self.soup = soup
      corners.reserveCapacity(3 * triangles)
      self.numbers = numbers
      self.unit = unit
    }

    mutating func add(
      _ object: Int,
      _ triangulator: inout PolygonTriangulator
    ) throws(MeshRefusal) {
      let range = soup.cornerRange(of: object)
      var polygon = soup.objects[object].firstPolygon
      var index = range.lowerBound
      while index < range.upperBound {
        let isPolygon =
          polygon < soup.polygons.count && soup.polygons[polygon].firstCorner == UInt32(index)
        guard isPolygon else {
          for corner in index..<(index + 3) { corners.append(number(of: soup.corners[corner])) }
          index += 3
          continue
        }
        let count = Int(soup.polygons[polygon].corners)
        try addPolygon(index..<(index + count), &triangulator)
        polygon += 1
        index += count
      }
    }

    private mutating func addPolygon(
      _ range: Range<Int>,
      _ triangulator: inout PolygonTriangulator
    ) throws(MeshRefusal) {
      polygon.removeAll(keepingCapacity: true)
      for corner in range { polygon.append(soup.position(soup.corners[corner])) }
      let first = range.lowerBound
      let isCut = triangulator.triangulate(polygon) { a, b, c in
        for corner in [a, b, c] { corners.append(number(of: soup.corners[first + corner])) }
      }
      guard isCut else {
        throw MeshRefusal(
          .tooComplex,
          "The polygons take too long to cut into triangles; export the mesh as triangles."
        )
      }
    }

    @inline(__always)
    private mutating func number(of vertex: UInt32) -> UInt32 {
      if numbers[Int(vertex)] == .max {
        numbers[Int(vertex)] = UInt32(used.count)
        used.append(vertex)
      }
      return numbers[Int(vertex)]
    }

    /// The mesh; nil without triangles. `numbers` is as before.
    mutating func finish() -> Mesh? {
      guard !corners.isEmpty else { return nil }
      let vertices = used.map { soup.position($0) * unit }
      for vertex in used { numbers[Int(vertex)] = .max }
      return Mesh(vertices: vertices, corners: corners)
    }
  }

  @inline(__always)
  private func position(_ vertex: UInt32) -> SIMD3<Double> {
    let position = vertices[Int(vertex)]
    return SIMD3(position.x, position.y, position.z)
  }
}
