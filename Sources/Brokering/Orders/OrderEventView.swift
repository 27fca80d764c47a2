public import Domain
import Ledger

/// One step of an order.
public struct OrderEventView: Hashable, Sendable, Codable {
  /// Its identifier.
  public var id: EventID
  /// The order's version after it; a reader ignores one that is not higher than the last it saw.
  public var version: Int
  /// `order.placed` or `job.<event>`.
  public var kind: String
  /// What goes with it.
  public var data: [String: String]
  /// When.
  public var at: Instant

  /// What customers learn of a step's data.
  private static let customerData: Set<String> = ["carrier", "tracking"]

  /// The step for a viewer; `nil` for one that a customer does not notice, such as a declined
  /// offer.
  init?(_ event: EventRecord, viewer: OrderViewer) {
    var data = event.data
    if viewer == .storefront {
      let step =
        event.kind.hasPrefix("job.") ? JobEvent(rawValue: String(event.kind.dropFirst(4))) : nil
      guard event.kind == "order.placed" || step?.orderEvent != nil else { return nil }
      data = data.filter { Self.customerData.contains($0.key) }
    }
    (id, version, kind, self.data, at) = (event.id, event.version, event.kind, data, event.at)
  }
}
