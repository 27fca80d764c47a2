/// Where an order stands, in a customer's words.
public enum OrderState: String, Hashable, Sendable, Codable, CaseIterable {
  /// Paid for; a bureau is being found, the first or another. Can still be cancelled.
  case placed
  /// A bureau has accepted it.
  case accepted
  /// It is being made.
  case inProduction = "in_production"
  /// With the carrier.
  case shipped
  /// With the customer.
  case delivered
  /// Cancelled before a bureau accepted, or abandoned by the brand after.
  case cancelled
  /// No bureau can make it.
  case unmakeable
}

/// What happens to an order.
public enum OrderEvent: String, Hashable, Sendable, Codable, CaseIterable {
  /// A bureau accepted the job.
  case accept
  /// Production began.
  case start
  /// The parcel left.
  case ship
  /// The parcel is lost: it has to be made again, or given up.
  case lose
  /// The parcel arrived.
  case deliver
  /// The customer or the brand cancels.
  case cancel
  /// The brand took the job from its bureau: another one is being found.
  case reassign
  /// The brand took the job from its bureau and gave it up.
  case abandon
  /// No bureau is left.
  case exhaust
  /// The broker's database was restored: a bureau may have accepted since, and nobody can know it.
  case recover
}

extension OrderState {
  /// The state after an event, or a refusal (`order.state`; `order.not_cancellable`): a total
  /// function over all pairs. An event that a repeated print brings again changes nothing.
  public func after(_ event: OrderEvent) throws(Problem) -> OrderState {
    switch (self, event) {
    case (.placed, .accept): .accepted
    case (.placed, .cancel): .cancelled
    case (.placed, .exhaust): .unmakeable
    case (.accepted, .start), (.inProduction, .start): .inProduction
    case (.inProduction, .ship): .shipped
    case (.shipped, .lose): .inProduction
    // A lost parcel may turn up; whether there is one, the job knows.
    case (.shipped, .deliver), (.inProduction, .deliver): .delivered
    case (.placed, .recover), (.accepted, .recover): .accepted
    case (.inProduction, .recover): .inProduction
    case (.accepted, .reassign), (.inProduction, .reassign): .placed
    case (.accepted, .abandon), (.inProduction, .abandon): .cancelled
    case (_, .cancel):
      throw Problem(
        .conflict, "order.not_cancellable",
        "An order that is \(rawValue) cannot be cancelled: that ends when a bureau accepts it.")
    default:
      throw Problem(
        .conflict, "order.state",
        "An order that is \(rawValue) does not take the event “\(event.rawValue)”.")
    }
  }
}

extension JobEvent {
  /// What a job's event means for its order; `nil` when the order does not notice.
  public var orderEvent: OrderEvent? {
    switch self {
    case .accept: .accept
    case .start: .start
    case .ship: .ship
    case .lose: .lose
    case .deliver: .deliver
    case .cancel: .cancel
    case .reassign: .reassign
    case .abandon: .abandon
    case .exhaust: .exhaust
    case .recover: .recover
    case .offer, .decline, .expire, .complete, .pass, .fail, .hold, .retry, .withdraw: nil
    }
  }
}
