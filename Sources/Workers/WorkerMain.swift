import CPlatform
import Domain
import Geometry
import Glibc
import MeshFiles

/// The inside of a worker: confines this process, says so, does one job on what comes in and answers.
public struct WorkerMain {
  private let job: WorkerJob
  private let byteCount: Int
  private let converter: StepConverter?

  /// A job on as many bytes as are announced.
  ///
  /// - Parameter converter: for a job that has one.
  public init(_ job: WorkerJob, byteCount: Int, converter: StepConverter? = nil) {
    self.converter = converter
    self.job = job
    self.byteCount = byteCount
  }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - budget: what this process may use from here on.
  ///   - parent: the process that has started this one; with it, this one dies.
  /// - Returns: the exit code.
  public func run(_ budget: WorkerBudget, parent: Int32) -> Int32 {
    if job == .convertStep {
      guard let converter else { return 2 }
      return ConverterMain(converter: converter, byteCount: byteCount, budget: budget)
        .run(parent: parent)
    }
    // Whatever is drawn later comes from what is drawn here: nothing has been read yet.
    var generator = Ambient.system.generator
    let key = MeshHashKey(using: &generator)
    var has = everpart_confinement()
    guard
      everpart_confine(UInt64(budget.memoryBytes), UInt64(budget.cpuSeconds), parent, &has) == 0
    else { return 3 }
    let confinement = WorkerConfinement(
      filter: has.filter, firstToGo: has.first_to_go, network: has.network, nobody: has.nobody)
    guard let line = try? StrictJSON.encode(confinement), Self.say(line + [UInt8(ascii: "\n")])
    else {
      return 4
    }
    let answer: [UInt8]?
    switch job {
    case .measureMesh: answer = try? measureMesh(key: key).encoded()
    case .renderPreview: answer = try? picture(budget)
    case .convertStep: answer = nil
    }
    guard let answer, Self.say(answer) else { return 5 }
    return 0
  }

  /// How large a mesh may be was decided when it came in; here only welding has a limit.
  static let limits = MeshLimits(trianglesMax: .max, bytesMax: .max)

  private func measureMesh(key: MeshHashKey) -> MeshReport {
    var inspector = MeshInspector(key: key, limits: Self.limits, declaredBytes: byteCount)
    do {
      try readInput { (bytes) throws(MeshRefusal) in try inspector.update(bytes) }
      let inspection = try inspector.finish()
      return MeshReport(inspection)
    } catch {
      return MeshReport(.refused(error.code), triangles: 0)
    }
  }

  private func picture(_ budget: WorkerBudget) throws -> [UInt8] {
    var reader = MeshReader(limits: Self.limits, declaredBytes: byteCount)
    try readInput { (bytes) throws(MeshRefusal) in try reader.update(bytes) }
    return try Preview.render(
      try reader.finish().mesh,
      PreviewOptions(width: budget.previewWidth, height: budget.previewHeight)
    ).pixels
  }

  private func readInput(
    _ take: (Span<UInt8>) throws(MeshRefusal) -> Void
  ) throws(MeshRefusal) {
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = read(STDIN_FILENO, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      try take(piece.span.extracting(0..<count))
    }
  }

  static func say(_ bytes: some RandomAccessCollection<UInt8>, to file: Int32 = STDOUT_FILENO)
    -> Bool
  {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
