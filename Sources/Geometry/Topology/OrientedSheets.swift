/// Facets that hang together by edges of exactly two facets, and which of them must turn round so that
/// neighbours agree.
///
/// A sheet ends where three facets meet in an edge; a shell (`MeshShells`) goes on there.
struct OrientedSheets {
  /// The sheet of each facet, numbered in the order of their first facets.
  private(set) var numbers: [UInt32]
  /// Facets that disagree with the first of their sheet.
  private(set) var isTurned: [Bool]
  /// Whether a sheet has one side only, like Möbius's: its facets cannot agree.
  private(set) var isOneSided: [Bool] = []
  /// The facets, sheet by sheet.
  private var members: [UInt32] = []
  private var ends: [Int] = []

  /// Those of facets as in `Mesh`, of which `uses` are the edges. Linear time.
  init(corners: [UInt32], _ uses: EdgeUses) {
    let triangles = corners.count / 3
    isTurned = [Bool](repeating: false, count: triangles)
    numbers = [UInt32](repeating: EdgeUses.none, count: triangles)
    members.reserveCapacity(triangles)
    for seed in 0..<triangles where numbers[seed] == EdgeUses.none {
      flood(from: seed, corners, uses)
    }
  }

  var count: Int { ends.count }

  /// The facets of a sheet.
  func facets(of sheet: Int) -> some Collection<Int> {
    members[(sheet == 0 ? 0 : ends[sheet - 1])..<ends[sheet]].lazy.map { Int($0) }
  }

  /// The facets to turn round so that a sheet agrees with most of itself; where there are as many of
  /// either opinion, with its first facet.
  func minority(of sheet: Int) -> [Int] {
    let facets = facets(of: sheet)
    let isFirstAlone = 2 * facets.count { isTurned[$0] } > facets.count
    return facets.filter { isTurned[$0] != isFirstAlone }
  }

  /// From neighbour to neighbour, breadth first.
  private mutating func flood(from seed: Int, _ corners: [UInt32], _ uses: EdgeUses) {
    let sheet = UInt32(ends.count)
    var next = members.count
    var agrees = true
    numbers[seed] = sheet
    members.append(UInt32(seed))
    while next < members.count {
      let facet = Int(members[next])
      next += 1
      for side in 3 * facet..<3 * facet + 3 where uses.mates[side] != EdgeUses.none {
        let mate = Int(uses.mates[side])
        let walksAlike = corners[side] == corners[mate]
        let turns = isTurned[facet] != walksAlike
        if numbers[mate / 3] == EdgeUses.none {
          numbers[mate / 3] = sheet
          isTurned[mate / 3] = turns
          members.append(UInt32(mate / 3))
        } else if isTurned[mate / 3] != turns {
          agrees = false
        }
      }
    }
    ends.append(members.count)
    isOneSided.append(!agrees)
  }
}
