/// Tells whoever has workers to give that there is something to be measured, or that one is free again.
/// Rings that nobody has heard are one.
public final class MeasuringBell: Sendable {
  private let rings: AsyncStream<Void>
  private let ringer: AsyncStream<Void>.Continuation

  init() {
    (rings, ringer) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// For the one who listens.
  public var heard: AsyncStream<Void> { rings }

  /// Rings once.
  public func ring() { ringer.yield() }
}
