/// Time and randomness, handed to everything that needs them, so that the whole broker runs under
/// a simulated clock.
public struct Ambient: Sendable {
  /// The wall clock.
  public let now: @Sendable () -> Instant
  /// A clock that never jumps, counted from any start: what leases and timeouts use.
  public let uptime: @Sendable () -> Duration
  private let random: @Sendable () -> UInt64

  /// An ambient from its three sources. `random` gives 64 uniform bits fit for keys.
  public init(
    now: @escaping @Sendable () -> Instant, uptime: @escaping @Sendable () -> Duration,
    random: @escaping @Sendable () -> UInt64
  ) {
    self.now = now
    self.uptime = uptime
    self.random = random
  }

  /// A generator over the ambient's randomness.
  public var generator: AmbientGenerator { AmbientGenerator(source: random) }

  /// Random bytes.
  public func randomBytes(_ count: Int) -> [UInt8] {
    var generator = generator
    return generator.bytes(count)
  }

  /// A new identifier at a moment (the operation's one "now").
  public func identifier<Kind>(
    _ kind: Identifier<Kind>.Type = Identifier<Kind>.self, at now: Instant
  ) -> Identifier<Kind> {
    var generator = generator
    return Identifier<Kind>(at: now, using: &generator)
  }
}

/// A random number generator over an ``Ambient``.
public struct AmbientGenerator: RandomNumberGenerator, Sendable {
  fileprivate let source: @Sendable () -> UInt64

  /// 64 uniform bits.
  public mutating func next() -> UInt64 { source() }
}
