import Domain
import Geometry
import Synchronization

/// Says on a terminal what of a survey is still under way, and for how long, once that is more than a second.
final class SurveyProgress: Sendable {
  private let left = Mutex(Set(PartSurvey.Step.allCases))
  private let ticker: Mutex<Task<Void, Never>?> = Mutex(nil)

  init() {
    guard Terminal.isTerminal(.standardError) else { return }
    let started = Ambient.system.uptime()
    ticker.withLock {
      $0 = Task { [weak self] in
        while (try? await Task.sleep(for: .seconds(1))) != nil, let self {
          let seconds = (Ambient.system.uptime() - started).components.seconds
          self.left.withLock { left in
            if !left.isEmpty { Terminal.progress(Self.line(left, seconds: seconds)) }
          }
        }
      }
    }
  }

  /// `measuring walls, orientations … 4 of 6 done, 12 s`.
  static func line(_ left: Set<PartSurvey.Step>, seconds: Int64) -> String {
    let all = PartSurvey.Step.allCases
    let names = all.filter(left.contains).map(\.rawValue).joined(separator: ", ")
    return "measuring \(names) … \(all.count - left.count) of \(all.count) done, \(seconds) s"
  }

  /// Hears that a step is done.
  @Sendable func done(_ step: PartSurvey.Step) { left.withLock { _ = $0.remove(step) } }

  /// Removes what was said.
  func finish() {
    ticker.withLock { $0?.cancel() }
    left.withLock {
      $0 = []
      Terminal.progress("")
    }
  }
}
