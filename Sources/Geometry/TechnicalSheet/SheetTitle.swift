/// The title block in the lower right corner, after ISO 7200.
struct SheetTitle {
  let size: SIMD3<Double>
  let scale: String
  let options: TechnicalSheetOptions

  func draw(_ writer: inout SheetWriter) {
    let box = SheetLayout.title
    writer.open("title-block", width: SheetWriter.wide)
    writer.rectangle(box)
    writer.path([
      SIMD2(box.left, box.top + 14), SIMD2(box.left + box.width, box.top + 14),
    ])
    writer.close()
    writer.open("title-cells", width: SheetWriter.narrow)
    for column in [40.0, 70, 92] {
      writer.path([
        SIMD2(box.left + column, box.top + 14), SIMD2(box.left + column, box.top + box.height),
      ])
    }
    writer.path([SIMD2(box.left + 92, box.top), SIMD2(box.left + 92, box.top + 14)])
    writer.close()
    let sizes = [size.x, size.y, size.z].map(SizeText.millimetres).joined(separator: " × ")
    cell(0, 0, "Name", options.name, height: 3.5, width: 92, &writer)
    cell(92, 0, "Revision", options.revision ?? "–", height: 2.8, width: 38, &writer)
    cell(0, 14, "Material", options.material ?? "–", height: 2.5, width: 40, &writer)
    cell(40, 14, "Size, mm", sizes, height: 1.9, width: 30, &writer)
    cell(70, 14, "Scale", scale, height: 2.8, width: 22, &writer)
    cell(92, 14, "Unit", "mm", height: 2.8, width: 12, &writer)
    symbol(SIMD2(box.left + 117, box.top + 21), &writer)
  }

  private func cell(
    _ x: Double,
    _ y: Double,
    _ label: String,
    _ value: String,
    height: Double,
    width: Double,
    _ writer: inout SheetWriter
  ) {
    let corner = SIMD2(SheetLayout.title.left + x + 2, SheetLayout.title.top + y)
    writer.text(label, at: corner + SIMD2(0, 4), height: 1.6, colour: "#667")
    // What is too long is written smaller, to a half, and then cut.
    let fitting = SVGText.fitted(
      value, most: TechnicalSheet.textMax, height: height, width: width - 3)
    writer.text(fitting.text, at: corner + SIMD2(0, 10.5), height: fitting.height)
  }

  /// A truncated cone from the side and from its narrow end, placed by the projection's own rule
  /// (ISO 5456-2, figures 4 and 7).
  private func symbol(_ middle: SIMD2<Double>, _ writer: inout SheetWriter) {
    let isFirst = options.projection == .firstAngle
    let cone = middle + SIMD2(isFirst ? -5.5 : 5.5, 0)
    let rings = middle + SIMD2(isFirst ? 5.5 : -5.5, 0)
    writer.open("projection-symbol", width: SheetWriter.narrow)
    writer.path(
      [SIMD2(-4, -1.75), SIMD2(4, -3.5), SIMD2(4, 3.5), SIMD2(-4, 1.75)].map { cone + $0 },
      isClosed: true
    )
    writer.circle(rings, radius: 3.5)
    writer.circle(rings, radius: 1.75)
    writer.close()
    writer.open("projection-axes", width: 0.18, dashes: "2 0.6 0.3 0.6")
    writer.path([cone - SIMD2(5.2, 0), cone + SIMD2(5.2, 0)])
    writer.path([rings - SIMD2(4.6, 0), rings + SIMD2(4.6, 0)])
    writer.path([rings - SIMD2(0, 4.6), rings + SIMD2(0, 4.6)])
    writer.close()
  }
}
