/// Which facet is nearest at each sample of a band of rows.
///
/// A sample is 64 bits: the closeness (a positive float, whose bits order as it does) above the facet's
/// number plus one. The larger wins, so the outcome does not depend on the order of the facets.
struct FacetRaster {
  let width: Int
  /// Rows `firstRow ..< firstRow + rows` of the whole picture.
  private(set) var firstRow = 0
  private(set) var rows: Int
  private(set) var samples: [UInt64]

  init(width: Int, rows: Int) {
    self.width = width
    self.rows = rows
    samples = [UInt64](repeating: 0, count: width * rows)
  }

  /// Empties the samples for the rows from `firstRow`.
  mutating func begin(firstRow: Int, rows: Int) {
    self.firstRow = firstRow
    self.rows = rows
    for index in 0..<width * rows { samples[index] = 0 }
  }

  /// Draws a facet given by its projected corners: the samples whose middles are inside.
  ///
  /// Every edge is walked from its upper end, whichever facet it belongs to, so that neighbours share
  /// no sample and leave none out.
  @inline(__always)
  mutating func draw(
    _ p: SIMD3<Float>,
    _ q: SIMD3<Float>,
    _ r: SIMD3<Float>,
    facet: UInt32
  ) {
    var (a, b, c) = (p, q, r)
    if isBelow(a, b) { swap(&a, &b) }
    if isBelow(b, c) { swap(&b, &c) }
    if isBelow(a, b) { swap(&a, &b) }
    let top = max(sampleCeiling(a.y), firstRow)
    let bottom = min(sampleCeiling(c.y), firstRow + rows)
    guard top < bottom else { return }

    let slopeAC = (c.x - a.x) / (c.y - a.y)
    let slopeAB = (b.x - a.x) / (b.y - a.y)
    let slopeBC = (c.x - b.x) / (c.y - b.y)
    let area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
    let least = min(a.z, b.z, c.z)
    let most = max(a.z, b.z, c.z)
    var stepX = ((b.z - a.z) * (c.y - a.y) - (c.z - a.z) * (b.y - a.y)) / area
    var stepY = ((c.z - a.z) * (b.x - a.x) - (b.z - a.z) * (c.x - a.x)) / area
    if !stepX.isFinite || !stepY.isFinite { (stepX, stepY) = (0, 0) }
    for row in top..<bottom {
      let y = Float(row) + 0.5
      let long = a.x + (y - a.y) * slopeAC
      let short = y < b.y ? a.x + (y - a.y) * slopeAB : b.x + (y - b.y) * slopeBC
      let first = max(sampleCeiling(min(long, short)), 0)
      let end = min(sampleCeiling(max(long, short)), width)
      guard first < end else { continue }
      let base = (row - firstRow) * width
      let start = a.z + (y - a.y) * stepY + (0.5 - a.x) * stepX
      for x in first..<end {
        let closeness = min(max(start + Float(x) * stepX, least), most)
        let sample = UInt64(closeness.bitPattern) &<< 32 | UInt64(facet &+ 1)
        if sample > samples[base &+ x] { samples[base &+ x] = sample }
      }
    }
  }

  @inline(__always)
  private func isBelow(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Bool {
    a.y > b.y || (a.y == b.y && a.x > b.x)
  }

  /// The first sample whose middle is not before `position`.
  @inline(__always)
  private func sampleCeiling(_ position: Float) -> Int {
    // Not `rounded(.up)`, which is a call into the C library on some machines.
    let sample = min(max(position, -2), 70_000) - 0.5
    let whole = Int(sample)
    return Float(whole) < sample ? whole + 1 : whole
  }
}
