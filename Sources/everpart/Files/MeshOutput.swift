import ArgumentParser
import Domain
import Geometry
import MeshFiles

/// A mesh file to be written, in the format that its name's end says.
struct MeshOutput {
  private let path: String
  private let format: MeshFormat

  /// - Parameter text: STL and PLY as text instead of binary.
  init(_ path: String, text: Bool) throws {
    self.path = path
    let ending = path.lastIndex(of: ".").map { path[path.index(after: $0)...].lowercased() } ?? ""
    switch MeshFamily(rawValue: ending) {
    case .stl: format = text ? .stlASCII : .stlBinary
    case .ply: format = text ? .plyASCII : .plyBinary
    case .obj: format = .obj
    case .threeMF: format = .threeMF
    case .step, nil:
      throw Problem(
        .invalid, "mesh.format",
        "The output's name ends in .stl, .obj, .ply or .3mf, which says what is written.")
    }
  }

  func write(_ document: MeshDocument) throws {
    let output = try OutputFile(path)
    if let writer = MeshWriter(format: format) {
      try writer.write(document) { try output.write($0) }
    } else {
      try output.write(try ThreeMFWriter.package(of: document))
    }
    try output.finish()
  }
}
