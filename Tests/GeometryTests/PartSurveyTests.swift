import Geometry
import Synchronization
import Testing

@Suite("Surveys of a part")
struct PartSurveyTests {
  /// The steps that a survey has told of.
  private func steps(_ trianglesMax: Int) async -> [PartSurvey.Step] {
    let mesh = Mesh(
      vertices: [[0, 0, 0], [10, 0, 0], [0, 10, 0], [0, 0, 10]],
      corners: [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3])
    let told = Told()
    _ = await PartSurvey(
      of: mesh, topology: mesh.topology(measured: mesh.measurement()),
      effort: PartSurvey.Effort(trianglesMax: trianglesMax), done: told.hear)
    return told.steps.withLock { $0 }
  }

  private final class Told: Sendable {
    let steps = Mutex<[PartSurvey.Step]>([])
    @Sendable func hear(_ step: PartSurvey.Step) { steps.withLock { $0.append(step) } }
  }

  @Test("whoever waits hears of the end of each step that is taken, once")
  func told() async {
    let all = await steps(.max)
    #expect(all.count == PartSurvey.Step.allCases.count)
    #expect(Set(all) == Set(PartSurvey.Step.allCases))
    #expect(await steps(3) == [.hull])
  }
}
