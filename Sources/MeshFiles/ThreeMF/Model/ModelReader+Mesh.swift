internal import Geometry

extension ModelReader {
  /// Reads a `<mesh>` (core specification, 4.1). `properties` are the object's.
  mutating func readMesh(
    _ kind: ObjectResource.Kind, _ properties: PropertyGroup?
  ) throws(MeshRefusal) -> ObjectMesh {
    try checkAttributes([])
    var mesh = ObjectMesh()
    guard try nextCoreChild(), scanner.name.packed == .vertices else { throw unexpected }
    try readVertices(&mesh)
    guard try nextCoreChild(), scanner.name.packed == .triangles else { throw unexpected }
    try readTriangles(&mesh, properties)
    try endElement()
    // 4.1.4: fewer form no solid.
    guard kind != .model || mesh.corners.count >= 12 else {
      throw scanner.refusal(.tooFewTriangles, "has a solid of fewer than four triangles")
    }
    return mesh
  }

  private mutating func readVertices(_ mesh: inout ObjectMesh) throws(MeshRefusal) {
    try checkAttributes([])
    while true {
      scanner.takePlainVertices(into: &mesh.vertices)
      guard try nextCoreChild() else { break }
      guard scanner.name.packed == .vertex else { throw unexpected }
      try checkAttributes([.x, .y, .z])
      let vertex = SIMD3(
        try required(.x, SchemaTypes.number), try required(.y, SchemaTypes.number),
        try required(.z, SchemaTypes.number))
      guard vertex.isFinite else {
        throw scanner.refusal(.notFinite, "has a coordinate that is too large")
      }
      try endElement()
      scanner.makeRoom(for: 1, in: &mesh.vertices, left: scanner.left)
      mesh.vertices.append(vertex)
    }
    guard mesh.vertices.count >= 3 else {
      throw scanner.refusal(.tooFewTriangles, "has a mesh of fewer than three vertices")
    }
    mesh.vertices.releaseRoom()
    guard mesh.vertices.count <= Int32.max else {
      throw scanner.refusal(.tooLarge, "has a mesh of 2³¹ vertices or more")
    }
  }

  private mutating func readTriangles(
    _ mesh: inout ObjectMesh, _ properties: PropertyGroup?
  ) throws(MeshRefusal) {
    try checkAttributes([])
    let room = context.limits.trianglesMax - context.triangles
    let vertices = UInt32(mesh.vertices.count)
    // The group that the last triangle named, which is most likely the next one's.
    var last: (identifier: UInt32, group: PropertyGroup)?
    while true {
      scanner.takePlainTriangles(into: &mesh.corners, vertices: vertices, trianglesMax: room)
      guard try nextCoreChild() else { break }
      guard scanner.name.packed == .triangle else { throw unexpected }
      guard mesh.corners.count / 3 < room else {
        throw scanner.refusal(
          .tooLarge, "has more than \(context.limits.trianglesMax) triangles")
      }
      try checkAttributes(
        [.v1, .v2, .v3, .pid, .p1, .p2, .p3], marks: UInt64.paintings + [.faceProperty])
      scanner.makeRoom(for: 3, in: &mesh.corners, left: scanner.left)
      for name in [UInt64.v1, .v2, .v3] {
        let vertex = try required(name, SchemaTypes.index)
        guard vertex < vertices else {
          throw scanner.refusal(.vertexIndex, "has a triangle over a vertex that is not there")
        }
        mesh.corners.append(vertex)
      }
      let corners = mesh.corners.suffix(3)
      guard Set(corners).count == 3 else {
        throw scanner.refusal(.repeatedVertex, "has a triangle over one vertex twice")
      }
      try checkProperties(properties, &last)
      try endElement()
    }
    guard !mesh.corners.isEmpty else {
      throw scanner.refusal(.tooFewTriangles, "has a mesh without triangles")
    }
    mesh.corners.releaseRoom()
    context.triangles += mesh.corners.count / 3
  }

  /// The properties of a triangle (4.1.4.1).
  private func checkProperties(
    _ defaults: PropertyGroup?, _ last: inout (identifier: UInt32, group: PropertyGroup)?
  ) throws(MeshRefusal) {
    guard scanner.attributes.count > 3 else { return }
    var group = defaults
    if let identifier = try optional(.pid, SchemaTypes.identifier) {
      if last?.identifier != identifier { last = (identifier, try properties(identifier)) }
      group = last?.group
    }
    for name in [UInt64.p1, .p2, .p3] {
      guard let index = try optional(name, SchemaTypes.index) else { continue }
      guard let group else {
        throw scanner.refusal(.propertyIndex, "has a property index without a group")
      }
      try check(index, in: group)
    }
  }
}
