import Geometry
import MeshFiles
import TestSupport
import Testing

@testable import Workers

@Suite("Hostile workers")
struct HostileWorkerTests {
  private let mesh = SampleMesh.box()

  private func run(
    _ double: WorkerDouble, seconds: Int = 60
  ) async throws -> WorkerRun {
    try await Worker(program: double.path, budget: WorkerBudget(seconds: seconds)).run(
      .measureMesh, byteCount: mesh.count, input: Input(mesh))
  }

  @Test("how a worker ends is told apart")
  func deaths() async throws {
    #expect(try await run(.dies).outcome == .failure(.signal(11)))
    #expect(try await run(.exits).outcome == .failure(.exit(7)))
    #expect(try await run(.outOfMemory).outcome == .failure(.memory(bytesMax: 1 << 30)))
    #expect(try await run(.outOfTime).outcome == .failure(.cpuTime(secondsMax: 60)))
  }

  @Test("a worker that never answers is ended when its time is over")
  func neverEnds() async throws {
    let run = try await run(.neverAnswers, seconds: 1)
    #expect(run.outcome == .failure(.time(secondsMax: 1)))
    #expect(run.milliseconds >= 1000)
  }

  @Test("a worker has little more time on the clock than it may compute")
  func clock() { #expect(WorkerBudget(cpuSeconds: 60).seconds == 135) }

  @Test("not a byte comes before a worker has said that it is confined")
  func nothingEarly() async throws {
    #expect(try await run(.readsBeforeItBegins).outcome == .success([]))
  }

  @Test("a worker that closes its mouth and stays is ended too")
  func lingers() async throws {
    #expect(
      try await run(.closesOutputAndStays).outcome == .failure(.signal(9)))
  }

  @Test("a worker that talks without end is ended as soon as it has said too much")
  func talksTooMuch() async throws {
    #expect(try await run(.neverStopsTalking).outcome == .failure(.answer))
  }

  @Test("what ends before it is confined has got nothing, and says nothing about a file")
  func neverBegins() async throws {
    for double in [WorkerDouble.neverBegins, .saysNothingOfConfinement, .talksBeforeItBegins] {
      await #expect(throws: WorkerFault.self, "\(double)") { _ = try await run(double) }
    }
    await #expect(throws: WorkerFault.self) {
      _ = try await Worker(program: "/nonexistent").run(
        .measureMesh, byteCount: 0, input: Input([]))
    }
  }

  @Test("a worker that answers without having read is seen through")
  func readsNothing() async throws {
    let large = SampleMesh.noise(facets: 20_000, seed: 2)
    let run = try await Worker(program: WorkerDouble.answersUnread.path).run(
      .measureMesh, byteCount: large.count, input: Input(large))
    #expect(run.outcome == .success(Array(#"{"triangles":20000}"#.utf8)))
    #expect(!run.hasTakenAll)
  }

  /// What a worker says of a box is changed in one place.
  static let lies: [(from: String, to: String)] = [
    (#""triangles":12"#, #""triangles":13"#),
    (#""triangles":12"#, #""triangles":12,"triangles":12"#),
    (#""triangles":12"#, #""triangles":12.5"#),
    (#""triangles":12"#, #""triangles": 12"#),
    (#""triangles":12"#, #""triangles":12,"note":"\u001b[2J""#),
    (#""vertices":8"#, #""vertices":0"#),
    (#""vertices":8"#, #""vertices":37"#),
    (#""vertices":8"#, #""vertices":99999999999999999999"#),
    (#""shells":1"#, #""shells":-1"#),
    (#""shells":1"#, #""shells":13"#),
    (#""open_edges":0"#, #""open_edges":-1"#),
    (#""open_edges":0"#, #""open_edges":9223372036854775807"#),
    (#""duplicate_facets":0"#, #""duplicate_facets":12"#),
    (#""degenerate_facets":0"#, #""degenerate_facets":1"#),
    (#"{"topology""#, #"{"refused":"mesh.anything","topology""#),
    (#"{"topology""#, #" {"topology""#),
    ("12}", "12"), ("{", ""), ("12}", "12}\n"),
  ]

  @Test("an answer that cannot be true is none", arguments: lies.indices)
  func isSeenThrough(index: Int) throws {
    let summary = try SampleMesh.measurement(20, 30, 5)
    var inspector = MeshInspector(key: MeshHashKey(1, 2))
    try inspector.update(mesh)
    let topology = try inspector.finish().topology
    let truth = try MeshReport(.measured(topology), triangles: 12).encoded()
    #expect(MeshReport(answer: truth, of: .measured(summary))?.finding == .measured(topology))
    let (from, to) = Self.lies[index]
    let text = String(decoding: truth, as: UTF8.self)
    let lie = text.replacing(from, with: to, maxReplacements: 1)
    try #require(lie != text, "\(text)")
    #expect(MeshReport(answer: Array(lie.utf8), of: .measured(summary)) == nil, "\(lie)")
  }

  @Test("an open mesh is not watertight, whatever a worker says")
  func openMesh() throws {
    let open = try Repository.bytes("Fixtures/meshes/cube_open.stl")
    var measure = StreamingMeasure(key: MeshHashKey(1, 2))
    try measure.update(open)
    let summary = try measure.finish()
    var topology = MeshTopology()
    (topology.vertices, topology.shells) = (8, 1)
    let lie = try MeshReport(.measured(topology), triangles: summary.triangles).encoded()
    #expect(MeshReport(answer: lie, of: .measured(summary)) == nil)
  }
}
