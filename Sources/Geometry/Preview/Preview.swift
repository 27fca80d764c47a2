/// Draws a part as a person would see it: a lit, smooth, anti-aliased picture.
///
/// A software rasteriser in the processor's own arithmetic: the same mesh and options give the same
/// bytes on every machine. Cost: a few passes over the facets and a fixed number of samples a pixel, both
/// bounded before they start (`PreviewRefusal`); memory: about 150 bytes a facet, 40 MB of maps, and a band of
/// the picture.
public enum Preview {
  /// Facets a mesh may have.
  public static let trianglesMax = 20_000_000
  /// Points of all marks that are drawn; more are left out.
  public static let markedPointsMax = 500
  /// Samples that may be drawn, facets behind others included.
  static let stepsMax: Float = 8e8

  /// The mesh's picture.
  ///
  /// Vertices at equal positions should be one (`Mesh.welded`, `MeshDocument`): curved surfaces are smooth
  /// only where facets share them. A closed mesh whose facets face inwards is drawn as if they faced
  /// outwards; where the back of a surface is seen, it is drawn in a rusty tint.
  public static func render(
    _ mesh: Mesh,
    _ options: PreviewOptions = PreviewOptions()
  ) throws(PreviewRefusal) -> Picture {
    let sides = 16...PreviewOptions.sideMax
    guard sides.contains(options.width), sides.contains(options.height) else {
      throw PreviewRefusal(
        .size, "A picture has from 16 to \(PreviewOptions.sideMax) pixels a side."
      )
    }
    let scene = try PreviewScene(mesh)
    let viewpoint = Viewpoint(options.view, scene)
    let dimensions = options.showsDimensions ? PreviewDimensions(scene, viewpoint) : nil
    let camera = PreviewCamera(
      towards: viewpoint.back,
      up: viewpoint.vertical,
      isOrthographic: options.isOrthographic,
      frame: frame(options),
      points: scene.vertices + (dimensions?.points ?? [])
    )
    let fineness = try fineness(scene, camera, options)
    let pixels = max(options.width, options.height)
    // The shadows of so many facets hide each other's edges; a small picture shows no fine ones.
    let isCoarse = scene.count > 100_000 || pixels > 2048 || pixels < 400
    let studio = Studio(
      camera: camera,
      vertical: viewpoint.vertical,
      roomCount: isCoarse ? 48 : 96,
      keyCount: isCoarse ? 16 : 32
    )
    let normals = ShadingNormals(scene)
    let casters = ShadowCasters(
      scene, side: min(max(pixels / 3, 96), 320),
      maps: studio.roomSamples.count + studio.keySamples.count, isClosed: normals.isClosed
    )
    let room = SkyVisibility(casters, lights: studio.roomSamples)
    let key = SkyVisibility(casters, lights: studio.keySamples)
    let marks = PreviewMarks(options.marks, scene, triangles: mesh.triangles)
    let painter = PreviewPainter(
      scene: scene,
      normals: normals,
      camera: camera,
      studio: studio,
      room: room,
      key: key,
      fineness: fineness,
      options: options,
      marks: marks
    )
    var ground: PreviewGround?
    if options.showsGround {
      ground = PreviewGround(
        camera: camera, viewpoint: viewpoint, scene: scene, room: room, key: key,
        width: options.width, height: options.height
      )
    }
    var sight = marks.sight(camera, options)
    var canvas = Canvas(develop(painter, ground, options, &sight))
    dimensions?.draw(on: &canvas, camera, options)
    marks.draw(on: &canvas, sight, camera: camera, options: options)
    return canvas.picture
  }

  /// Where the part may be, with room around it.
  private static func frame(_ options: PreviewOptions) -> PreviewCamera.Frame {
    let width = Float(options.width)
    let height = Float(options.height)
    // Beside a dimension line there is its text.
    let text = options.showsDimensions ? PreviewDimensions.textHeight(options) : 0
    let margin = min(width, height) * (options.showsDimensions ? 0.03 : 0.09)
    let side = min(margin + 4.5 * text, width * 0.3)
    let edge = min(margin + 2 * text, height * 0.3)
    return PreviewCamera.Frame(left: side, top: margin, right: width - side, bottom: height - edge)
  }

  /// Samples along a pixel's side that the facets leave time for.
  private static func fineness(
    _ scene: PreviewScene,
    _ camera: PreviewCamera,
    _ options: PreviewOptions
  ) throws(PreviewRefusal) -> Int {
    var area: Float = 0
    var rows: Float = 0
    let projected = scene.vertices.map { camera.project($0) }
    for facet in 0..<scene.count {
      let a = projected[Int(scene.corners[3 * facet])]
      let b = projected[Int(scene.corners[3 * facet + 1])]
      let c = projected[Int(scene.corners[3 * facet + 2])]
      area += ((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)).magnitude / 2
      rows += max(a.y, b.y, c.y) - min(a.y, b.y, c.y)
    }
    var fineness = options.width * options.height > 1_500_000 ? 2 : 4
    while fineness > 0 {
      let side = Float(fineness)
      if area * side * side + rows * side * 6 <= stepsMax { return fineness }
      fineness /= 2
    }
    throw PreviewRefusal(
      .tooMuchOverdraw, "Large facets lie over each other too often to be drawn at this size."
    )
  }

  /// Paints band after band, and puts what lies behind the part behind it.
  private static func develop(
    _ painter: PreviewPainter,
    _ ground: PreviewGround?,
    _ options: PreviewOptions,
    _ sight: inout MarksInSight
  ) -> Picture {
    let backdrop = Backdrop(options)
    let margin = 2 * (painter.fineness + painter.reach)
    let bandRows = min(painter.bandRows, options.height)
    var raster = FacetRaster(
      width: options.width * painter.fineness, rows: bandRows * painter.fineness + margin
    )
    var normals = [SIMD3<Float>](repeating: .zero, count: raster.samples.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(options.width * options.height * (backdrop.isTransparent ? 4 : 3))
    for first in stride(from: 0, to: options.height, by: bandRows) {
      let rows = first..<min(first + bandRows, options.height)
      let pixels = painter.paint(
        rows: rows, raster: &raster, normals: &normals, seen: &sight
      )
      for index in pixels.indices {
        let x = index % options.width
        let y = first + index / options.width
        let darkness = ground?.darkness(Float(x) + 0.5, Float(y) + 0.5) ?? 0
        backdrop.put(pixels[index], y: y, darkness: darkness, into: &bytes)
      }
    }
    return Picture(
      width: options.width, height: options.height, hasAlpha: backdrop.isTransparent, pixels: bytes
    )
  }
}
