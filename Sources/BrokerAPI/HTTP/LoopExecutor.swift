public import NIOCore

/// Runs tasks on an event loop's own thread. A request that is read, handled and answered where its
/// connection lives changes threads only to wait: each change costs the wake-up of a sleeping thread.
public final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  /// The executor of a loop.
  public init(_ loop: any EventLoop) { self.loop = loop }

  /// Runs a job in one of the loop's next turns.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
