/// Does one job on bytes that nobody trusts, in a process of its own: the same executable, which has taken
/// everything from itself that it does not need before it reads the first byte.
///
/// The process gets no variable, no descriptor but two pipes, no key and no directory; see `Workers.md`
/// for all that keeps it in, and for why its answer is read like a stranger's.
public struct Worker: Sendable {
  /// The program that is started as `PROGRAM worker …`.
  public let program: String
  /// What each may use.
  public let budget: WorkerBudget

  /// The program that runs now, also after it was replaced on the disk.
  public static let ownProgram = "/proc/self/exe"

  /// Workers of a program, with a budget.
  public init(program: String = Worker.ownProgram, budget: WorkerBudget = WorkerBudget()) {
    self.program = program
    self.budget = budget
  }

  /// Starts a worker, gives it the input through a pipe, and waits for its answer. Holds one piece of
  /// the input. When this returns or throws, the worker is gone.
  ///
  /// - Parameters:
  ///   - byteCount: how many bytes the input has.
  ///   - input: what it throws is thrown here, and the worker is killed: an input whose end turns out to
  ///     be false gets no answer.
  /// - Throws: ``WorkerFault``; `CancellationError`; what the input throws.
  public func run<Input: AsyncSequence>(
    _ job: WorkerJob, byteCount: Int, input: Input
  ) async throws -> WorkerRun where Input.Element == [UInt8] {
    try await run(job, byteCount: byteCount, input: input, converter: nil)
  }

  func run<Input: AsyncSequence>(
    _ job: WorkerJob, byteCount: Int, input: Input, converter: StepConverter?
  ) async throws -> WorkerRun where Input.Element == [UInt8] {
    let process = WorkerProcess(
      job, program: program, byteCount: byteCount, budget: budget, converter: converter)
    return try await withTaskCancellationHandler {
      // A thread, not a task: the kernel ends the worker with the thread that has started it.
      async let end = process.run()
      do {
        for try await piece in input {
          guard await process.send(piece) else { break }
        }
        process.endInput()
      } catch {
        process.cancel()
        _ = try? await end
        throw error
      }
      let run = try await end
      try Task.checkCancellation()
      return run
    } onCancel: {
      process.cancel()
    }
  }

  /// Starts a worker without an input, only to see what the kernel gives it. Takes ten seconds at most,
  /// once it has begun.
  ///
  /// - Throws: ``WorkerFault``.
  public func probe() async throws -> WorkerConfinement {
    var brief = budget
    brief.seconds = min(10, budget.seconds)
    return try await Worker(program: program, budget: brief)
      .run(.measureMesh, byteCount: 0, input: Nothing()).confinement
  }

  struct Nothing: AsyncSequence, AsyncIteratorProtocol {
    func makeAsyncIterator() -> Self { self }
    mutating func next() async throws -> [UInt8]? { nil }
  }
}
