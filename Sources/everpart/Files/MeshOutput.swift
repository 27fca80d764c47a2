public import ArgumentParser
import Domain
import Geometry
public import MeshFiles

/// A mesh file to be written. It appears under its name when it is whole.
struct MeshOutput {
  private let format: MeshFormat
  private let file: OutputFile

  /// How a mesh is written; shared by the commands that write one.
  struct Options: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "stl, obj, ply or 3mf; by default how OUTPUT ends.", valueName: "format"))
    var to: MeshFamily?

    @Flag(help: "Write STL or PLY as text.")
    var text = false
  }

  /// Refuses what cannot be written to, before anything long is done for it.
  ///
  /// - Parameters:
  ///   - path: `-` is standard output.
  ///   - input: what is read; it is not written over.
  init(_ path: String, _ options: Options, notOver input: String) throws {
    let ending = path.lastIndex(of: ".").map { path[path.index(after: $0)...].lowercased() } ?? ""
    switch options.to ?? MeshFamily(rawValue: ending) {
    case .stl: format = options.text ? .stlASCII : .stlBinary
    case .ply: format = options.text ? .plyASCII : .plyBinary
    case .obj: format = .obj
    case .threeMF: format = .threeMF
    case .step, nil:
      throw Problem(
        .invalid, "mesh.format",
        "Nothing says what \(path) is to be: let it end in .stl, .obj, .ply or .3mf, or add --to.")
    }
    try checkBinary(to: path, isText: [.stlASCII, .plyASCII, .obj].contains(format))
    try InputFile(input).check(isNot: path)
    file = try OutputFile(path)
  }

  func write(_ document: MeshDocument) throws {
    if let writer = MeshWriter(format: format) {
      try writer.write(document) { try file.write($0) }
    } else {
      try file.write(try ThreeMFWriter.package(of: document))
    }
    try file.finish()
  }
}

extension MeshFamily: ExpressibleByArgument {}

/// Refuses to fill a person's screen with bytes.
func checkBinary(to path: String, isText: Bool) throws {
  guard isText || path != "-" || !Terminal.isTerminal(.standardOutput) else {
    throw Problem(
      .invalid, "cli.binary",
      "This would write binary data to the terminal: name a file, or a pipe.")
  }
}
