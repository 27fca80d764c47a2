import Geometry

/// Vertices and polygons over their numbers, as OBJ and PLY hold them: what a parser fills before it can
/// know the vertices that a polygon uses.
///
/// Costs 12 bytes a vertex of single precision, else 24, and 4 a corner while the file is read.
struct PolygonSoup: Sendable {
  /// A face of more than three corners.
  private struct Polygon: Sendable {
    let firstCorner: UInt32
    let corners: UInt32
  }
  /// What cutting one polygon after another needs.
  private struct Cutting {
    var triangulator = PolygonTriangulator()
    var polygon: [SIMD3<Double>] = []
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
  /// How many times its file a mesh may take in memory, with what it is made from. A file of floats takes
  /// three times as much; vertices of three bytes each that nothing shares would take seven.
  static let memoryMax = 4
  /// What is allowed besides, to small files.
  private static let memoryFree = 4 << 20

  private let limits: MeshLimits
  private var vertices = PositionList()
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
    vertices.append(x, y, z)
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
  /// other, in the order of the file. Objects that use a vertex in common, directly or through others, are
  /// one body with the name of the first: an object that begins halfway through a surface does not cut it.
  ///
  /// - Parameter fileBytes: what the file has, by which the memory is bounded that its mesh may take.
  func bodies(
    unit: LengthUnit, fileBytes: Int
  ) throws(MeshRefusal) -> [(name: String?, mesh: Mesh)] {
    guard objects.count <= limits.bodiesMax || cornerRange(of: limits.bodiesMax).isEmpty else {
      throw tooManyObjects
    }
    try checkDensity(vertices: vertices.count)
    let groups = connected()
    var used = VertexSet(count: vertices.count)
    for index in 0..<corners.count { used.insert(corners[index]) }
    used.number()
    try checkMemory(usedVertices: used.members, fileBytes: fileBytes)
    var cutting = Cutting()
    var bodies: [(name: String?, mesh: Mesh)] = []
    for members in groups {
      if groups.count > 1 {
        used.removeAll()
        for object in members {
          for index in cornerRange(of: object) { used.insert(corners[index]) }
        }
        used.number()
      }
      let mesh = try mesh(
        of: members, used, unit.millimetres, triangles: groups.count == 1 ? triangles : 0, &cutting)
      if mesh.triangles > 0 { bodies.append((objects[members[0]].name, mesh)) }
    }
    guard !bodies.isEmpty else { throw MeshRefusal(.empty, "The file has no facets.") }
    return bodies
  }

  /// Throws before the mesh is made if that and what is here would take too much memory for a file that
  /// small.
  private func checkMemory(usedVertices: Int, fileBytes: Int) throws(MeshRefusal) {
    let facetBytes = 3 * MemoryLayout<UInt32>.stride
    let bytes =
      vertices.bytes + 4 * corners.count + facetBytes * triangles
      + usedVertices * MemoryLayout<SIMD3<Double>>.stride
    guard bytes <= Self.memoryMax * fileBytes + Self.memoryFree else {
      throw MeshRefusal(
        .tooComplex,
        "The mesh would take \(bytes) bytes, more than \(Self.memoryMax) times those of its file."
      )
    }
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

  /// The triangles of objects as one mesh, over the vertices that they use; `triangles` are certain to come.
  private func mesh(
    of members: [Int], _ used: VertexSet, _ unit: Double, triangles: Int, _ cutting: inout Cutting
  ) throws(MeshRefusal) -> Mesh {
    var numbers: [UInt32] = []
    numbers.reserveCapacity(3 * triangles)
    for object in members {
      let range = cornerRange(of: object)
      var polygon = objects[object].firstPolygon
      var index = range.lowerBound
      while index < range.upperBound {
        // Triangles up to the next polygon.
        let next =
          polygon < polygons.count
          ? min(range.upperBound, Int(polygons[polygon].firstCorner)) : range.upperBound
        while index < next {
          numbers.append(used.number(of: corners[index]))
          index += 1
        }
        guard next < range.upperBound else { break }
        let count = Int(polygons[polygon].corners)
        try cut(index..<(index + count), used, &cutting, into: &numbers)
        polygon += 1
        index += count
      }
    }
    var positions: [SIMD3<Double>] = []
    positions.reserveCapacity(used.members)
    used.forEach { positions.append(vertices[$0] * unit) }
    return Mesh(vertices: positions, corners: numbers)
  }

  private func cut(
    _ range: Range<Int>, _ used: VertexSet, _ cutting: inout Cutting, into numbers: inout [UInt32]
  ) throws(MeshRefusal) {
    cutting.polygon.removeAll(keepingCapacity: true)
    for index in range { cutting.polygon.append(vertices[Int(corners[index])]) }
    let isCut = cutting.triangulator.triangulate(cutting.polygon) { a, b, c in
      for corner in [a, b, c] {
        numbers.append(used.number(of: corners[range.lowerBound + corner]))
      }
    }
    guard isCut else {
      throw MeshRefusal(
        .tooComplex,
        "The polygons take too long to cut into triangles; export the mesh as triangles."
      )
    }
  }
}
