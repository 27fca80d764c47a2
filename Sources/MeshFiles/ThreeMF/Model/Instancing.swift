internal import Geometry

/// Puts together what a package says is to be built: every mesh as often as it is used, where it is used.
///
/// An object may use others any number of times, so that what is to be built grows exponentially with
/// the file. It is counted first, each object once; objects only refer to those before them, so that
/// there is no recursion to guard against.
struct Instancing {
  /// What building an object once takes.
  private struct Cost {
    var triangles = 0
    /// Also of those that no triangle uses: each is moved to where its mesh is built.
    var vertices = 0
    /// Objects visited, the one itself included.
    var visits = 1

    /// Adds what is part of it; saturates.
    mutating func add(_ other: Cost) {
      triangles = Self.sum(triangles, other.triangles)
      vertices = Self.sum(vertices, other.vertices)
      visits = Self.sum(visits, other.visits)
    }

    private static func sum(_ a: Int, _ b: Int) -> Int {
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? .max : sum
    }
  }

  private let models: ModelSet
  private let limits: MeshLimits
  private var isWelded = true

  init(_ models: ModelSet, limits: MeshLimits) throws(MeshRefusal) {
    self.models = models
    self.limits = limits
    try checkCost()
  }

  private mutating func checkCost() throws(MeshRefusal) {
    var costs = models.models.map { [Cost](repeating: Cost(), count: $0.objects.count) }
    // Of all meshes in the package, each once.
    var (triangles, vertices) = (0, 0)
    // The root last: only it refers to objects of other models.
    for model in models.models.indices.reversed() {
      for (number, object) in models.models[model].objects.enumerated() {
        switch object.content {
        case .mesh(let mesh):
          costs[model][number].triangles = mesh.corners.count / 3
          costs[model][number].vertices = mesh.vertices.count
          triangles += mesh.corners.count / 3
          vertices += mesh.vertices.count
        case .components(let components):
          for component in components {
            let place = try models.place(of: component, from: model)
            costs[model][number].add(costs[place.model][place.object])
          }
        }
      }
    }
    var total = Cost()
    for item in models.models[0].items {
      let place = try models.place(of: item, from: 0)
      total.add(costs[place.model][place.object])
    }
    guard total.triangles <= limits.trianglesMax else {
      throw MeshRefusal(
        .tooLarge, "What is to be built has more than \(limits.trianglesMax) triangles.")
    }
    guard total.triangles - triangles <= limits.threeMF.repeatedTrianglesMax else {
      throw MeshRefusal(
        .tooLarge,
        "What is to be built repeats more than \(limits.threeMF.repeatedTrianglesMax) triangles.")
    }
    // A mesh has three vertices a triangle at most, and more only where nothing uses them.
    let (most, overflow) = limits.threeMF.repeatedTrianglesMax.multipliedReportingOverflow(by: 3)
    guard overflow || total.vertices - vertices <= most else {
      throw MeshRefusal(
        .tooLarge, "What is to be built repeats more than \(most) vertices.")
    }
    isWelded = total.triangles <= limits.weldTrianglesMax
    guard total.visits - 1 <= limits.threeMF.instancesMax else {
      throw MeshRefusal(
        .tooLarge, "What is to be built has more than \(limits.threeMF.instancesMax) objects.")
    }
  }

  /// The bodies to build, in millimetres, in the order of the build's items and their components.
  func bodies() throws(MeshRefusal) -> [MeshDocument.Body] {
    var bodies: [MeshDocument.Body] = []
    // What is still to be visited, the next last.
    var waiting: [(place: ModelSet.Place, transform: Transform)] = []
    for item in models.models[0].items {
      waiting.append(try step(item, from: 0, then: .identity))
      while let (place, transform) = waiting.popLast() {
        let object = models[place]
        switch object.content {
        case .components(let components):
          for component in components.reversed() {
            waiting.append(try step(component, from: place.model, then: transform))
          }
        case .mesh(let mesh):
          bodies.append(try body(object, mesh, place.model, transform))
        }
      }
    }
    return bodies
  }

  /// A component's object and where it goes, in millimetres: `outer` takes millimetres, and what the
  /// component's transform moves is in the unit of the model that it stands in.
  private func step(
    _ component: Component, from model: Int, then outer: Transform
  ) throws(MeshRefusal) -> (place: ModelSet.Place, transform: Transform) {
    var own = component.transform
    own.origin *= models.models[model].unit.millimetres
    let transform = own.then(outer)
    guard transform.isFinite else {
      throw MeshRefusal(.notFinite, "The transforms of a component multiply beyond all bounds.")
    }
    return (try models.place(of: component, from: model), transform)
  }

  private func body(
    _ object: ObjectResource, _ mesh: ObjectMesh, _ model: Int, _ transform: Transform
  ) throws(MeshRefusal) -> MeshDocument.Body {
    guard object.kind != .other else {
      throw MeshRefusal(.builtOther, "The build has an object of type \"other\".")
    }
    guard !object.isApproximate else {
      throw MeshRefusal(
        .requiresSlices, "The build has an object whose mesh only approximates its slices.")
    }
    let placed = try placed(mesh, models.models[model].unit, transform)
    let purpose: MeshDocument.Body.Purpose =
      switch object.kind {
      case .model, .other: .part
      case .solidsupport: .solidSupport
      case .support: .support
      case .surface: .surface
      }
    return MeshDocument.Body(
      name: object.name,
      mesh: isWelded && !placed.isWelded() ? placed.welded() : placed,
      purpose: purpose,
      isWelded: isWelded)
  }

  private func placed(
    _ mesh: ObjectMesh, _ unit: LengthUnit, _ transform: Transform
  ) throws(MeshRefusal) -> Mesh {
    if unit == .millimeter, transform == .identity {
      return Mesh(vertices: mesh.vertices, corners: mesh.corners)
    }
    let scale = unit.millimetres
    let vertices = mesh.vertices.map { transform($0 * scale) }
    guard vertices.allSatisfy(\.isFinite) else {
      throw MeshRefusal(.notFinite, "A transform takes a vertex beyond all bounds.")
    }
    var corners = mesh.corners
    // A mirrored facet shows its other side; the volume must stay positive (core specification, 3.3).
    if transform.determinant < 0 {
      for facet in stride(from: 0, to: corners.count, by: 3) {
        corners.swapAt(facet + 1, facet + 2)
      }
    }
    return Mesh(vertices: vertices, corners: corners)
  }
}
