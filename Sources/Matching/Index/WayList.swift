import Domain

/// Ways of making one kind of thing, those of a bureau together, with what most gates look at beside them:
/// counting goes through it once, from its beginning to its end.
struct WayList: Sendable {
  private struct Way {
    /// The build volume in millimetres, the shortest side first, rounded up; the fourth is nothing.
    var sides: SIMD4<Float>
    var bureau: UInt32
    var machine: UInt32
    var schemes: UInt32
    /// The bureau's shipping area (``BureauTable/BureauRow``), twice; one more when it takes no more jobs.
    var area: UInt32
  }

  private static let three: SIMDMask<SIMD4<Int32>> = [true, true, true, false]

  private let ways: [Way]
  /// How many bureaus they are of.
  let bureauCount: Int

  /// A list of ways in the order of their bureaus.
  init(_ ways: [WayTree.Way], _ table: BureauTable) {
    self.ways = ways.map { way in
      let bureau = table.bureaus[Int(way.bureau)]
      return Way(
        sides: SIMD4(way.shortest, way.middle, way.longest, 0), bureau: way.bureau,
        machine: way.machine, schemes: way.schemes,
        area: bureau.shippingArea * 2 + (bureau.jobsLeft > 0 ? 0 : 1))
    }
    bureauCount = ways.indices.count { $0 == 0 || ways[$0].bureau != ways[$0 - 1].bureau }
  }

  /// Counts the bureaus by the gate that excludes each.
  func count(_ query: MatchQuery, _ table: BureauTable, into counts: inout ExclusionCounts) {
    // In single precision, rounded up like the build volumes: a part that is smaller fits, one that is
    // larger does not, and where both are the same the exact sides decide.
    let sides = SIMD4(
      Float(query.sides.x, rounded: .up), Float(query.sides.y, rounded: .up),
      Float(query.sides.z, rounded: .up), 0)
    var (large, certified, shipping, able) = (0, 0, 0, 0)
    var place = 0
    while place < ways.count {
      let bureau = ways[place].bureau
      var (isLarge, isCertified) = (false, false)
      repeat {
        let way = ways[place]
        place += 1
        let holds = sides .<= way.sides
        guard all(holds), !isCertified else { continue }
        let isExact = any((sides .== way.sides) .& Self.three)
        if isExact, !table.fits(Int(way.machine), query) { continue }
        isLarge = true
        isCertified =
          way.schemes & query.schemeBits == query.schemeBits && query.schemes != nil
          && (query.schemeBits == 0 || table.isCertified(Int(way.machine), of: Int(bureau), query))
      } while place < ways.count && ways[place].bureau == bureau
      if isLarge { large += 1 }
      guard isCertified else { continue }
      certified += 1
      let area = ways[place - 1].area
      guard table.shippingAreas[Int(area / 2)].contains(query.country) else { continue }
      shipping += 1
      if area & 1 == 0 { able += 1 }
    }
    counts[.buildVolume] += bureauCount - large
    counts[.certification] += large - certified
    counts[.territory] += certified - shipping
    counts[.capacity] += shipping - able
  }
}
