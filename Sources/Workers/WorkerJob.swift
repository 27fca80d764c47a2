/// What a worker can be asked to do. The raw value is the word on its command line.
///
/// Another kind is a case here and a line in ``WorkerMain``; what it answers is the business of whoever
/// asks, who holds it against what can be true (as ``MeshReport`` does).
public enum WorkerJob: String, Sendable, Hashable, CaseIterable {
  /// Reads a mesh file and answers with a ``MeshReport``.
  case measureMesh = "measure-mesh"
  /// Reads a mesh file and answers with a picture as large as ``WorkerBudget/previewWidth`` says: red, green
  /// and blue of each pixel, row by row, without a header. Whoever asks makes a file of it, so that none
  /// comes from here.
  case renderPreview = "render-preview"
  /// Reads a STEP file, has an installed converter make a mesh of it, and answers with that, as STL.
  case convertStep = "convert-step"

  /// Bytes that its answer may have.
  func answerBytesMax(_ budget: WorkerBudget) -> Int {
    switch self {
    case .measureMesh: 2048
    case .renderPreview: budget.previewWidth * budget.previewHeight * 3
    case .convertStep: budget.convertedBytesMax
    }
  }
}

/// What one worker may use before it is ended.
public struct WorkerBudget: Sendable, Hashable {
  /// Memory beyond what the program itself takes.
  public var memoryBytes: Int
  /// Seconds of processor time.
  public var cpuSeconds: Int
  /// Seconds from its start to its answer: for a worker that does not compute at all, and holds a place in
  /// which another could. More than it computes, because machines are shared.
  public var seconds: Int
  /// Pixels that a picture has from left to right; none is drawn if there are none.
  public var previewWidth: Int
  /// Bytes that a STEP file may have, and the mesh that a converter makes of it.
  public var convertedBytesMax: Int
  /// Pixels that a picture has from top to bottom.
  public var previewHeight: Int { previewWidth * 3 / 4 }

  /// A budget; by default it suits welding four million facets.
  public init(
    memoryBytes: Int = 1 << 30, cpuSeconds: Int = 60, seconds: Int? = nil, previewWidth: Int = 1024,
    convertedBytesMax: Int = 64 << 20
  ) {
    self.convertedBytesMax = convertedBytesMax
    self.previewWidth = previewWidth
    self.memoryBytes = memoryBytes
    self.cpuSeconds = cpuSeconds
    self.seconds = seconds ?? 15 + 2 * cpuSeconds
  }
}

/// Which of the things that a kernel may refuse a worker has; limits it always has.
public struct WorkerConfinement: Sendable, Hashable, Codable {
  /// A filter of system calls: no file, no connection, no process, no signal.
  public let filter: Bool
  /// The kernel ends it before others when memory runs out.
  public let firstToGo: Bool
  /// A network of its own, without any other machine in it.
  public let network: Bool
  /// A user that owns nothing. Only a broker that runs as root can give one.
  public let nobody: Bool

  private enum CodingKeys: String, CodingKey {
    case filter, network, nobody
    case firstToGo = "first_to_go"
  }
}

/// How a worker ended without an answer that counts.
public enum WorkerDeath: Error, Sendable, Hashable, CustomStringConvertible {
  /// It used up its memory, as far as that can be told.
  case memory(bytesMax: Int)
  /// It used up its processor time.
  case cpuTime(secondsMax: Int)
  /// It did not answer in time.
  case time(secondsMax: Int)
  /// A signal ended it.
  case signal(Int32)
  /// It gave up by itself.
  case exit(Int32)
  /// Its converter ended without a mesh.
  case converterRefused
  /// Its converter was ended by a signal.
  case converterDied
  /// Its converter could not be confined or started.
  case converterAbsent
  /// It answered something that cannot be.
  case answer

  /// A clause for a person: “it …”.
  public var description: String {
    switch self {
    case .memory(let bytes): "it needed more than \(bytes >> 20) MiB of memory"
    case .cpuTime(let seconds): "it needed more than \(seconds) s of processor time"
    case .time(let seconds): "it took longer than \(seconds) s"
    case .signal(let signal): "it ended by signal \(signal)"
    case .exit(let code): "it ended with exit code \(code)"
    case .converterRefused: "it ended without one"
    case .converterDied: "it was ended by a signal"
    case .converterAbsent: "it could not be confined or started"
    case .answer: "it answered what cannot be true"
    }
  }
}

/// Why a worker could not begin. Nothing of any input was given to it: this says nothing about a file.
public struct WorkerFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// For the log.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// What became of one job.
public struct WorkerRun: Sendable, Hashable {
  /// Its answer, which is to be held against what can be true, or how it died.
  public let outcome: Result<[UInt8], WorkerDeath>
  /// Whether it has taken all of its input.
  public let hasTakenAll: Bool
  /// The processor time that it used.
  public let cpuMilliseconds: Int
  /// The time from its start to its end.
  public let milliseconds: Int
  /// What the kernel gave it.
  public let confinement: WorkerConfinement
}
