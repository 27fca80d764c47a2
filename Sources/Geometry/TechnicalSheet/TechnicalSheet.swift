/// A part's technical sheet: three views with its overall sizes on A4, as SVG.
///
/// Visible edges and outlines are wide lines, hidden ones dashed and narrow (ISO 128-2); what is hidden is
/// told by a depth map of 1,400 samples, so a detail thinner than a thousandth of the part may be wrong.
public enum TechnicalSheet {
  /// Edges a view may have; beyond, only sharp creases and outlines are drawn, the longest of them.
  public static let edgesMax = 60_000
  /// Edges a view may have for hidden ones to be drawn.
  public static let hiddenEdgesMax = 20_000
  /// Points of all lines, so that a sheet has at most about 2 MB.
  static let pointsMax = 120_000
  /// Characters of a text in the title block.
  static let textMax = 40

  /// The sheet of a mesh whose vertices at equal positions are one (`Mesh.welded`), with z up and the front
  /// along y.
  public static func svg(
    _ mesh: Mesh,
    _ options: TechnicalSheetOptions
  ) throws(PreviewRefusal) -> String {
    let scene = try PreviewScene(mesh)
    let sorted = EdgeRuns(corners: scene.corners, vertexCount: scene.vertices.count)
    let size = scene.bounds.max - scene.bounds.min
    let layout = SheetLayout(size: size, projection: options.projection)
    var writer = SheetWriter(title: SVGText.escaped(options.name, most: textMax))
    writer.open("frame", width: 0.7)
    writer.rectangle(SheetLayout.frame)
    writer.close()

    let x = SIMD3<Float>(1, 0, 0)
    let y = SIMD3<Float>(0, 1, 0)
    let z = SIMD3<Float>(0, 0, 1)
    var left = pointsMax
    for (name, box, right, up) in [
      ("front", layout.front, x, z), ("top", layout.top, x, y), ("right", layout.side, y, z),
    ] {
      let view = SheetView(
        scene, sorted, right: right, up: up, edgesMax: edgesMax,
        hiddenEdgesMax: options.showsHidden ? hiddenEdgesMax : 0
      )
      draw(view, name, box, scale: layout.scale * scene.halfScale * 2, left: &left, &writer)
    }
    dimensions(size, layout, options.projection, &writer)
    SheetTitle(size: size, scale: layout.scaleText, options: options).draw(&writer)
    writer.finish()
    return writer.svg
  }

  private static func draw(
    _ view: SheetView,
    _ name: String,
    _ box: SheetLayout.Box,
    scale: Double,
    left: inout Int,
    _ writer: inout SheetWriter
  ) {
    let middle = SIMD2(box.left + box.width / 2, box.top + box.height / 2)
    for (suffix, lines, width, dashes) in [
      ("hidden", view.hidden, SheetWriter.narrow, Optional("1.6 0.9")),
      ("visible", view.visible, SheetWriter.wide, nil),
    ] where !lines.isEmpty {
      writer.open("\(name)-\(suffix)", width: width, dashes: dashes)
      for line in lines where line.count <= left {
        left -= line.count
        writer.path(
          line.map { middle + SIMD2(Double($0.x), -Double($0.y)) * scale }
        )
      }
      writer.close()
    }
  }

  /// Width and height at the front view, depth at the view from above, where no other view is.
  private static func dimensions(
    _ size: SIMD3<Double>,
    _ layout: SheetLayout,
    _ projection: TechnicalSheetOptions.Projection,
    _ writer: inout SheetWriter
  ) {
    func corner(_ box: SheetLayout.Box, _ right: Bool, _ lower: Bool) -> SIMD2<Double> {
      SIMD2(box.left + (right ? box.width : 0), box.top + (lower ? box.height : 0))
    }
    // In first angle projection the other views are left of the front view and below it.
    let isFirst = projection == .firstAngle
    let outside = SIMD2(isFirst ? 10.0 : -10, 0)
    writer.open("dimensions", width: SheetWriter.narrow)
    writer.dimension(
      SizeText.millimetres(size.x),
      from: corner(layout.front, false, !isFirst),
      to: corner(layout.front, true, !isFirst),
      offset: SIMD2(0, isFirst ? -9 : 9)
    )
    for (box, length) in [(layout.front, size.z), (layout.top, size.y)] {
      writer.dimension(
        SizeText.millimetres(length),
        from: corner(box, isFirst, true),
        to: corner(box, isFirst, false),
        offset: outside
      )
    }
    writer.close()
  }
}
