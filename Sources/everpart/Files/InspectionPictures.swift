import Domain
import Geometry
import Glibc
import MeshFiles

/// Where `everpart inspect --preview` draws each file: the name that was given, or in that folder.
struct InspectionPictures {
  private let paths: [String]

  /// Refuses what could not be drawn into, before anything is measured.
  init(_ place: String, of files: [String]) throws {
    var status = stat()
    let isFolder = stat(place, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    guard isFolder || files.count == 1 else {
      throw Problem(
        .invalid, "preview.folder",
        "\(place) is no folder: several files are drawn into one that is there.")
    }
    paths = isFolder ? files.map { Self.picture(of: $0, in: place) } : [place]
    guard Set(paths).count == paths.count else {
      throw Problem(
        .invalid, "preview.same_name",
        "Two of the files would be drawn into one picture: draw those of different folders apart.")
    }
    let inputs = Set(files.compactMap(FileIdentity.init(ofInput:)))
    for path in paths {
      try checkBinary(to: path, isText: false)
      try checkOutput(path, isNoneOf: inputs)
    }
  }

  func draw(_ input: MeshInput, _ report: PrintabilityReport?, at index: Int) throws {
    let output = try OutputFile(paths[index], secret: false)
    Terminal.progress("drawing …")
    defer { Terminal.progress("") }
    var options = PreviewOptions()
    options.marks = report?.findings.map(PreviewMark.init) ?? []
    options.showsLegend = !options.marks.isEmpty
    try output.write(PNG.encode(try Preview.render(try input.bodies().mesh, options)))
    try output.finish()
  }

  /// `previews/leg-cap.png` for `parts/leg-cap.stl`.
  private static func picture(of file: String, in folder: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    return "\(folder)/\(stem).png"
  }
}
