import ArgumentParser
import Domain
import Geometry
import MeshFiles

struct ConvertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert a mesh file: STL, OBJ, PLY or 3MF into another of them.",
    discussion: """
      How OUTPUT ends decides the format, or --to. What is written is in millimetres; 3MF says so, the others \
      state no unit. Bodies and their names are kept where the format has them; colours and textures are not. \
      A file that is there is replaced, when the new one is whole.
      """)

  @OptionGroup var target: MeshOutput.Options

  @OptionGroup var source: MeshInput.Options

  @Argument(help: "The file to read; - for standard input.")
  var file: String

  @Argument(help: "The file to write: .stl, .obj, .ply or .3mf; - for standard output.")
  var output: String

  func run() async throws {
    let (reading, writing) = (try source.reading(), try target.writing(to: output))
    do {
      let target = try MeshOutput(output, writing, notOver: file)
      let input = try await MeshInput(file, reading)
      let document = try input.bodies()
      for problem in input.inspection.problems where problem.code == .unitSuspected {
        Terminal.hint(problem.message)
      }
      try target.write(document)
    } catch {
      throw FileRefusal(error, of: file).report()
    }
  }
}
