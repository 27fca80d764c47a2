import CPlatform
import FoundationEssentials
import Glibc
import Synchronization

/// The two pipes of a worker. Descriptors are -1 once they are closed.
struct WorkerPipes {
  private(set) var input: Int32 = -1
  private(set) var output: Int32 = -1
  private(set) var workersInput: Int32 = -1
  private(set) var workersOutput: Int32 = -1

  /// Ends of ours that do not wait, and of the worker's that do.
  init() throws(WorkerFault) {
    (workersInput, input) = try Self.pipe()
    do {
      (output, workersOutput) = try Self.pipe()
    } catch {
      closeAll()
      throw error
    }
    for end in [input, output] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
  }

  private static func pipe() throws(WorkerFault) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard everpart_pipe(&ends, true) == 0 else {
      throw WorkerFault("no pipe for a worker: \(lastError())")
    }
    // A broker that was started without standard files would get their numbers.
    for index in ends.indices where ends[index] <= STDERR_FILENO {
      let higher = fcntl(ends[index], F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
      _ = Glibc.close(ends[index])
      ends[index] = higher
    }
    return (ends[0], ends[1])
  }

  mutating func closeInput() { Self.close(&input) }

  mutating func closeWorkersEnds() {
    Self.close(&workersInput)
    Self.close(&workersOutput)
  }

  mutating func closeAll() {
    closeWorkersEnds()
    Self.close(&input)
    Self.close(&output)
  }

  private static func close(_ descriptor: inout Int32) {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
    descriptor = -1
  }
}

/// What a worker says: a line that it is confined, then its answer. Nothing is kept beyond what it may say.
struct WorkerTalk {
  enum Progress { case more, over, wrong }

  private static let firstLineBytesMax = 256

  private(set) var confinement: WorkerConfinement?
  private(set) var answer: [UInt8] = []
  private let answerBytesMax: Int

  init(answerBytesMax: Int) { self.answerBytesMax = answerBytesMax }

  mutating func read(from descriptor: Int32) -> Progress {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    let count = Glibc.read(descriptor, &piece, piece.count)
    if count == 0 { return .over }
    guard count > 0 else { return errno == EAGAIN || errno == EINTR ? .more : .over }
    answer += piece.prefix(count)
    if confinement == nil {
      guard let end = answer.firstIndex(of: UInt8(ascii: "\n")) else {
        return answer.count > Self.firstLineBytesMax ? .wrong : .more
      }
      guard let said: WorkerConfinement = StrictJSON.decode(answer[..<end]) else { return .wrong }
      confinement = said
      answer.removeSubrange(...end)
    }
    return answer.count > answerBytesMax ? .wrong : .more
  }
}

/// JSON in the one spelling that we write. What has another one, members that we do not know, or a member
/// twice, is not ours.
enum StrictJSON {
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return Array(try encoder.encode(value))
  }

  static func decode<Value: Codable>(_ bytes: some Collection<UInt8>) -> Value? {
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(bytes)),
      let spelling = try? encode(value), spelling.elementsEqual(bytes)
    else { return nil }
    return value
  }
}

/// Wakes a thread that waits for descriptors.
final class Bell: Sendable {
  private let ends: (hear: Int32, ring: Int32)?

  init() {
    var pair: [Int32] = [-1, -1]
    ends = everpart_pipe(&pair, false) == 0 ? (pair[0], pair[1]) : nil
  }

  deinit {
    if let ends {
      close(ends.hear)
      close(ends.ring)
    }
  }

  /// Readable after a ring; nil when there is none left to be had.
  var descriptor: Int32? { ends?.hear }

  func ring() {
    // A pipe that is full has been rung often enough.
    if let ends { _ = write(ends.ring, [1], 1) }
  }

  func silence() {
    var rings = [UInt8](repeating: 0, count: 64)
    if let ends { while read(ends.hear, &rings, rings.count) == rings.count {} }
  }
}

/// A thread that lives as long as its work does, with no signal delivered to it: a pipe that breaks is an
/// error of the call.
final class Work: Sendable {
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  /// Whether there was a thread for it.
  func start() -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let fault = pthread_create(
      &thread, &attributes,
      { context in
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        context.map { Unmanaged<Work>.fromOpaque($0).takeRetainedValue() }?.body()
        return nil
      }, context.toOpaque())
    if fault != 0 { context.release() }
    return fault == 0
  }
}
