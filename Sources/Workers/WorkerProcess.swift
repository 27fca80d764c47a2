import CPlatform
import Glibc
import Synchronization

/// One worker from its start to its end, as its parent sees it. A thread of its own does everything with
/// it, so that no call that waits holds a thread that tasks share.
final class WorkerProcess: Sendable {
  private struct State {
    var piece: [UInt8] = []
    var sender: CheckedContinuation<Bool, Never>?
    var isInputOver = false
    var isCancelled = false
    /// Whether anything of what is sent would still be taken.
    var takes = true
  }

  /// What loading the program may take on a machine that is busy.
  private static let beginSecondsMax = 20

  private let job: WorkerJob
  private let program: String
  private let byteCount: Int
  private let budget: WorkerBudget
  private let converter: StepConverter?
  private let state = Mutex(State())
  private let bell = Bell()

  init(
    _ job: WorkerJob, program: String, byteCount: Int, budget: WorkerBudget,
    converter: StepConverter?
  ) {
    (self.job, self.program, self.byteCount) = (job, program, byteCount)
    (self.budget, self.converter) = (budget, converter)
  }

  /// Gives the worker a piece of its input; returns when it has taken it, with false when it takes no
  /// more. One call at a time.
  func send(_ piece: [UInt8]) async -> Bool {
    guard !piece.isEmpty else { return true }
    return await withCheckedContinuation { continuation in
      let takes = state.withLock { state in
        guard state.takes, !state.isCancelled else { return false }
        (state.piece, state.sender) = (piece, continuation)
        return true
      }
      if takes { bell.ring() } else { continuation.resume(returning: false) }
    }
  }

  /// There is no more input.
  func endInput() {
    state.withLock { $0.isInputOver = true }
    bell.ring()
  }

  /// Ends the worker.
  func cancel() {
    state.withLock { $0.isCancelled = true }
    bell.ring()
  }

  /// Starts it and waits for its end.
  func run() async throws -> WorkerRun {
    try await withCheckedThrowingContinuation { continuation in
      let work = Work {
        let result = Result { try self.runHere() }
        self.takeNoMore()
        continuation.resume(with: result)
      }
      if !work.start() {
        takeNoMore()
        continuation.resume(throwing: WorkerFault("no thread for a worker: \(lastError())"))
      }
    }
  }

  private func runHere() throws(WorkerFault) -> WorkerRun {
    guard let bell = bell.descriptor else {
      throw WorkerFault("no pipe for a worker: \(lastError())")
    }
    var pipes = try WorkerPipes()
    defer { pipes.closeAll() }
    let begin = ContinuousClock.now
    let pid = try start(pipes)
    pipes.closeWorkersEnds()
    var talk = WorkerTalk(answerBytesMax: job.answerBytesMax(budget))
    let verdict = exchange(&pipes, bell: bell, &talk)
    // It has a session of its own: whatever it has started goes with it.
    if verdict != nil { kill(-pid, SIGKILL) }
    let (status, cpuMilliseconds) = reap(pid)
    guard let confinement = talk.confinement else {
      throw WorkerFault("the worker \(program) did not begin: \(Self.described(status))")
    }
    let isComplete = state.withLock { $0.isInputOver && $0.piece.isEmpty }
    return WorkerRun(
      outcome: outcome(verdict, status, talk), hasTakenAll: isComplete,
      cpuMilliseconds: cpuMilliseconds, milliseconds: Int((.now - begin) / .milliseconds(1)),
      confinement: confinement)
  }

  private func start(_ pipes: WorkerPipes) throws(WorkerFault) -> pid_t {
    var words = [
      program, "worker", job.rawValue, "--bytes", "\(byteCount)", "--memory",
      "\(budget.memoryBytes)", "--cpu-seconds", "\(budget.cpuSeconds)", "--parent", "\(getpid())",
      "--preview-width", "\(budget.previewWidth)",
    ]
    if let converter {
      words += [
        "--converter", converter.kind.rawValue, "--converter-program", converter.program,
        "--converted-bytes", "\(budget.convertedBytesMax)",
      ]
      words += converter.hidden.flatMap { ["--hide", $0] }
    }
    var arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var pid: pid_t = 0
    let fault = everpart_spawn_worker(
      program, &arguments, pipes.workersInput, pipes.workersOutput, &pid)
    guard fault == 0 else {
      throw WorkerFault("\(program) cannot be started: \(String(cString: strerror(fault)))")
    }
    return pid
  }

  /// Why the parent has ended a worker.
  private enum Verdict { case cancelled, time, answer }

  /// Sends and receives until the worker closes its output. A verdict is why it has to be killed.
  private func exchange(
    _ pipes: inout WorkerPipes, bell: Int32, _ talk: inout WorkerTalk
  ) -> Verdict? {
    let start = ContinuousClock.now
    var sent = 0
    while true {
      let (piece, isInputOver, isCancelled) = state.withLock {
        ($0.piece, $0.isInputOver, $0.isCancelled)
      }
      if isCancelled { return .cancelled }
      // Not a byte before the worker has said that it is confined.
      let sends = talk.confinement != nil && !piece.isEmpty && pipes.input >= 0
      if talk.confinement != nil, piece.isEmpty, isInputOver { pipes.closeInput() }
      let seconds = talk.confinement == nil ? Self.beginSecondsMax : budget.seconds
      let left = start + .seconds(seconds) - .now
      guard left > .zero else { return .time }
      var waits = [
        pollfd(fd: pipes.output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
        pollfd(fd: sends ? pipes.input : -1, events: Int16(POLLOUT), revents: 0),
      ]
      let milliseconds = min(60_000, left.components.seconds * 1000 + 1)
      guard poll(&waits, nfds_t(waits.count), Int32(milliseconds)) > 0 else { continue }
      if waits[1].revents != 0 { self.bell.silence() }
      if waits[2].revents != 0 { write(piece, from: &sent, &pipes) }
      if waits[0].revents != 0 {
        switch talk.read(from: pipes.output) {
        case .more: break
        case .over: return nil
        case .wrong: return .answer
        }
      }
    }
  }

  private func write(_ piece: [UInt8], from sent: inout Int, _ pipes: inout WorkerPipes) {
    let count = piece[sent...].withUnsafeBytes {
      Glibc.write(pipes.input, $0.baseAddress, $0.count)
    }
    if count < 0 {
      guard errno != EAGAIN, errno != EINTR else { return }
      // It reads no more: what it has to say comes through the other pipe.
      pipes.closeInput()
      takeNoMore()
      return
    }
    sent += count
    guard sent == piece.count else { return }
    sent = 0
    let sender = state.withLock { state in
      defer { (state.piece, state.sender) = ([], nil) }
      return state.sender
    }
    sender?.resume(returning: true)
  }

  private func takeNoMore() {
    let sender = state.withLock { state in
      state.takes = false
      defer { state.sender = nil }
      return state.sender
    }
    sender?.resume(returning: false)
  }

  /// Waits until it is gone. One that has said all and does not end is ended after a second.
  private func reap(_ pid: pid_t) -> (status: Int32, cpuMilliseconds: Int) {
    var status: Int32 = 0
    var use = rusage()
    let end = ContinuousClock.now + .seconds(1)
    while true {
      let isPatient = ContinuousClock.now < end
      if !isPatient { kill(pid, SIGKILL) }
      let ended = wait4(pid, &status, isPatient ? WNOHANG : 0, &use)
      if ended == pid || (ended < 0 && errno != EINTR) { break }
      usleep(500)
    }
    let time = { (time: timeval) in Int(time.tv_sec) * 1000 + Int(time.tv_usec) / 1000 }
    return (status, time(use.ru_utime) + time(use.ru_stime))
  }

  private func outcome(
    _ verdict: Verdict?, _ status: Int32, _ talk: WorkerTalk
  ) -> Result<[UInt8], WorkerDeath> {
    if verdict == .time { return .failure(.time(secondsMax: budget.seconds)) }
    if verdict == .answer { return .failure(.answer) }
    switch (status & 0x7F, status >> 8 & 0xFF) {
    case (0, 0): return .success(talk.answer)
    case (0, EVERPART_OUT_OF_MEMORY): return .failure(.memory(bytesMax: budget.memoryBytes))
    case (0, EVERPART_CONVERTER_REFUSED): return .failure(.converterRefused)
    case (0, EVERPART_CONVERTER_DIED): return .failure(.converterDied)
    case (0, EVERPART_CONVERTER_ABSENT): return .failure(.converterAbsent)
    case (0, let code): return .failure(.exit(code))
    case (SIGXCPU, _): return .failure(.cpuTime(secondsMax: budget.cpuSeconds))
    case (let signal, _): return .failure(.signal(signal))
    }
  }

  private static func described(_ status: Int32) -> String {
    status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
  }
}

func lastError() -> String { String(cString: strerror(errno)) }
