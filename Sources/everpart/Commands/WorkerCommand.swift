public import ArgumentParser
import Glibc
public import Workers

/// What a broker starts for itself; see `Workers.md`.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Internal: does one job of a broker on untrusted bytes.",
    shouldDisplay: false)

  @Argument var job: WorkerJob
  @Option(help: "How many bytes come.") var bytes: Int
  @Option(help: "Bytes of memory beyond the program's own.") var memory: Int
  @Option(help: "Seconds of processor time.") var cpuSeconds: Int
  @Option(help: "Pixels that a picture has across.") var previewWidth = 0
  @Option(help: "Whose command line a converter has.") var converter: StepConverter.Kind?
  @Option(help: "The converter.") var converterProgram: String?
  @Option(help: "Bytes that a converter may write.") var convertedBytes = 0
  @Option(help: "What a converter is not to see.") var hide: [String] = []
  @Option(help: "The process that has started this one.") var parent: Int32

  func validate() throws {
    guard bytes >= 0, memory > 0, cpuSeconds > 0, parent > 0, (0...4096).contains(previewWidth),
      convertedBytes >= 0
    else {
      throw ValidationError("A broker starts its workers itself.")
    }
  }

  func run() throws {
    // Here, on the first thread and before there is another.
    let converter = converter.flatMap { kind in
      converterProgram.map { StepConverter(kind, program: $0, hidden: hide) }
    }
    Glibc.exit(
      WorkerMain(job, byteCount: bytes, converter: converter).run(
        WorkerBudget(
          memoryBytes: memory, cpuSeconds: cpuSeconds, previewWidth: previewWidth,
          convertedBytesMax: convertedBytes),
        parent: parent))
  }
}

extension WorkerJob: ExpressibleByArgument {}
extension StepConverter.Kind: ExpressibleByArgument {}
