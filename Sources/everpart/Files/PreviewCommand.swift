import ArgumentParser
import Domain
import Geometry
import MeshFiles

struct PreviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draw a part: a picture for a shop (PNG) or a technical sheet (SVG).",
    discussion: """
      How OUTPUT ends decides: .png is a shaded picture, .svg a sheet with three views and sizes on A4. \
      The same file gives the same bytes. Size, background, view and dimensions are the picture's, name, \
      material, revision and projection the sheet's.
      """)

  @Option(
    help: ArgumentHelp(
      "The picture's size in pixels; 1024x768 if left out.", valueName: "width×height"))
  var size: PictureSize?

  @Option(help: "What lies behind the part: white, if left out, or transparent.")
  var background: BackgroundName?

  @Option(
    help: "Where it is seen from: automatic, if left out, front, back, left, right, top or bottom.")
  var view: ViewName?

  @Flag(help: "Write the sizes beside the part.")
  var dimensions = false

  @Option(help: "The name on the sheet; the file's by default.")
  var name: String?

  @Option(help: "The material on the sheet.")
  var material: String?

  @Option(help: "The revision on the sheet.")
  var revision: String?

  @Flag(help: "Third angle projection, as usual in America; first angle otherwise.")
  var thirdAngle = false

  @OptionGroup var source: MeshInput.Options

  @Argument(help: "The part: STL, OBJ, PLY or 3MF.")
  var file: String

  @Argument(help: "What to draw into: .png or .svg.")
  var output: String

  func validate() throws {
    guard isSheet || output.lowercased().hasSuffix(".png") else {
      throw ValidationError("The output ends in .png for a picture or .svg for a sheet.")
    }
    guard isSheet || (name == nil && material == nil && revision == nil && !thirdAngle) else {
      throw ValidationError(
        "--name, --material, --revision and --third-angle are for sheets (.svg).")
    }
    guard !isSheet || (size == nil && background == nil && view == nil && !dimensions) else {
      throw ValidationError(
        "--size, --background, --view and --dimensions are for pictures (.png).")
    }
  }

  private var isSheet: Bool { output.lowercased().hasSuffix(".svg") }

  func run() async throws {
    let reading = try source.reading()
    do {
      try checkOutput(output, isNot: file)
      let out = try OutputFile(output, secret: false)
      let mesh = try await MeshInput(file, reading).bodies().mesh
      Terminal.progress("drawing …")
      defer { Terminal.progress("") }
      let bytes = isSheet ? try sheet(of: mesh) : try picture(of: mesh)
      try out.write(bytes)
      try out.finish()
    } catch {
      throw FileRefusal(error, of: file).report()
    }
  }

  private func sheet(of mesh: Mesh) throws -> [UInt8] {
    let fileName = file.split(separator: "/").last.map(String.init) ?? file
    return Array(
      try TechnicalSheet.svg(
        mesh,
        TechnicalSheetOptions(
          name: name ?? fileName, material: material, revision: revision,
          projection: thirdAngle ? .thirdAngle : .firstAngle)
      ).utf8)
  }

  private func picture(of mesh: Mesh) throws -> [UInt8] {
    PNG.encode(
      try Preview.render(
        mesh,
        PreviewOptions(
          width: size?.width ?? 1024, height: size?.height ?? 768,
          background: background == .transparent ? .transparent : .white,
          view: (view ?? .automatic).view,
          showsDimensions: dimensions)))
  }
}

/// `1024x768`.
struct PictureSize: ExpressibleByArgument {
  let width: Int
  let height: Int

  init?(argument: String) {
    let sides = argument.split(whereSeparator: { "x×X".contains($0) }).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
    (self.width, self.height) = (width, height)
  }
}

enum BackgroundName: String, ExpressibleByArgument, CaseIterable {
  case white, transparent
}

enum ViewName: String, ExpressibleByArgument, CaseIterable {
  case automatic, front, back, left, right, top, bottom

  var view: PreviewOptions.View {
    switch self {
    case .automatic: .automatic
    case .front: .direction(SIMD3(0, -1, 0))
    case .back: .direction(SIMD3(0, 1, 0))
    case .left: .direction(SIMD3(-1, 0, 0))
    case .right: .direction(SIMD3(1, 0, 0))
    case .top: .direction(SIMD3(0, 0, 1))
    case .bottom: .direction(SIMD3(0, 0, -1))
    }
  }
}
