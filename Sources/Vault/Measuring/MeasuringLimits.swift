import Database
import Domain
import Synchronization

/// What measuring may cost one brand.
public struct MeasuringLimits: Sendable, Hashable {
  /// Meshes that may wait or be under way before no more are taken.
  public var queueMax: Int
  /// Seconds of processor time that its meshes may take in an hour; then they wait.
  public var cpuSecondsPerHour: Int
  /// Workers that one mesh may end before it is put into quarantine.
  public var crashesMax: Int

  /// Limits; the defaults leave half of a processor's hour to one brand.
  public init(queueMax: Int = 100, cpuSecondsPerHour: Int = 1800, crashesMax: Int = 2) {
    self.queueMax = queueMax
    self.cpuSecondsPerHour = cpuSecondsPerHour
    self.crashesMax = crashesMax
  }
}

/// What a brand has used of it.
struct MeasuringUse {
  /// The hour is the sixty minutes that end now. What is dated later was written by a clock that was ahead:
  /// it neither counts now nor once that time comes.
  static let minutes: Int64 = 60

  let cpuMilliseconds: Int

  init(_ transaction: Transaction, of brand: BrandID, at now: Instant) throws {
    cpuMilliseconds =
      try transaction.row(
        MeasuringStore.used, brand, Self.firstMinute(before: now), Self.minute(of: now)
      )?.integer("used") ?? 0
  }

  func isUsedUp(_ limits: MeasuringLimits) -> Bool {
    cpuMilliseconds >= limits.cpuSecondsPerHour * 1000
  }

  static func minute(of now: Instant) -> Int64 { now.milliseconds / 60_000 }

  /// The last minute that does not count any more.
  static func firstMinute(before now: Instant) -> Int64 { minute(of: now) - minutes }

  /// Adds what a worker has used, in the commit that settles its job.
  static func add(
    _ transaction: Transaction, _ cpuMilliseconds: Int, to brand: BrandID, at now: Instant
  ) throws {
    try transaction.run(MeasuringStore.use, brand, minute(of: now), cpuMilliseconds)
    try transaction.run(
      MeasuringStore.forgetUse, brand, firstMinute(before: now), minute(of: now))
  }
}

/// Whose turn it is: of the brands that wait, the one that has waited longest since its last turn. A brand
/// with a thousand meshes gets as many turns as one with two, for as long as both wait. A brand that is gone
/// for a while, perhaps because its only mesh is under way, comes back to where it was.
final class MeasuringTurns: Sendable {
  private struct State {
    var number: UInt64 = 0
    var last: [BrandID: UInt64] = [:]
  }

  /// How many turns are remembered before the oldest are forgotten of brands that do not wait: so many others
  /// had theirs since that such a brand would be first anyway.
  private let kept: Int
  private let state = Mutex(State())

  init(kept: Int = 4096) { self.kept = kept }

  /// How many turns are remembered.
  var count: Int { state.withLock { $0.last.count } }

  /// The next brand; nil when none waits. It has had its turn with that.
  func next(among waiting: [BrandID]) -> BrandID? {
    state.withLock { state in
      let brand = waiting.min {
        (state.last[$0] ?? 0, $0.text) < (state.last[$1] ?? 0, $1.text)
      }
      guard let brand else { return nil }
      state.number += 1
      state.last[brand] = state.number
      guard state.last.count > kept else { return brand }
      let names = Set(waiting)
      let gone = state.last.filter { !names.contains($0.key) }.sorted { $0.value < $1.value }
      for (brand, _) in gone.prefix(state.last.count - kept) { state.last[brand] = nil }
      return brand
    }
  }
}
