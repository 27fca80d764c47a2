public import Domain
import Synchronization

/// A clock that stands still until a test moves it, and randomness that repeats for a seed.
///
///     let clock = SimulatedClock(seed: 7)
///     let vault = Vault(…, ambient: clock.ambient)
///     clock.advance(by: .seconds(61))
public final class SimulatedClock: Sendable {
  private struct State {
    var now: Instant
    var uptime: Duration
    var generator: SeededGenerator
  }

  private let state: Mutex<State>

  /// A clock at a moment (2026-03-01T09:00:00Z unless given), with randomness that the seed decides.
  public init(seed: UInt64 = 1, now: Instant = Instant(milliseconds: 1_772_355_600_000)) {
    state = Mutex(State(now: now, uptime: .zero, generator: SeededGenerator(seed: seed)))
  }

  /// The ambient that reads this clock. Safe to use from many tasks at once.
  public var ambient: Ambient {
    Ambient(
      now: { self.now },
      uptime: { self.uptime },
      random: { self.state.withLock { $0.generator.next() } })
  }

  /// The wall clock's time.
  public var now: Instant { state.withLock { $0.now } }

  /// The monotonic clock's time.
  public var uptime: Duration { state.withLock { $0.uptime } }

  /// Lets time pass: both clocks move.
  public func advance(by duration: Duration) {
    state.withLock {
      $0.now = $0.now + duration
      $0.uptime += duration
    }
  }

  /// Sets the wall clock forwards or back, as an administrator might: only that clock moves.
  public func jumpWallClock(by duration: Duration) {
    state.withLock { $0.now = $0.now + duration }
  }

  /// What a restart of the machine does: the monotonic clock counts from zero again.
  public func restartUptime() {
    state.withLock { $0.uptime = .zero }
  }
}

extension Ambient {
  /// An ambient whose time stands still at 2026-03-01T09:00:00Z and whose randomness repeats for a
  /// seed. Make a ``SimulatedClock`` instead when time has to pass.
  public static func simulated(seed: UInt64 = 1) -> Ambient {
    SimulatedClock(seed: seed).ambient
  }
}
