import Testing

@testable import Geometry

@Suite("Previews")
struct PreviewTests {
  static func mesh(_ facets: [Facet]) -> Mesh {
    let points = facets.flatMap { [$0.a, $0.b, $0.c] }.map {
      Point(Double($0.x), Double($0.y), Double($0.z))
    }
    return Mesh(vertices: points, corners: (0..<UInt32(points.count)).map { $0 }).welded()
  }

  static let cube = mesh(Shapes.cube(20))

  /// Without anything but the part.
  static func bare(_ side: Int, view: PreviewOptions.View = .automatic) -> PreviewOptions {
    PreviewOptions(
      width: side, height: side, background: .transparent, view: view, isOrthographic: true,
      showsEdges: false, showsGround: false
    )
  }

  static func coverage(_ picture: Picture) -> Double {
    var sum = 0
    for y in 0..<picture.height {
      for x in 0..<picture.width { sum += Int(picture[x, y].w) }
    }
    return Double(sum) / 255
  }

  @Test("the same mesh and options give the same bytes")
  func deterministic() throws {
    let options = PreviewOptions(width: 96, height: 72, showsDimensions: true)
    let first = try Preview.render(Self.cube, options)
    #expect(try Preview.render(Self.cube, options) == first)
    #expect(first.width == 96 && first.height == 72 && !first.hasAlpha)
    #expect(first[0, 0] == SIMD4(255, 255, 255, 255))
  }

  @Test("the three sides of a cube in sight have shades of their own")
  func shades() throws {
    var options = Self.bare(96, view: .direction(Point(1, -1, 0.8)))
    options.background = .white
    let picture = try Preview.render(Self.cube, options)
    let shades = [picture[48, 24], picture[28, 58], picture[68, 58]].map {
      Int($0.x) + Int($0.y) + Int($0.z)
    }
    #expect(abs(shades[0] - shades[1]) > 30, "\(shades)")
    #expect(abs(shades[1] - shades[2]) > 30, "\(shades)")
    #expect(abs(shades[0] - shades[2]) > 30, "\(shades)")
    #expect(shades.allSatisfy { $0 > 120 && $0 < 740 }, "\(shades)")
  }

  @Test("a sphere covers as many pixels as its circle")
  func sphere() throws {
    let sphere = Self.mesh(Shapes.sphere(radius: 7, rows: 64, columns: 96))
    let picture = try Preview.render(sphere, Self.bare(160, view: .direction(Point(0, -1, 0))))
    let radius = 160 * (1 - 2 * 0.09) / 2
    #expect(isClose(Self.coverage(picture), Double.pi * radius * radius, within: 0.005))
  }

  @Test(
    "a box covers as many pixels as its sides' shadow",
    arguments: [
      Point(0, -1, 0), Point(1, -2, 1.2), Point(0.3, 1, 0.2),
    ])
  func box(back: Point) throws {
    let size = Point(30, 20, 12)
    let box = Self.mesh(Shapes.box(size, at: Point(3, 4, 5)))
    let picture = try Preview.render(box, Self.bare(160, view: .direction(back)))
    func length(_ v: Point) -> Double { (v * v).sum().squareRoot() }
    let towards = back / length(back)
    let right = Point(-towards.y, towards.x, 0) / length(Point(towards.x, towards.y, 0))
    let up = Point(
      towards.y * right.z - towards.z * right.y, towards.z * right.x - towards.x * right.z,
      towards.x * right.y - towards.y * right.x
    )
    func reach(_ axis: Point) -> Double { (0..<3).reduce(0) { $0 + abs(axis[$1]) * size[$1] } }
    let scale = 160 * (1 - 2 * 0.09) / max(reach(right), reach(up))
    let shadow =
      abs(towards.x) * size.y * size.z + abs(towards.y) * size.x * size.z
      + abs(towards.z) * size.x * size.y
    #expect(isClose(Self.coverage(picture), shadow * scale * scale, within: 0.005))
  }

  @Test(
    "a part is in the middle of its picture, also where it is far from filling it",
    arguments: [Point(90, 60, 2), Point(4, 4, 90), Point(30, 30, 30)])
  func centred(size: Point) throws {
    let picture = try Preview.render(
      Self.mesh(Shapes.box(size)),
      PreviewOptions(
        width: 200, height: 150, background: .transparent, showsEdges: false, showsGround: false))
    var low = (200, 150)
    var high = (0, 0)
    for y in 0..<150 {
      for x in 0..<200 where picture[x, y].w > 100 {
        low = (min(low.0, x), min(low.1, y))
        high = (max(high.0, x), max(high.1, y))
      }
    }
    #expect(abs(low.0 + high.0 - 199) <= 2 && abs(low.1 + high.1 - 149) <= 2, "\(low) \(high)")
  }

  @Test("a part far from the origin looks as it does at the origin")
  func translation() throws {
    let far = Self.mesh(Shapes.cube(20, at: Point(1_048_576, -1_048_576, 524_288)))
    let options = PreviewOptions(width: 64, height: 64)
    #expect(try Preview.render(far, options) == Preview.render(Self.cube, options))
  }

  @Test("a mesh whose facets face inwards is drawn as the solid that was meant")
  func insideOut() throws {
    let options = PreviewOptions(width: 64, height: 64)
    let meant = try Preview.render(Self.cube, options)
    let turned = try Preview.render(Self.mesh(Shapes.reversed(Shapes.cube(20))), options)
    let off = zip(meant.pixels, turned.pixels).map { abs(Int($0) - Int($1)) }
    #expect(off.max() ?? 0 <= 2)
  }

  @Test("the back of an open surface has a tint of its own")
  func backs() throws {
    let sheet = [Shapes.facet(Point(0, 0, 0), Point(9, 0, 0), Point(0, 9, 0))]
    let options = Self.bare(48, view: .direction(Point(0, 0, -1)))
    let front = Self.bare(48, view: .direction(Point(0, 0, 1)))
    func warmth(_ picture: Picture) -> Int {
      var sum = 0
      for y in 0..<48 {
        for x in 0..<48 where picture[x, y].w == 255 {
          sum += Int(picture[x, y].x) - Int(picture[x, y].z)
        }
      }
      return sum
    }
    #expect(warmth(try Preview.render(Self.mesh(sheet), options)) > 10_000)
    #expect(warmth(try Preview.render(Self.mesh(sheet), front)) < 0)
  }

  @Test("sizes are written outside of the part")
  func dimensions() throws {
    // The ink of lines and letters is darker than any side of a white part.
    var options = PreviewOptions(
      width: 320, height: 240, material: PreviewColour(red: 250, green: 250, blue: 250),
      showsEdges: false, showsGround: false
    )
    func dark(_ picture: Picture) -> Int {
      var count = 0
      for y in 0..<picture.height {
        for x in 0..<picture.width where picture[x, y].x < 110 { count += 1 }
      }
      return count
    }
    #expect(dark(try Preview.render(Self.cube, options)) == 0)
    options.showsDimensions = true
    #expect(dark(try Preview.render(Self.cube, options)) > 150)
  }

  @Test(
    "seen straight on, sizes are along the near side, which is what is seen",
    arguments: [Point(0, -1, 0), Point(0, 1, 0), Point(1, 0, 0), Point(-1, 0, 0), Point(0, 0, 1)])
  func nearDimensions(back: Point) throws {
    let scene = try PreviewScene(Self.mesh(Shapes.box(Point(40, 30, 10))))
    let viewpoint = Viewpoint(.direction(back), scene)
    let points = PreviewDimensions(scene, viewpoint).points
    #expect(points.count == 4)
    #expect(points.allSatisfy { $0.dot(viewpoint.back) > 0 })
  }
}

@Suite("Marks in previews")
struct PreviewMarkTests {
  private func count(_ picture: Picture, _ holds: (SIMD4<Int>) -> Bool) -> Int {
    var count = 0
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let p = picture[x, y]
        if holds(SIMD4(Int(p.x), Int(p.y), Int(p.z), Int(p.w))) { count += 1 }
      }
    }
    return count
  }

  private func isRed(_ p: SIMD4<Int>) -> Bool { p.x > p.y + 70 && p.x > p.z + 70 }
  private func isBlue(_ p: SIMD4<Int>) -> Bool { p.z > p.x + 70 }

  @Test("one facet among thousands is seen, from either side")
  func smallMark() throws {
    let sphere = PreviewTests.mesh(Shapes.sphere(radius: 7, rows: 32, columns: 48))
    var options = PreviewOptions(width: 160, height: 120)
    #expect(count(try Preview.render(sphere, options), isRed) == 0)
    for facet in [700, 2200] {
      options.marks = [PreviewMark(severity: .error, facets: [facet, -1, 1 << 40])]
      #expect(count(try Preview.render(sphere, options), isRed) > 25, "\(facet)")
    }
  }

  @Test("a place on the part gets a whole ring, one behind it a broken one")
  func points() throws {
    var options = PreviewOptions(
      width: 160, height: 120, view: .direction(Point(0, -1, 0)), showsGround: false
    )
    func ink(_ point: Point) throws -> Int {
      options.marks = [PreviewMark(severity: .note, points: [point, Point(.nan, 0, 0)])]
      return count(try Preview.render(PreviewTests.cube, options), isBlue)
    }
    let whole = try ink(Point(10, 0, 10))
    let broken = try ink(Point(10, 20, 10))
    #expect(broken > 10)
    #expect(whole > broken + 10)
  }

  @Test("a legend counts the marks")
  func legend() throws {
    var options = PreviewOptions(width: 160, height: 120, showsGround: false)
    options.marks = [PreviewMark(severity: .error)]
    #expect(count(try Preview.render(PreviewTests.cube, options), isRed) == 0)
    options.showsLegend = true
    #expect(count(try Preview.render(PreviewTests.cube, options), isRed) > 15)
  }
}

@Suite("Previews of hostile meshes")
struct HostilePreviewTests {
  private let small = PreviewOptions(width: 48, height: 48)

  private func code(_ mesh: Mesh, _ options: PreviewOptions) -> PreviewRefusal.Code? {
    #expect(throws: PreviewRefusal.self) { try Preview.render(mesh, options) }?.code
  }

  @Test(
    "a size out of bounds is refused before anything is made",
    arguments: [
      (15, 100), (100, 4097), (-1, 16), (Int.max, Int.max),
    ])
  func sizes(width: Int, height: Int) {
    #expect(code(PreviewTests.cube, PreviewOptions(width: width, height: height)) == .size)
  }

  @Test("nothing to draw is said")
  func nothing() {
    let line = [Point(0, 0, 0), Point(1, 1, 1), Point(2, 2, 2)]
    let holes = [Point(.nan, 0, 0), Point(1, .infinity, 1), Point(2, 2, 0)]
    for points in [line, holes, []] {
      let mesh = Mesh(vertices: points, corners: points.indices.map { UInt32($0) })
      #expect(code(mesh, small) == .nothingToDraw)
    }
  }

  @Test("a facet that is not finite spoils nothing")
  func notFinite() throws {
    let good = [Point(0, 0, 0), Point(9, 0, 0), Point(0, 9, 3)]
    let alone = try Preview.render(Mesh(vertices: good, corners: [0, 1, 2]), small)
    let spoilt = Mesh(
      vertices: good + [Point(.nan, 0, .infinity), Point(1e300, .infinity, 0)],
      corners: [0, 1, 2, 0, 1, 3, 4, 3, 2]
    )
    #expect(try Preview.render(spoilt, small) == alone)
  }

  @Test(
    "size does not matter",
    arguments: [.leastNormalMagnitude / 128, 1e-300, 1e-9, 1e9, 1e300, 1.7e308])
  func extents(scale: Double) throws {
    let points = [Point(-1, -1, -1), Point(1, -1, 0), Point(0, 1, 1), Point(0.2, -0.2, 1)]
    let corners: [UInt32] = [0, 1, 2, 0, 3, 1, 1, 3, 2, 2, 3, 0]
    let scaled = Mesh(vertices: points.map { $0 * scale }, corners: corners)
    var options = small
    options.showsDimensions = true
    let picture = try Preview.render(scaled, options)
    #expect(Set(picture.pixels).count > 20)
  }

  @Test(
    "flat meshes are drawn from every side",
    arguments: [
      Point(0, 0, 1), Point(1, 0, 0), Point(0, -1, 0), Point(1, 1, 1), Point(.nan, 0, 0), .zero,
    ])
  func flat(back: Point) throws {
    let mesh = Mesh(
      vertices: [Point(0, 0, 0), Point(60, 0, 0), Point(60, 40, 0), Point(0, 40, 0)],
      corners: [0, 1, 2, 0, 2, 3]
    )
    var options = small
    options.view = .direction(back)
    options.showsDimensions = true
    options.isOrthographic = back.z == 0
    _ = try Preview.render(mesh, options)
  }

  @Test("screen-filling facets over each other are refused at once")
  func overdraw() {
    var points: [Point] = []
    for layer in 0..<2000 {
      let z = Double(layer) / 100
      points += [Point(0, 0, z), Point(100, 0, z), Point(0, 100, z)]
    }
    let mesh = Mesh(vertices: points, corners: points.indices.map { UInt32($0) })
    let options = PreviewOptions(width: 4096, height: 4096)
    #expect(code(mesh, options) == .tooMuchOverdraw)
  }
}
