import Foundation

/// What `run` hands over in the environment.
struct Settings: Sendable {
  /// The release build of `everpart`.
  let everpart: String
  /// The `python3` of the peers' environment.
  let python: String
  /// The folder with the peers' programs.
  let peers: String
  /// An empty directory on a real disk, where an fsync costs what it costs.
  let disk: String
  /// An empty directory in memory, so that no disk is part of what is measured there.
  let memory: String
  /// Whether to take the time for figures that are worth writing down.
  let isFull: Bool
  /// How large the file is that is sealed and opened.
  let sealedMebibytes: Int

  /// How often each of two sides is measured.
  var rounds: Int { isFull ? 9 : 5 }
  /// The same for sealing, where a round takes about a second.
  var sealRounds: Int { 11 }

  init() throws {
    let environment = ProcessInfo.processInfo.environment
    func value(_ name: String) throws -> String {
      guard let value = environment[name] else {
        throw Failure("\(name) is not set: start this with Tests/Benchmarks/run.")
      }
      return value
    }
    everpart = try value("EVERPART_BENCH_PROGRAM")
    python = try value("EVERPART_BENCH_PYTHON")
    peers = try value("EVERPART_BENCH_PEERS")
    disk = try value("EVERPART_BENCH_DISK")
    memory = try value("EVERPART_BENCH_MEMORY")
    let size = environment["EVERPART_BENCH_SIZE"] ?? "small"
    guard ["small", "full"].contains(size) else {
      throw Failure("EVERPART_BENCH_SIZE is small or full.")
    }
    isFull = size == "full"
    let mebibytes = environment["EVERPART_BENCH_SEAL_MIB"] ?? "1024"
    guard let mebibytes = Int(mebibytes), mebibytes > 0 else {
      throw Failure("EVERPART_BENCH_SEAL_MIB is a number of MiB.")
    }
    sealedMebibytes = mebibytes
  }
}

/// Makes a file and hands it over for writing, piece by piece.
func writeFile(_ path: String, _ body: (FileHandle) throws -> Void) throws {
  guard FileManager.default.createFile(atPath: path, contents: nil) else {
    throw Failure("\(path) cannot be written")
  }
  let file = try FileHandle(forWritingTo: URL(filePath: path))
  try body(file)
  try file.close()
}
