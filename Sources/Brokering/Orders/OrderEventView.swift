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

  /// The step for a viewer: a customer is only asked for with steps that move the order.
  init(_ event: EventRecord, viewer: OrderViewer) {
    let data =
      viewer == .brand
      ? event.data : event.data.filter { Self.customerData.contains($0.key) }
    (id, version, kind, self.data, at) = (event.id, event.version, event.kind, data, event.at)
  }
}
