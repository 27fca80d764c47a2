/// The total and the idle time of one transfer. The connect time is libcurl's to watch.
struct TransferClock {
  typealias Instant = ContinuousClock.Instant

  private let total: Double?
  private let idle: Double?
  private let deadline: Instant?
  private var lastMovement: Instant
  private var lastCount: Int64 = 0

  init(_ request: HTTPRequest, now: Instant = .now) {
    total = Self.limit(request.timeoutSeconds)
    idle = Self.limit(request.idleTimeoutSeconds)
    deadline = total.map { now + .seconds($0) }
    lastMovement = now
  }

  /// What is beyond thirty years, or no number at all, is no limit.
  private static func limit(_ seconds: Double?) -> Double? {
    seconds.flatMap { $0 < 1e9 ? max($0, 0) : nil }
  }

  mutating func noteMovement(now: Instant = .now) {
    lastMovement = now
  }

  /// When to ask `expired` again, nil for never. The idle time is looked at four times as often as it
  /// is long: it ends at most a quarter late.
  func nextCheck(after now: Instant) -> Instant? {
    let idleCheck = idle.map { now + .seconds(max($0 / 4, 0.01)) }
    return [deadline, idleCheck].compactMap(\.self).min()
  }

  /// - Parameters:
  ///   - bytesMoved: how many bytes have moved so far in both directions.
  ///   - isHeldBack: whether this side has paused the transfer or has not sent it yet.
  mutating func expired(now: Instant, bytesMoved: Int64, isHeldBack: Bool) -> HTTPClientError? {
    if let total, let deadline, now >= deadline {
      return HTTPClientError(.timeout, "not done within \(total) seconds")
    }
    guard let idle else { return nil }
    if isHeldBack || bytesMoved != lastCount {
      lastCount = bytesMoved
      lastMovement = now
    } else if now - lastMovement >= .seconds(idle) {
      return HTTPClientError(.timeout, "no byte moved in \(idle) seconds")
    }
    return nil
  }
}
