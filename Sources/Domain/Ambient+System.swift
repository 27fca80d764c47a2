import Glibc

extension Ambient {
  /// The machine's own clocks and its cryptographic generator: the one place that reads them.
  public static let system = Ambient(
    now: {
      let time = read(CLOCK_REALTIME)
      return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    },
    uptime: {
      let time = read(CLOCK_MONOTONIC)
      return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    },
    random: {
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    })

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}
