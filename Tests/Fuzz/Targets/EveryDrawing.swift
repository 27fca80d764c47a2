import Geometry

/// Every picture of a mesh, small.
enum EveryDrawing {
  static func make(of mesh: Mesh) {
    let marks = PreviewMark.Severity.allCases.map { severity in
      PreviewMark(
        severity: severity, facets: [0, mesh.triangles - 1], points: [mesh.vertices[0]])
    }
    let options = PreviewOptions(
      width: 64, height: 48, showsDimensions: true, marks: marks, showsLegend: true)
    if let picture = try? Preview.render(mesh, options) {
      precondition(picture.pixels.count == 64 * 48 * picture.bytesPerPixel)
    }
    let sheet = try? TechnicalSheet.svg(mesh, TechnicalSheetOptions(name: "<&\u{0}>"))
    if let sheet {
      precondition(sheet.utf8.count < 4 << 20)
      precondition(!sheet.contains("nan") && !sheet.contains("inf"))
    }
  }
}
