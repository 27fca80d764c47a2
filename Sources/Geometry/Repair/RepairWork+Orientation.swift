extension RepairWork {
  /// See `MeshRepair.orient`.
  mutating func orient() {
    let before = corners
    let sheets = OrientedSheets(corners: corners, edgeUses)
    for sheet in 0..<sheets.count where !sheets.isOneSided[sheet] {
      for facet in sheets.minority(of: sheet) { turn(facet) }
    }
    report.shellsWithoutSides += sheets.isOneSided.count { $0 }

    let closed = closed(sheets)
    let nesting = ShellNesting(self, sheets, closed)
    for shell in closed {
      let volume = signedVolume(of: sheets.facets(of: shell))
      let isCavity = nesting.isInOddNumber(shell)
      if isCavity == nil { report.shellsNotPlaced += 1 }
      if isCavity == true { report.cavities += 1 }
      guard isCavity == true ? volume > 0 : volume < 0 else { continue }
      for facet in sheets.facets(of: shell) { turn(facet) }
    }
    report.facetsTurned += stride(from: 0, to: corners.count, by: 3).count {
      corners[$0 + 1] != before[$0 + 1]
    }
  }

  /// Whether a closed shell faces inwards without being a cavity.
  var hasInvertedShell: Bool {
    let sheets = OrientedSheets(corners: corners, edgeUses)
    let closed = closed(sheets)
    let inverted = closed.filter { signedVolume(of: sheets.facets(of: $0)) < 0 }
    guard !inverted.isEmpty else { return false }
    let nesting = ShellNesting(self, sheets, closed)
    return inverted.contains { nesting.isInOddNumber($0) != true }
  }

  /// The sheets without a boundary, once their facets are turned: each edge is walked as often one way as
  /// the other by the facets of the one sheet.
  private func closed(_ sheets: OrientedSheets) -> [Int] {
    var isOpen = [Bool](repeating: false, count: sheets.count)
    let edges = EdgeRuns(corners: corners, vertexCount: vertices.count)
    edges.forEachEdge { run in
      if let (first, second) = edges.pair(run),
        sheets.numbers[Int(first.facet)] == sheets.numbers[Int(second.facet)]
      {
        return
      }
      var balance: [UInt32: Int] = [:]
      for position in run {
        let edge = edges[position]
        balance[sheets.numbers[Int(edge.facet)], default: 0] += edge.isForward ? 1 : -1
      }
      for (sheet, sum) in balance where sum != 0 { isOpen[Int(sheet)] = true }
    }
    return (0..<sheets.count).filter { !isOpen[$0] }
  }
}
