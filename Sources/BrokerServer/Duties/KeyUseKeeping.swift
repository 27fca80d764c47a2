import Brokering

/// Stores when API keys were last used, which requests only note in memory. A crash loses what was noted
/// since the last round.
struct KeyUseKeeping: Duty {
  let name = "key use keeping"
  let tenants: Tenants

  func round() async throws { try await tenants.storeKeyUses() }
}
