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
  @Option(help: "The process that has started this one.") var parent: Int32

  func validate() throws {
    guard bytes >= 0, memory > 0, cpuSeconds > 0, parent > 0, (0...4096).contains(previewWidth)
    else {
      throw ValidationError("A broker starts its workers itself.")
    }
  }

  func run() throws {
    // Here, on the first thread and before there is another.
    Glibc.exit(
      WorkerMain(job, byteCount: bytes).run(
        WorkerBudget(memoryBytes: memory, cpuSeconds: cpuSeconds, previewWidth: previewWidth),
        parent: parent))
  }
}

extension WorkerJob: ExpressibleByArgument {}
