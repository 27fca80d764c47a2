public import ArgumentParser
import Domain
import Geometry
public import MeshFiles

/// A mesh file to be written. It appears under its name when it is whole.
struct MeshOutput {
  private let writing: Writing
  private let file: OutputFile

  /// How a mesh is written; shared by the commands that write one.
  struct Options: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "stl, obj, ply or 3mf; by default how OUTPUT ends.", valueName: "format"))
    var to: MeshFamily?

    @Flag(help: "Write STL or PLY as text.")
    var text = false

    @Option(
      name: .customLong("for"),
      help: ArgumentHelp(
        "Encrypt the 3MF (Secure Content) for whoever has the private key to this RSA public one; ID is "
          + "what the file calls them, for all to read. May be given several times.",
        valueName: "id=pem"))
    var recipients: [RecipientArgument] = []

    /// Decides the format and reads the recipients' keys.
    func writing(to path: String) throws -> Writing {
      let writing = Writing(
        format: try format(of: path), recipients: try recipients.map { try $0.recipient() })
      guard recipients.isEmpty || writing.format == .threeMF else {
        throw Problem(
          .invalid, "mesh.format",
          "Only 3MF is encrypted: with --for let the output end in .3mf, or add --to 3mf.")
      }
      guard !text || writing.format != .threeMF else {
        throw Problem(
          .invalid, "mesh.format", "3MF has no form as text: leave --text out, or write STL or PLY."
        )
      }
      return writing
    }

    private func format(of path: String) throws -> MeshFormat {
      let ending = path.lastIndex(of: ".").map { path[path.index(after: $0)...].lowercased() } ?? ""
      switch to ?? MeshFamily(rawValue: ending) {
      case .stl: return text ? .stlASCII : .stlBinary
      case .ply: return text ? .plyASCII : .plyBinary
      case .obj: return .obj
      case .threeMF: return .threeMF
      case .step:
        throw Problem(
          .invalid, "mesh.format", "STEP is read and not written: name stl, obj, ply or 3mf.")
      case nil:
        throw Problem(
          .invalid, "mesh.format",
          "Nothing says what \(path) is to be: let it end in .stl, .obj, .ply or .3mf, or add --to."
        )
      }
    }
  }

  /// What the options come to.
  struct Writing {
    let format: MeshFormat
    /// None for a file that everybody can read.
    let recipients: [SecureRecipient]
  }

  /// Refuses what cannot be written to, before anything long is done for it.
  ///
  /// - Parameters:
  ///   - path: `-` is standard output.
  ///   - input: what is read; it is not written over.
  init(_ path: String, _ writing: Writing, notOver input: String) throws {
    self.writing = writing
    try checkBinary(to: path, isText: [.stlASCII, .plyASCII, .obj].contains(writing.format))
    try checkOutput(path, isNot: input)
    file = try OutputFile(path)
  }

  func write(_ document: MeshDocument) throws {
    if let writer = MeshWriter(format: writing.format) {
      try writer.write(document) { try file.write($0) }
    } else if writing.recipients.isEmpty {
      try file.write(try ThreeMFWriter.package(of: document))
    } else {
      var generator = Ambient.system.generator
      try file.write(
        try ThreeMFWriter.secured(document, to: writing.recipients, using: &generator))
    }
    try file.finish()
  }
}

extension MeshFamily: ExpressibleByArgument {
  /// The names of those that are written.
  public static var allValueStrings: [String] {
    allCases.filter { $0 != .step }.map(\.rawValue)
  }
}

/// Refuses to fill a person's screen with bytes.
func checkBinary(to path: String, isText: Bool) throws {
  guard isText || path != "-" || !Terminal.isTerminal(.standardOutput) else {
    throw Problem(
      .invalid, "cli.binary",
      "This would write binary data to the terminal: name a file, or a pipe.")
  }
}
