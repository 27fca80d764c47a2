import Geometry

/// Everything that Geometry can tell of a mesh, within small budgets.
enum EveryMeasure {
  static func take(of mesh: Mesh) {
    let welded = mesh.welded()
    precondition(welded.triangles == mesh.triangles)
    _ = welded.bounds
    _ = FacetTree(welded)
  }
}
