import Vault

/// Finishes shreddings whose commit was followed by a crash, a fault, or a read that still used the log.
struct ShreddingErasure: Duty {
  let name = "shredding erasure"
  let vault: Vault

  func round() async throws { try await vault.eraseShreddings() }
}
