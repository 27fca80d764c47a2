import Vault

/// Removes uploads that nobody goes on with, and completes those that a crash left with all their bytes.
struct UploadUpkeep: Duty {
  let name = "upload upkeep"
  let vault: Vault

  func round() async throws { try await vault.tendUploads() }
}
