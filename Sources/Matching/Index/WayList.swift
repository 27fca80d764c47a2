import Domain

/// Ways of making one kind of thing, those of a bureau together, with what most gates look at beside them: counting
/// goes through it once, from its beginning to its end.
struct WayList: Sendable {
  fileprivate struct Way {
    var bureau: UInt32
    var machine: UInt32
    /// As in ``WayTree/Way``.
    var shortest, middle, longest: Float
    var schemes: UInt32
    /// The bureau's (``BureauTable/BureauRow``).
    var shippingArea: UInt32
    var jobsLeft: Int32
  }

  private let ways: [Way]
  /// How many bureaus they are of.
  let bureauCount: Int

  /// A list of ways in the order of their bureaus.
  init(_ ways: [WayTree.Way], _ table: BureauTable) {
    self.ways = ways.map { way in
      let bureau = table.bureaus[Int(way.bureau)]
      return Way(
        bureau: way.bureau, machine: way.machine, shortest: way.shortest, middle: way.middle,
        longest: way.longest, schemes: way.schemes, shippingArea: bureau.shippingArea,
        jobsLeft: bureau.jobsLeft)
    }
    bureauCount = ways.indices.count { $0 == 0 || ways[$0].bureau != ways[$0 - 1].bureau }
  }

  /// Counts the bureaus by the gate that excludes each.
  func count(_ query: MatchQuery, _ table: BureauTable, into counts: inout ExclusionCounts) {
    var found = (volume: 0, certification: 0, territory: 0, capacity: 0)
    var place = 0
    while place < ways.count {
      let bureau = ways[place].bureau
      var (isLargeEnough, isCertified) = (false, false)
      while place < ways.count, ways[place].bureau == bureau {
        let way = ways[place]
        place += 1
        guard !isCertified, way.holds(query.sides) ?? table.fits(Int(way.machine), query) else {
          continue
        }
        isLargeEnough = true
        isCertified =
          query.schemes != nil && way.schemes & query.schemeBits == query.schemeBits
          && (query.schemeBits == 0 || table.isCertified(Int(way.machine), query))
      }
      let last = ways[place - 1]
      if !isLargeEnough {
        found.volume += 1
      } else if !isCertified {
        found.certification += 1
      } else if !table.shippingAreas[Int(last.shippingArea)].contains(query.country) {
        found.territory += 1
      } else if last.jobsLeft == 0 {
        found.capacity += 1
      }
    }
    counts[.buildVolume] += found.volume
    counts[.certification] += found.certification
    counts[.territory] += found.territory
    counts[.capacity] += found.capacity
  }
}

extension WayList.Way {
  /// Whether it is large enough; `nil` where rounding leaves that open: a side is at most what is kept of it and
  /// more than the number in single precision before that.
  @inline(__always)
  fileprivate func holds(_ sides: SIMD3<Double>) -> Bool? {
    let room = SIMD3(Double(shortest), Double(middle), Double(longest))
    let surely = room * (1 - 0x1p-23)
    if sides.x <= surely.x && sides.y <= surely.y && sides.z <= surely.z { return true }
    return sides.x <= room.x && sides.y <= room.y && sides.z <= room.z ? nil : false
  }
}
