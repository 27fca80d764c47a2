extension EnclosedVoids {
  /// Finds the cavities of `mesh`, which is welded, closed (`MeshTopology.isClosed`) and faces outwards, and
  /// which `tree` was built of.
  ///
  /// A cavity is a shell that faces inwards and lies in the solid: a ray from it into the solid leaves
  /// other shells once more often than it enters them. Its volume is exact; bodies that float in it are
  /// taken off. A shell turned inside out that lies in the open is none, nor is one that a second body
  /// fills. `steps` boxes and facets are looked at, at most.
  public init(
    of mesh: Mesh, in tree: FacetTree, isClosed: Bool, steps: Int = 100_000_000
  ) throws(NotMeasured) {
    guard isClosed else { throw .notClosed }
    guard tree.signedVolume > 0 else { throw .insideOut }
    self.init(count: 0, volume: 0, largest: [], isComplete: true)
    let shells = TreeShells(of: mesh, in: tree)
    guard shells.list.contains(where: { $0.signedVolume < 0 }) else { return }

    let budget = SamplingBudget(samples: shells.list.count, steps: steps)
    var used = 0
    var cavities: [Int: Double] = [:]
    var floating: [(cavity: Int, volume: Double)] = []
    for (number, shell) in shells.list.enumerated() where shell.signedVolume != 0 {
      var counter = StepCounter(limit: budget.allowance(after: number + 1) - used)
      let around = Surroundings(of: number, in: shells, tree, steps: &counter)
      used += counter.used
      if counter.isExhausted {
        isComplete = false
      } else if shell.signedVolume < 0 {
        if around.solids == 1 { cavities[number] = -shell.signedVolume }
      } else if around.solids == 0, let innermost = around.innermost {
        floating.append((innermost, shell.signedVolume))
      }
    }
    for (cavity, volume) in floating { cavities[cavity]? -= volume }

    let unit = tree.unit * tree.unit * tree.unit
    let found = cavities.sorted {
      $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value
    }
    count = found.count
    volume = found.reduce(0) { $0 + $1.value } * unit
    largest = found.prefix(16).map { number, volume in
      let shell = shells.list[number]
      return Cavity(
        volume: volume * unit,
        bounds: Bounds(min: tree.millimetres(shell.low), max: tree.millimetres(shell.high)),
        facet: Int(tree.facets[shell.facet]))
    }
  }
}

/// What lies around a shell, by a ray from its largest facet.
private struct Surroundings {
  /// How many solids the shell lies in: other shells that face outwards around it, less those that face
  /// inwards.
  private(set) var solids = 0
  /// The smallest shell around it.
  private(set) var innermost: Int?

  init(of number: Int, in shells: TreeShells, _ tree: FacetTree, steps: inout StepCounter) {
    let start = tree.triangle(shells.list[number].facet).centroid
    var crossings: [Int: Int] = [:]
    // A ray through an edge crosses two facets at once; the next one will not.
    for direction in Self.directions {
      let ray = Ray(from: start, along: direction)
      let hits = tree.allHits(ray, beyond: 0, steps: &steps)
        .filter { shells.numbers[$0.position] != UInt32(number) }
      crossings = [:]
      for hit in hits {
        crossings[Int(shells.numbers[hit.position]), default: 0] += hit.isExit ? 1 : -1
      }
      if steps.isExhausted || !hits.contains(where: \.isOnEdge) { break }
    }
    for (shell, crossed) in crossings where crossed != 0 {
      solids += crossed
      let size = shells.list[shell].signedVolume.magnitude
      guard let known = innermost else {
        innermost = shell
        continue
      }
      let knownSize = shells.list[known].signedVolume.magnitude
      if size < knownSize || (size == knownSize && shell < known) { innermost = shell }
    }
  }

  /// Of length one, along nothing that parts are drawn along.
  private static let directions = [
    SIMD3(0.3713906763541037, 0.5570860145311556, 0.7427813527082074),
    SIMD3(-0.6337502222976299, 0.7242859683401484, 0.2715754884), SIMD3(0.48, -0.64, 0.6),
    SIMD3(0.2, 0.3, -0.9),
  ].map { $0 / dot($0, $0).squareRoot() }
}
