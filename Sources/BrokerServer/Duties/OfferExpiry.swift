import Dispatching

/// Ends offers whose deadline passed, so that the next bureau is asked. The deadline is in the
/// offer's row.
struct OfferExpiry: Duty {
  let name = "offer expiry"
  let dispatcher: Dispatcher

  func round() async throws { try await dispatcher.expireOffers() }
}
