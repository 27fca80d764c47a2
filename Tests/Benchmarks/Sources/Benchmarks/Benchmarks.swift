import Foundation

/// Measures Everpart beside its peers and prints a table. `run` beside Package.swift builds what this
/// needs and says where it is.
@main
enum Benchmarks {
  private static let all: [(name: String, run: @Sendable (Settings) throws -> [Row])] = [
    ("seal", SealBenchmark.run),
    ("mesh", MeshBenchmark.run),
    ("header", HeaderBenchmark.run),
    ("release", ReleaseBenchmark.run),
    ("upload", UploadBenchmark.run),
    ("orders", OrdersBenchmark.run),
    ("match", MatchBenchmark.run),
  ]

  static func main() {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      let parts = MeshBenchmark.parts.merging(MatchBenchmark.parts) { first, _ in first }
      if arguments.count == 2, let part = parts[arguments[0]] {
        return try part(arguments[1])
      }
      let known = all.map(\.name)
      guard arguments.allSatisfy(known.contains) else {
        throw Failure("The benchmarks are: \(known.joined(separator: ", ")).")
      }
      let settings = try Settings()
      var rows: [Row] = []
      for (name, run) in all where arguments.isEmpty || arguments.contains(name) {
        note("benchmark: \(name)")
        rows += try run(settings)
      }
      print(Table.text(rows))
    } catch {
      note("benchmark: \(error)")
      exit(1)
    }
  }
}

/// Why a benchmark could not be run.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Progress, apart from the table.
func note(_ text: String) {
  FileHandle.standardError.write(Data("\(text)\n".utf8))
}
